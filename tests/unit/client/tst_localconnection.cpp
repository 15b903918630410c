#include "backend/client/localconnection.h"

#include "backend/batch/jsonvalues.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <csignal>
#include <sys/resource.h>

using namespace batchyard;
using namespace batchyard::client;
using namespace Qt::Literals;

class TestLocalConnection : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }

    void generatesOnce();
    void isForTheOwnerOnly();
    void readsWhatWasWritten();
    void staysWholeOnAFullDisk();
    void refuses_data();
    void refuses();
    void port_data();
    void port();
    void environmentIsForAShell();
    void jsonHasTheSameNames();

private:
    [[nodiscard]] QString path() const { return m_directory->filePath(u"connection.json"_s); }
    [[nodiscard]] static LocalConnection sample()
    {
        return {.endpoint = u"http://127.0.0.1:40123"_s,
                .credentials = {u"AKIAEXAMPLE"_s, "a/b+c", {}},
                .pid = 12};
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void TestLocalConnection::generatesOnce()
{
    QCOMPARE(LocalConnection::read(path()).error().code, ErrorCode::NotFound);
    const auto first = LocalConnection::readOrGenerate(path());
    QVERIFY(first);
    QCOMPARE(first->credentials.accessKeyId.size(), 20);
    QCOMPARE(first->credentials.secretAccessKey.size(), 40);
    QVERIFY(!QFile::exists(path())); // not before it is written
    const auto other = LocalConnection::readOrGenerate(path());
    QVERIFY(other);
    QVERIFY(other->credentials.secretAccessKey != first->credentials.secretAccessKey);
    QVERIFY(first->write(path()));
    const auto again = LocalConnection::readOrGenerate(path());
    QVERIFY(again);
    QCOMPARE(*again, *first);
}

void TestLocalConnection::isForTheOwnerOnly()
{
    QVERIFY(sample().write(path()));
    constexpr auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther
        | QFile::WriteOther | QFile::ExeGroup | QFile::ExeOther;
    QCOMPARE(QFile::permissions(path()) & others, QFile::Permissions());
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
    const auto refused = LocalConnection::read(path());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::AccessDenied);
    QVERIFY(refused.error().message.contains(u"chmod 600"_s));
    QVERIFY(sample().write(path())); // replaces the rights as well
    QVERIFY(LocalConnection::read(path()));
}

void TestLocalConnection::readsWhatWasWritten()
{
    QVERIFY(sample().write(path()));
    const auto read = LocalConnection::read(path());
    QVERIFY(read);
    QCOMPARE(*read, sample());
}

// The key pair must outlive a write that finds no room.
void TestLocalConnection::staysWholeOnAFullDisk()
{
    QVERIFY(sample().write(path()));
    LocalConnection next = sample();
    next.pid = 13;
    struct rlimit before {
    };
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto signal = ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit few {
        10, before.rlim_max
    };
    ::setrlimit(RLIMIT_FSIZE, &few);
    const auto written = next.write(path());
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, signal);
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::Io);
    const auto read = LocalConnection::read(path());
    QVERIFY(read);
    QCOMPARE(*read, sample());
    QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
    QVERIFY(next.write(path()));
}

void TestLocalConnection::refuses_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("text") << "hello"_ba;
    QTest::newRow("list") << "[]"_ba;
    QTest::newRow("no keys") << R"({"endpoint": "http://127.0.0.1:1", "region": "us-east-1"})"_ba;
    QTest::newRow("secret of another type")
        << R"({"region": "r", "accessKeyId": "a", "secretAccessKey": 7})"_ba;
    QTest::newRow("too large") << QByteArray(100'000, ' ');
}

void TestLocalConnection::refuses()
{
    QFETCH(const QByteArray, content);
    QFile file(path());
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(content);
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    for (const auto &result :
         {LocalConnection::read(path()), LocalConnection::readOrGenerate(path())}) {
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Protocol);
    }
}

void TestLocalConnection::port_data()
{
    QTest::addColumn<QString>("endpoint");
    QTest::addColumn<int>("port");
    QTest::newRow("none") << u""_s << 0;
    QTest::newRow("some") << u"http://127.0.0.1:40123"_s << 40123;
}

void TestLocalConnection::port()
{
    QFETCH(const QString, endpoint);
    QFETCH(const int, port);
    LocalConnection connection = sample();
    connection.endpoint = endpoint;
    QCOMPARE(static_cast<int>(connection.port()), port);
}

void TestLocalConnection::environmentIsForAShell()
{
    QProcess shell;
    shell.start(u"sh"_s,
                {u"-c"_s,
                 QString::fromLatin1(connectionAsEnvironment(sample()))
                     + u"printf '%s %s %s %s' $AWS_ENDPOINT_URL $AWS_REGION $AWS_ACCESS_KEY_ID "
                       "$AWS_SECRET_ACCESS_KEY"_s});
    QVERIFY(shell.waitForFinished());
    QCOMPARE(shell.readAllStandardOutput(),
             "http://127.0.0.1:40123 us-east-1 AKIAEXAMPLE a/b+c"_ba);
}

void TestLocalConnection::jsonHasTheSameNames()
{
    const auto json = batch::parseJson(connectionAsJson(sample()), 4096);
    QVERIFY(json);
    QCOMPARE(static_cast<int>(json->size()), 5);
    QVERIFY((*json)["AWS_ENDPOINT_URL"] == "http://127.0.0.1:40123");
    QVERIFY((*json)["AWS_SECRET_ACCESS_KEY"] == "a/b+c");
}

QTEST_GUILESS_MAIN(TestLocalConnection)
#include "tst_localconnection.moc"
