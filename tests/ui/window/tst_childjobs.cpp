// An array job's page: its children as a list, found by words, opened and left again.
#include "tests/ui/window/windowfixture.h"
#include "ui/pages/jobpage.h"

#include <QLabel>
#include <QLineEdit>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using namespace batchyard::batch;
using batchyard::test::WindowFixture;
using batchyard::ui::MainWindow;

class ChildJobsTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_fixture = std::make_unique<WindowFixture>();
        auto &service = m_fixture->service();
        m_array = service.addArray(u"sweep"_s, *service.definitions.first().task(), 12);
        for (int index = 0; index < 12; ++index)
            service.moveJob(child(index), index < 10 ? JobStatus::Succeeded : JobStatus::Failed,
                            index < 10 ? QString() : u"Host EC2 terminated"_s);
        service.countChildren(m_array);
    }
    void cleanup() { m_fixture.reset(); }

    void listTellsHowManyAreWhere()
    {
        MainWindow &window = m_fixture->open();
        auto &jobs = window.console().jobs();
        QTRY_COMPARE(jobs.rowCount(), 1); // the children are no rows of their own
        QCOMPARE(jobs.index(0, models::JobsModel::Reason).data().toString(),
                 u"12 jobs: 2 failed, 10 succeeded"_s);
    }

    void childrenAreListedByIndex()
    {
        openArray();
        QCOMPARE(nameAt(0), u"sweep, index 0"_s);
        QCOMPARE(nameAt(11), u"sweep, index 11"_s); // not between 1 and 2
        QCOMPARE(m_fixture->find<QLabel>(u"childJobsSummary"_s)->text(),
                 u"12 jobs: 2 failed, 10 succeeded"_s);
        auto *tabs = m_fixture->find<QTabWidget>(u"jobTabs"_s);
        QCOMPARE(tabs->tabText(0), u"Jobs"_s);
        QVERIFY(!tabs->isTabEnabled(1));
    }

    void childrenKeepUp()
    {
        openArray();
        auto &service = m_fixture->service();
        service.moveJob(child(10), JobStatus::Succeeded);
        service.countChildren(m_array);
        service.announceJob(m_array);
        QTRY_COMPARE(m_fixture->find<QLabel>(u"childJobsSummary"_s)->text(),
                     u"12 jobs: 1 failed, 11 succeeded"_s);
        QTRY_COMPARE(table()->model()->index(10, models::JobsModel::Status).data().toString(),
                     u"SUCCEEDED"_s);
    }

    void oneIsFoundOpenedAndLeft()
    {
        openArray();
        QTest::keyClicks(m_fixture->find<QLineEdit>(u"childJobsFilter"_s), u"failed"_s);
        QCOMPARE(table()->model()->rowCount(), 2);
        table()->setFocus();
        table()->selectRow(1);
        QTest::keyClick(table(), Qt::Key_Return);
        QTRY_COMPARE(shownJob(), child(11));
        auto *tabs = m_fixture->find<QTabWidget>(u"jobTabs"_s);
        QTRY_COMPARE(tabs->tabText(0), u"Overview"_s);
        QTRY_VERIFY(tabs->isTabEnabled(1));
        QTRY_VERIFY(m_fixture->window().registry().find(u"job.parent"_s)->isEnabled());
        QTest::keyClick(tabs, Qt::Key_Up, Qt::AltModifier);
        QTRY_COMPARE(shownJob(), m_array);
    }

private:
    [[nodiscard]] QString child(int index) const { return m_array + u':' + QString::number(index); }
    [[nodiscard]] QTableView *table() { return m_fixture->find<QTableView>(u"childJobsTable"_s); }
    [[nodiscard]] QString nameAt(int row)
    {
        return table()->model()->index(row, models::JobsModel::Name).data().toString();
    }
    [[nodiscard]] QString shownJob()
    {
        return m_fixture->find<ui::JobPage>(u"jobPage"_s)->model().jobId();
    }
    void openArray()
    {
        m_fixture->open().goTo({u"job"_s, m_array, {}});
        QTRY_COMPARE(table()->model()->rowCount(), 12);
    }

    std::unique_ptr<WindowFixture> m_fixture;
    QString m_array;
};

QTEST_MAIN(ChildJobsTest)
#include "tst_childjobs.moc"
