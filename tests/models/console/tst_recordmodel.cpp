// Tables that take a new list by difference, and the filter over them.
#include "models/console/filterproxy.h"
#include "models/console/resourcemodels.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QItemSelectionModel>
#include <QPersistentModelIndex>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard;
using batch::JobStatus;
using batch::JobSummary;
using models::JobsModel;

namespace {

JobSummary job(const QString &id, JobStatus status = JobStatus::Runnable)
{
    JobSummary made;
    made.jobId = id;
    made.jobName = u"job "_s % id;
    made.status = status;
    return made;
}

QList<JobSummary> jobs(const QString &ids)
{
    QList<JobSummary> made;
    for (const QChar id : ids)
        made.append(job(QString(id)));
    return made;
}

QString idsOf(const JobsModel &model)
{
    QString ids;
    for (const JobSummary &each : model.records())
        ids += each.jobId;
    return ids;
}

} // namespace

class tst_RecordModel : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_model = std::make_unique<JobsModel>();
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void takesAListByDifference_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<int>("insertions");
        QTest::addColumn<int>("removals");
        QTest::newRow("from nothing") << u""_s << u"abc"_s << 1 << 0;
        QTest::newRow("to nothing") << u"abc"_s << u""_s << 0 << 1;
        QTest::newRow("newest in front") << u"abc"_s << u"xyabc"_s << 1 << 0;
        QTest::newRow("gone in the middle") << u"abcde"_s << u"ae"_s << 0 << 1;
        QTest::newRow("two gaps") << u"abcde"_s << u"bd"_s << 0 << 3;
        QTest::newRow("mixed") << u"abcd"_s << u"xacyd"_s << 2 << 1;
        QTest::newRow("turned round") << u"abc"_s << u"cba"_s << 0 << 0;
        QTest::newRow("double key") << u"a"_s << u"bab"_s << 1 << 0;
    }

    void takesAListByDifference()
    {
        QFETCH(const QString, before);
        QFETCH(const QString, after);
        QFETCH(const int, insertions);
        QFETCH(const int, removals);
        m_model->setRecords(jobs(before));
        QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
        QSignalSpy reset(m_model.get(), &QAbstractItemModel::modelReset);
        m_model->setRecords(jobs(after));
        QString expected;
        for (const QChar id : after) {
            if (!expected.contains(id))
                expected += id;
        }
        QCOMPARE(idsOf(*m_model), expected);
        QCOMPARE(inserted.size(), insertions);
        QCOMPARE(removed.size(), removals);
        QCOMPARE(reset.size(), 0);
    }

    void keepsTheSelection()
    {
        m_model->setRecords(jobs(u"abcd"_s));
        QItemSelectionModel selection(m_model.get());
        selection.select(m_model->index(2, 0),
                         QItemSelectionModel::Select | QItemSelectionModel::Rows);
        m_model->setRecords(jobs(u"xyacd"_s));
        QCOMPARE(selection.selectedRows().size(), 1);
        QCOMPARE(selection.selectedRows().first().data(JobsModel::KeyRole).toString(), u"c"_s);
        m_model->setRecords(jobs(u"dcx"_s));
        QCOMPARE(selection.selectedRows().first().data(JobsModel::KeyRole).toString(), u"c"_s);
    }

    void changedRowsAlone()
    {
        m_model->setRecords(jobs(u"abc"_s));
        QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
        QList<JobSummary> next = jobs(u"abc"_s);
        next[1].status = JobStatus::Running;
        m_model->setRecords(next);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().at(0).toModelIndex().row(), 1);
        m_model->setRecords(next);
        QCOMPARE(changed.size(), 1);
    }

    void anyListFollowsAnyOther()
    {
        QRandomGenerator random(7);
        for (int round = 0; round < 300; ++round) {
            QString ids;
            for (int i = random.bounded(12); i > 0; --i) {
                const QChar id(static_cast<char16_t>(u'a' + random.bounded(16)));
                if (!ids.contains(id))
                    ids += id;
            }
            m_model->setRecords(jobs(ids));
            QCOMPARE(idsOf(*m_model), ids);
        }
    }

    void filterCombinesWordsAndStates()
    {
        m_model->setRecords({job(u"x1"_s, JobStatus::Running), job(u"x2"_s, JobStatus::Failed),
                             job(u"y3"_s, JobStatus::Failed)});
        models::FilterProxy proxy;
        QAbstractItemModelTester tester(&proxy,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.setSourceModel(m_model.get());
        proxy.setText(u"JOB x"_s);
        QCOMPARE(proxy.rowCount(), 2);
        proxy.setValues(JobsModel::StatusRole,
                        {QString::number(static_cast<int>(JobStatus::Failed))});
        QCOMPARE(proxy.rowCount(), 1);
        QVERIFY(proxy.isFiltering());
        proxy.setText({});
        QCOMPARE(proxy.rowCount(), 2);
        proxy.setValues(JobsModel::StatusRole, {});
        QCOMPARE(proxy.rowCount(), 3);
        QVERIFY(!proxy.isFiltering());
    }

    void sortsByValueNotByText()
    {
        QList<JobSummary> three = jobs(u"abc"_s);
        three[0].startedAt = batch::fromEpochMs(0);
        three[0].stoppedAt = batch::fromEpochMs(100'000); // "1 min 40 s"
        three[1].startedAt = batch::fromEpochMs(0);
        three[1].stoppedAt = batch::fromEpochMs(20'000); // "20 s"
        m_model->setRecords(three);
        models::FilterProxy proxy;
        proxy.setSourceModel(m_model.get());
        proxy.sort(JobsModel::Duration);
        QCOMPARE(proxy.index(0, 0).data(JobsModel::KeyRole).toString(), u"c"_s); // has not run
        QCOMPARE(proxy.index(1, 0).data(JobsModel::KeyRole).toString(), u"b"_s);
        QCOMPARE(proxy.index(2, 0).data(JobsModel::KeyRole).toString(), u"a"_s);
    }

    void definitionsStandNewestRevisionFirst()
    {
        models::JobDefinitionsModel definitions;
        QAbstractItemModelTester tester(&definitions,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QList<batch::JobDefinition> found;
        for (const auto &[name, revision] : {std::pair(u"b"_s, 1), {u"a"_s, 2}, {u"a"_s, 10}}) {
            batch::JobDefinition definition;
            definition.jobDefinitionName = name;
            definition.revision = revision;
            definition.status = u"ACTIVE"_s;
            found.append(definition);
        }
        definitions.setDefinitions(found);
        QCOMPARE(definitions.record(0).nameAndRevision(), u"a:10"_s);
        QCOMPARE(definitions.record(1).nameAndRevision(), u"a:2"_s);
        QCOMPARE(definitions.index(0, 0).data(models::JobDefinitionsModel::NewestRole).toBool(),
                 true);
        QCOMPARE(definitions.index(1, 0).data(models::JobDefinitionsModel::NewestRole).toBool(),
                 false);
    }

    void tenThousandJobs()
    {
        m_tester.reset();
        QList<JobSummary> many;
        for (int i = 0; i < 10'000; ++i)
            many.append(job(QString::number(i), static_cast<JobStatus>(i % 7)));
        m_model->setRecords(many);
        models::FilterProxy proxy;
        proxy.setSourceModel(m_model.get());
        QElapsedTimer clock;
        clock.start();
        proxy.setText(u"99"_s);
        qInfo("10,000 jobs filtered in %lld ms", clock.elapsed());
        QVERIFY(proxy.rowCount() > 100);
        clock.restart();
        many.prepend(job(u"new"_s));
        many[500].status = JobStatus::Failed;
        m_model->setRecords(many);
        qInfo("10,000 jobs updated in %lld ms", clock.elapsed());
        QCOMPARE(m_model->rowCount(), 10'001);
    }

private:
    std::unique_ptr<JobsModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(tst_RecordModel)
#include "tst_recordmodel.moc"
