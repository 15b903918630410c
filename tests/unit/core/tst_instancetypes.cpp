#include "backend/executor/core/instancetypes.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace batchyard::executor::core;

namespace {

QStringList namesOf(const QList<InstanceType> &types)
{
    QStringList names;
    for (const InstanceType &type : types)
        names.append(type.name);
    return names;
}

QString familiesOf(const QList<InstanceType> &types)
{
    QStringList families;
    for (const InstanceType &type : types) {
        if (const QString family = type.name.section(u'.', 0, 0); !families.contains(family))
            families.append(family);
    }
    return families.join(u' ');
}

} // namespace

class TestInstanceTypes : public QObject
{
    Q_OBJECT

private slots:
    void typesHaveTheirSizes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("vcpus");
        QTest::addColumn<double>("gibibytes");
        QTest::addColumn<int>("gpus");
        QTest::addColumn<bool>("arm");
        QTest::newRow("t3.micro") << u"t3.micro"_s << 2.0 << 1.0 << 0 << false;
        QTest::newRow("m4.10xlarge") << u"m4.10xlarge"_s << 40.0 << 160.0 << 0 << false;
        QTest::newRow("m5.large") << u"m5.large"_s << 2.0 << 8.0 << 0 << false;
        QTest::newRow("m6a.48xlarge") << u"m6a.48xlarge"_s << 192.0 << 768.0 << 0 << false;
        QTest::newRow("m7g.medium") << u"m7g.medium"_s << 1.0 << 4.0 << 0 << true;
        QTest::newRow("c4.8xlarge") << u"c4.8xlarge"_s << 36.0 << 60.0 << 0 << false;
        QTest::newRow("c4.large") << u"c4.large"_s << 2.0 << 3.75 << 0 << false;
        QTest::newRow("c5.18xlarge") << u"c5.18xlarge"_s << 72.0 << 144.0 << 0 << false;
        QTest::newRow("c5n.large") << u"c5n.large"_s << 2.0 << 5.25 << 0 << false;
        QTest::newRow("c7i.metal-24xl") << u"c7i.metal-24xl"_s << 96.0 << 192.0 << 0 << false;
        QTest::newRow("r4.large") << u"r4.large"_s << 2.0 << 15.25 << 0 << false;
        QTest::newRow("r6g.16xlarge") << u"r6g.16xlarge"_s << 64.0 << 512.0 << 0 << true;
        QTest::newRow("p3.8xlarge") << u"p3.8xlarge"_s << 32.0 << 244.0 << 4 << false;
        QTest::newRow("p4d.24xlarge") << u"p4d.24xlarge"_s << 96.0 << 1152.0 << 8 << false;
        QTest::newRow("g4dn.12xlarge") << u"g4dn.12xlarge"_s << 48.0 << 192.0 << 4 << false;
        QTest::newRow("g5.xlarge") << u"g5.xlarge"_s << 4.0 << 16.0 << 1 << false;
    }

    void typesHaveTheirSizes()
    {
        QFETCH(QString, name);
        QFETCH(double, vcpus);
        QFETCH(double, gibibytes);
        QFETCH(int, gpus);
        QFETCH(bool, arm);
        const auto types = instanceTypes({name});
        QVERIFY(types);
        QCOMPARE(types->size(), 1);
        const InstanceType &type = types->first();
        QCOMPARE(type.name, name);
        QCOMPARE(type.installed, (Resources{vcpus, qRound64(gibibytes * 1024), gpus}));
        QCOMPARE(type.architecture == Architecture::Arm64, arm);
    }

    void theAgentKeepsMemory()
    {
        // AWS's own example registers 7,985 MiB before the agent's 32.
        const Resources resources = instanceTypes({u"m4.large"_s})->first().forTasks();
        QVERIFY(qAbs(resources.memoryMiB - (7985 - 32)) < 10);
        QCOMPARE(resources.vcpus, 2.0);
    }

    void namesAreResolved_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QString>("families");
        QTest::newRow("optimal") << QStringList{u"optimal"_s} << u"m6i c6i r6i c7i"_s;
        QTest::newRow("x86_64") << QStringList{u"default_x86_64"_s} << u"m6i c6i r6i c7i"_s;
        QTest::newRow("arm64") << QStringList{u"default_arm64"_s} << u"m6g c6g r6g c7g"_s;
        QTest::newRow("in their order")
            << QStringList{u"r5"_s, u"m5.large"_s, u"c5"_s} << u"r5 m5 c5"_s;
    }

    void namesAreResolved()
    {
        QFETCH(QStringList, names);
        QFETCH(QString, families);
        const auto types = instanceTypes(names);
        QVERIFY(types);
        QCOMPARE(familiesOf(*types), families);
    }

    void aFamilyHasItsSizesOnce()
    {
        QCOMPARE(namesOf(instanceTypes({u"m4.xlarge"_s, u"m4"_s, u"m4.large"_s}).value()),
                 QStringList({u"m4.xlarge"_s, u"m4.large"_s, u"m4.2xlarge"_s, u"m4.4xlarge"_s,
                              u"m4.10xlarge"_s, u"m4.16xlarge"_s}));
    }

    void wrongNamesAreRefused_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QString>("begin");
        QTest::newRow("no family")
            << QStringList{u"m5"_s, u"z9"_s} << u"`z9` is neither an instance family nor"_s;
        QTest::newRow("no size") << QStringList{u"m5.huge"_s}
                                 << u"there is no `m5.huge`. Types of family m5: "
                                    "m5.large, m5.xlarge,"_s;
        QTest::newRow("empty") << QStringList{QString()} << u"`` is neither"_s;
        QTest::newRow("case") << QStringList{u"M5.large"_s} << u"`M5.large` is"_s;
        QTest::newRow("none") << QStringList() << u"at least one is needed"_s;
        QTest::newRow("mixed") << QStringList{u"m5.large"_s, u"m6g"_s}
                               << u"m5.large and m6g.medium have different "
                                  "architectures"_s;
    }

    void wrongNamesAreRefused()
    {
        QFETCH(QStringList, names);
        QFETCH(QString, begin);
        const auto types = instanceTypes(names);
        QVERIFY(!types);
        QCOMPARE(types.error().code, batchyard::ErrorCode::InvalidInput);
        QCOMPARE(types.error().message.left(begin.size()), begin);
    }

    void everyFamilyIsSane()
    {
        for (const QString &family : instanceFamilies()) {
            const auto types = instanceTypes({family});
            QVERIFY2(types, qPrintable(family));
            for (const InstanceType &type : *types) {
                QVERIFY2(type.installed.vcpus >= 1 && type.forTasks().memoryMiB > 400,
                         qPrintable(type.name));
                QCOMPARE(instanceTypes({type.name})->first(), type);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestInstanceTypes)
#include "tst_instancetypes.moc"
