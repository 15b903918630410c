#include "models/draft/containersmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::batch;
using namespace batchyard::models;

class ContainersModelTest : public QObject
{
    Q_OBJECT

private slots:
    void changesAreByRow()
    {
        ContainersModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QList<TaskContainerProperties> containers(2);
        containers[0].name = u"model"_s;
        containers[0].image = u"m:1"_s;
        containers[1].name = u"agent"_s;
        model.setContainers(containers);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0).data().toString(), u"model"_s);

        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        containers[1].image = u"a:1"_s;
        model.setContainers(containers);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 1);
        containers.append(TaskContainerProperties{});
        model.setContainers(containers);
        QCOMPARE(inserted.size(), 1);
        containers.removeFirst();
        containers.removeFirst();
        model.setContainers(containers);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(model.rowCount(), 1);
        QVERIFY(!model.index(0).data().toString().isEmpty()); // also without a name
    }

    void countsErrorsOfItsOwn()
    {
        ContainersModel model;
        QList<TaskContainerProperties> containers(11);
        const QString prefix = u"ecsProperties.taskProperties[0].containers"_s;
        model.setContainers(containers,
                            {{prefix + u"[1].image"_s, u"x"_s},
                             {prefix + u"[10].image"_s, u"x"_s},
                             {prefix + u"[1].command"_s, u"x"_s, Fault::Severity::Warning},
                             {prefix, u"x"_s}},
                            prefix);
        QCOMPARE(model.index(1).data(ContainersModel::ErrorCountRole).toInt(), 1);
        QCOMPARE(model.index(10).data(ContainersModel::ErrorCountRole).toInt(), 1);
        QCOMPARE(model.index(0).data(ContainersModel::ErrorCountRole).toInt(), 0);
    }
};

QTEST_GUILESS_MAIN(ContainersModelTest)
#include "tst_containersmodel.moc"
