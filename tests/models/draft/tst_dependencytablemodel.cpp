#include "backend/batch/validation.h"
#include "models/draft/dependencytablemodel.h"
#include "models/draft/taskedits.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;
using namespace batchyard::models;

namespace {

// model <- agent, prep alone; only agent is essential.
EcsTaskProperties mazeTask()
{
    EcsTaskProperties task;
    for (const QString &name : {u"prep"_s, u"model"_s, u"agent"_s}) {
        task.containers.append(TaskContainerProperties{});
        task.containers.last().name = name;
        task.containers.last().essential = name == u"agent";
    }
    task.containers[2].dependsOn = {{u"model"_s, DependencyCondition::Start, {}}};
    return task;
}

} // namespace

class DependencyTableModelTest : public QObject
{
    Q_OBJECT

private slots:
    void showsEachDependency()
    {
        DependencyTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTask(mazeTask());
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(text(model, 0), (QStringList{u"agent"_s, u"model"_s, u"START"_s}));
        QCOMPARE(model.index(0, DependencyTableModel::ConditionColumn)
                     .data(DependencyTableModel::ChoicesRole)
                     .toStringList(),
                 (QStringList{u"START"_s, u"COMPLETE"_s, u"SUCCESS"_s}));
    }

    void sameEditsAsTheGraph()
    {
        DependencyTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTask(mazeTask());
        QSignalSpy edits(&model, &DependencyTableModel::taskEdited);
        QVERIFY(model.addDependency());
        QCOMPARE(edits.size(), 1);
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(model.setData(model.index(1, DependencyTableModel::DependsOnColumn), u"prep"_s,
                              Qt::EditRole)
                || model.rowCount() == 2);
        model.removeDependency(0);
        QCOMPARE(model.rowCount(), 1);
        model.removeDependency(9);
        QCOMPARE(model.rowCount(), 1);
    }

    void conditionIsSet()
    {
        DependencyTableModel model;
        model.setTask(mazeTask());
        QVERIFY(model.setData(model.index(0, DependencyTableModel::ConditionColumn), u"SUCCESS"_s,
                              Qt::EditRole));
        QCOMPARE(conditionOf(model.task(), u"agent"_s, u"model"_s),
                 std::optional(DependencyCondition::Success));
    }

    void refusals_data()
    {
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QStringList>("asked"); // container, dependency, condition
        QTest::newRow("itself") << int(DependencyTableModel::DependsOnColumn) << u"agent"_s
                                << QStringList{u"agent"_s, u"agent"_s, u"START"_s};
        QTest::newRow("unknown") << int(DependencyTableModel::DependsOnColumn) << u"gone"_s
                                 << QStringList{u"agent"_s, u"gone"_s, u"START"_s};
        QTest::newRow("the other way round is itself")
            << int(DependencyTableModel::ContainerColumn) << u"model"_s
            << QStringList{u"model"_s, u"model"_s, u"START"_s};
    }

    void refusals()
    {
        QFETCH(int, column);
        QFETCH(QString, value);
        QFETCH(QStringList, asked);
        DependencyTableModel model;
        model.setTask(mazeTask());
        QSignalSpy refusals(&model, &DependencyTableModel::refused);
        QVERIFY(!model.setData(model.index(0, column), value, Qt::EditRole));
        QCOMPARE(refusals.size(), 1);
        const auto without = withoutDependency(mazeTask(), u"agent"_s, u"model"_s);
        QCOMPARE(refusals.first().first().toString(),
                 refusalOfDependency(without, asked[0], asked[1], *dependencyCondition(asked[2])));
        QCOMPARE(model.task(), mazeTask());
    }

    void fullGraphSaysWhy()
    {
        DependencyTableModel model;
        EcsTaskProperties lonely;
        lonely.containers.append(TaskContainerProperties{});
        model.setTask(lonely);
        QSignalSpy refusals(&model, &DependencyTableModel::refused);
        QVERIFY(!model.addDependency());
        QCOMPARE(refusals.size(), 1);
        QVERIFY(!refusals.first().first().toString().isEmpty());
    }

private:
    [[nodiscard]] static QStringList text(const DependencyTableModel &model, int row)
    {
        QStringList cells;
        for (int column = 0; column < DependencyTableModel::ColumnCount; ++column)
            cells.append(model.index(row, column).data().toString());
        return cells;
    }
};

QTEST_GUILESS_MAIN(DependencyTableModelTest)
#include "tst_dependencytablemodel.moc"
