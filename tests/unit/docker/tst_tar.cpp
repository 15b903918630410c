#include "backend/docker/tar.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using batchyard::docker::TarWriter;

class TestTar : public QObject
{
    Q_OBJECT
private slots:
    void tarUnpacksIt();
    void sameFilesSameBytes();
    void paths_data();
    void paths();
};

void TestTar::tarUnpacksIt()
{
    const QByteArray longPath = QByteArray(120, 'd') + '/' + QByteArray(90, 'f');
    const QByteArray block(512, 'b');
    TarWriter tar;
    QVERIFY(tar.addFile("Dockerfile", "FROM scratch\n"));
    QVERIFY(tar.addFile("bin/program", QByteArray("\0\1\2", 3), 0755));
    QVERIFY(tar.addFile("empty", {}));
    QVERIFY(tar.addFile("block", block));
    QVERIFY(tar.addFile(longPath, "deep"));
    QVERIFY(tar.addSymlink("bin/link", "program"));
    QCOMPARE(tar.archive().size() % 512, 0);

    QTemporaryDir directory;
    QProcess unpack;
    unpack.setWorkingDirectory(directory.path());
    unpack.start(QStringLiteral("tar"), {QStringLiteral("-xf"), QStringLiteral("-")});
    unpack.write(tar.archive());
    unpack.closeWriteChannel();
    QVERIFY(unpack.waitForFinished());
    QCOMPARE(unpack.readAllStandardError(), QByteArray());
    QCOMPARE(unpack.exitCode(), 0);
    const auto read = [&directory](const QByteArray &path) {
        QFile file(directory.filePath(QString::fromUtf8(path)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing");
    };
    QCOMPARE(read("Dockerfile"), QByteArray("FROM scratch\n"));
    QCOMPARE(read("bin/link"), QByteArray("\0\1\2", 3));
    QCOMPARE(read("empty"), QByteArray());
    QCOMPARE(read("block"), block);
    QCOMPARE(read(longPath), QByteArray("deep"));
    QVERIFY(QFileInfo(directory.filePath(QStringLiteral("bin/program"))).isExecutable());
    QVERIFY(!QFileInfo(directory.filePath(QStringLiteral("Dockerfile"))).isExecutable());
}

void TestTar::sameFilesSameBytes()
{
    TarWriter first;
    TarWriter second;
    for (TarWriter *tar : {&first, &second}) {
        QVERIFY(tar->addFile("a", "1"));
        QVERIFY(tar->addFile("b", "2", 0700));
    }
    QCOMPARE(first.archive(), second.archive());
}

void TestTar::paths_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("taken");
    QTest::newRow("plain") << QByteArray("a/b.txt") << true;
    QTest::newRow("100 bytes") << QByteArray(100, 'a') << true;
    QTest::newRow("101 bytes without a slash") << QByteArray(101, 'a') << false;
    QTest::newRow("155 and 100") << QByteArray(155, 'a') + '/' + QByteArray(100, 'b') << true;
    QTest::newRow("156 and 100") << QByteArray(156, 'a') + '/' + QByteArray(100, 'b') << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("absolute") << QByteArray("/etc/passwd") << false;
    QTest::newRow("upwards") << QByteArray("a/../../b") << false;
    QTest::newRow("dot") << QByteArray("./a") << false;
    QTest::newRow("directory") << QByteArray("a/") << false;
    QTest::newRow("double slash") << QByteArray("a//b") << false;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << false;
}

void TestTar::paths()
{
    QFETCH(QByteArray, path);
    QFETCH(bool, taken);
    TarWriter tar;
    QCOMPARE(tar.addFile(path, "x"), taken);
    QCOMPARE(tar.archive().size(), taken ? 4 * 512 : 2 * 512);
}

QTEST_GUILESS_MAIN(TestTar)
#include "tst_tar.moc"
