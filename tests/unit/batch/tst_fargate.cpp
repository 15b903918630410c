#include "backend/batch/fargate.h"

#include <QTest>

using namespace batchyard::batch;

class TestFargate : public QObject
{
    Q_OBJECT

private slots:
    void sizes_data();
    void sizes();
    void table();
};

void TestFargate::sizes_data()
{
    QTest::addColumn<double>("vcpus");
    QTest::addColumn<int>("memory");
    QTest::addColumn<bool>("isAllowed");
    const auto row = [](double vcpus, int memory, bool isAllowed) {
        QTest::addRow("%g vCPU, %d MiB", vcpus, memory) << vcpus << memory << isAllowed;
    };
    row(0.25, 512, true);
    row(0.25, 1024, true);
    row(0.25, 2048, true);
    row(0.25, 1536, false);
    row(0.25, 4096, false);
    row(0.5, 512, false);
    row(0.5, 1024, true);
    row(0.5, 4096, true);
    row(0.5, 5120, false);
    row(1, 1024, false);
    row(1, 2048, true);
    row(1, 8192, true);
    row(1, 9216, false);
    row(2, 3072, false);
    row(2, 4096, true);
    row(2, 16384, true);
    row(4, 8192, true);
    row(4, 30720, true);
    row(4, 31744, false);
    row(8, 16384, true);
    row(8, 17408, false);
    row(8, 32768, true);
    row(8, 61440, true);
    row(16, 32768, true);
    row(16, 40960, true);
    row(16, 49152, true);
    row(16, 57344, true);
    row(16, 122880, true);
    row(16, 131072, false);
    row(3, 8192, false);
    row(0.3, 1024, false);
    row(32, 122880, false);
    row(0, 512, false);
}

void TestFargate::sizes()
{
    QFETCH(double, vcpus);
    QFETCH(int, memory);
    QFETCH(bool, isAllowed);
    QCOMPARE(fargateSizeFault(vcpus, memory).isEmpty(), isAllowed);
}

void TestFargate::table()
{
    QCOMPARE(fargateVcpus(), (QList<double>{0.25, 0.5, 1, 2, 4, 8, 16}));
    QCOMPARE(fargateMemory(0.25), (QList<int>{512, 1024, 2048}));
    QCOMPARE(fargateMemory(16).size(), 12);
    QVERIFY(fargateMemory(5).isEmpty());
    QCOMPARE(fargateSizeFault(0.25, 4096),
             QStringLiteral("The containers ask for 4096 MiB together; with 0.25 vCPUs Fargate "
                            "allows 512, 1024, 2048 MiB."));
}

QTEST_GUILESS_MAIN(TestFargate)
#include "tst_fargate.moc"
