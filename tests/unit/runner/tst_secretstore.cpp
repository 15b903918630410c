// The local secrets file: who may read it, how names are found, and that no error tells a value.
#include "backend/executor/runner/imagewish.h"
#include "backend/executor/runner/secretstore.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace batchyard;
using namespace batchyard::executor;

namespace {

QString s(const char *text)
{
    return QString::fromLatin1(text);
}

constexpr auto arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db/main-AbCdEf";
constexpr auto canary = "canary-51f0c2";

} // namespace

class TestSecretStore : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void keepsWhatIsSet();
    void fileIsPrivate();
    void refusesAFileThatOthersCanRead_data();
    void refusesAFileThatOthersCanRead();
    void refusesWhatIsNoFile();
    void references_data();
    void references();
    void errorsTellNoValue();
    void badFile_data();
    void badFile();
    void badNames();
    void registries_data();
    void registries();

private:
    [[nodiscard]] QString path() const { return m_directory->filePath(s("secrets.json")); }
    void write(const QByteArray &text,
               QFileDevice::Permissions permissions
               = QFileDevice::ReadOwner | QFileDevice::WriteOwner);

    std::unique_ptr<QTemporaryDir> m_directory;
};

void TestSecretStore::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

void TestSecretStore::write(const QByteArray &text, QFileDevice::Permissions permissions)
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
    QVERIFY(file.setPermissions(permissions));
}

void TestSecretStore::keepsWhatIsSet()
{
    SecretStore store(path());
    QCOMPARE(*store.names(), QStringList());
    QVERIFY(store.set(s("b"), s("2")));
    QVERIFY(store.set(s("a"), QStringLiteral("\u00fc\n\"")));
    QVERIFY(store.set(s("b"), s("3")));
    SecretStore other(path());
    QCOMPARE(*other.names(), QStringList({s("a"), s("b")}));
    QCOMPARE(*other.value(s("a")), QStringLiteral("\u00fc\n\""));
    QCOMPARE(*other.value(s("b")), s("3"));
    QVERIFY(store.remove(s("a")));
    QCOMPARE(other.value(s("a")).error().code, ErrorCode::NotFound);
    QCOMPARE(store.remove(s("a")).error().code, ErrorCode::NotFound);
}

void TestSecretStore::fileIsPrivate()
{
    SecretStore store(path());
    QVERIFY(store.set(s("a"), s("1")));
    const auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther
        | QFileDevice::WriteOther;
    QVERIFY((QFile::permissions(path()) & others) == 0);
}

void TestSecretStore::refusesAFileThatOthersCanRead_data()
{
    QTest::addColumn<QFileDevice::Permissions>("extra");
    QTest::newRow("group") << QFileDevice::Permissions(QFileDevice::ReadGroup);
    QTest::newRow("others") << QFileDevice::Permissions(QFileDevice::ReadOther);
    QTest::newRow("others write") << QFileDevice::Permissions(QFileDevice::WriteOther);
}

void TestSecretStore::refusesAFileThatOthersCanRead()
{
    QFETCH(QFileDevice::Permissions, extra);
    write(R"({"a":"1"})", QFileDevice::ReadOwner | QFileDevice::WriteOwner | extra);
    SecretStore store(path());
    QCOMPARE(store.value(s("a")).error().code, ErrorCode::AccessDenied);
    QVERIFY(store.value(s("a")).error().message.contains(s("chmod 600")));
    QCOMPARE(store.set(s("b"), s("2")).error().code, ErrorCode::AccessDenied);
    QCOMPARE(store.names().error().code, ErrorCode::AccessDenied);
}

void TestSecretStore::refusesWhatIsNoFile()
{
    QVERIFY(QFile::link(s("/dev/zero"), path()));
    QCOMPARE(SecretStore(path()).names().error().code, ErrorCode::Io);
    QVERIFY(QFile::remove(path()));
    QVERIFY(QDir().mkpath(path()));
    QCOMPARE(SecretStore(path()).names().error().code, ErrorCode::AccessDenied);
}

void TestSecretStore::references_data()
{
    QTest::addColumn<QString>("kept"); // the name under which the secret stands
    QTest::addColumn<QString>("valueFrom");
    QTest::addColumn<QString>("value"); // empty: not found
    const QString object = s(R"({"user":"u","port":5432})");
    const auto row
        = [&](const char *name, const QString &kept, const QString &valueFrom,
              const QString &value) { QTest::newRow(name) << kept << valueFrom << value; };
    row("bare name", s("x"), s("x"), object);
    row("another name", s("x"), s("y"), {});
    row("ARN", s(arn), s(arn), object);
    row("ARN, kept without its suffix", s(arn).chopped(7), s(arn), object);
    row("ARN, kept under the bare name", s("db/main"), s(arn), object);
    row("ARN, kept under the name with its suffix", s("db/main-AbCdEf"), s(arn), object);
    row("key of a JSON secret", s("db/main"), s(arn) + s(":user::"), s("u"));
    row("key that is a number", s("db/main"), s(arn) + s(":port::"), s("5432"));
    row("key that is not there", s("db/main"), s(arn) + s(":nobody::"), {});
    row("current version", s("db/main"), s(arn) + s(":user:AWSCURRENT:"), s("u"));
    row("previous version", s("db/main"), s(arn) + s(":user:AWSPREVIOUS:"), {});
    row("version id", s("db/main"), s(arn) + s(":::9d4cb84b"), {});
    const QString parameter = s("arn:aws:ssm:eu-west-1:123456789012:parameter/team/key");
    row("parameter's ARN", parameter, parameter, object);
    row("parameter's path", s("/team/key"), parameter, object);
    row("parameter's path without a slash", s("team/key"), parameter, object);
}

void TestSecretStore::references()
{
    QFETCH(QString, kept);
    QFETCH(QString, valueFrom);
    QFETCH(QString, value);
    SecretStore store(path());
    QVERIFY(store.set(kept, s(R"({"user":"u","port":5432})")));
    const auto found = store.value(valueFrom);
    if (value.isEmpty())
        QVERIFY(!found);
    else
        QCOMPARE(*found, value);
}

void TestSecretStore::errorsTellNoValue()
{
    SecretStore store(path());
    QVERIFY(store.set(s("db/main"), s(canary)));
    const Error error = store.value(s(arn) + s(":user::")).error();
    QCOMPARE(error.code, ErrorCode::InvalidInput);
    QVERIFY(error.message.contains(s("user")));
    for (const QString &text :
         {error.message, error.detail, store.object(s("db/main")).error().message,
          store.set(s("big"), QString(70'000, u'x')).error().message})
        QVERIFY2(!text.contains(s(canary)) && !text.contains(s("xxx")), qPrintable(text));
    write(QByteArray("{\"a\":\"") + canary);
    QVERIFY(!store.names().error().message.contains(s(canary)));
}

void TestSecretStore::badFile_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("list") << QByteArray("[]");
    QTest::newRow("cut off") << QByteArray("{\"a\":");
}

void TestSecretStore::badFile()
{
    QFETCH(QByteArray, text);
    write(text);
    SecretStore store(path());
    QCOMPARE(store.names().error().code, ErrorCode::Protocol);
    QCOMPARE(store.set(s("a"), s("1")).error().code, ErrorCode::Protocol); // and is not overwritten
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), text);
}

void TestSecretStore::badNames()
{
    SecretStore store(path());
    QCOMPARE(store.set({}, s("1")).error().code, ErrorCode::InvalidInput);
    QCOMPARE(store.set(QString(3000, u'n'), s("1")).error().code, ErrorCode::InvalidInput);
}

void TestSecretStore::registries_data()
{
    QTest::addColumn<QString>("secret");
    QTest::addColumn<QString>("image");
    QTest::addColumn<QString>("user"); // "-": nothing for this registry; empty: an error
    const QString pair = s(R"({"username":"u","password":"p"})");
    QTest::newRow("pair") << pair << s("r.example/a") << s("u");
    QTest::newRow("no password") << s(R"({"username":"u"})") << s("a") << QString();
    QTest::newRow("no JSON") << s("u:p") << s("a") << QString();
    const QString config
        = s(R"({".dockerconfigjson":"{\"auths\":{\"https://r.example:5000/v1/\":)"
            R"({\"username\":\"one\",\"password\":\"p\"},\"https://a.docker.io/v1/\":)"
            R"({\"auth\":\"dHdvOnA6cQ==\"}}}"})");
    QTest::newRow("Docker's file, its registry") << config << s("r.example:5000/a:1") << s("one");
    QTest::newRow("Docker's file, the usual registry") << config << s("team/a") << s("two");
    QTest::newRow("Docker's file, another registry") << config << s("r.example/a") << s("-");
}

void TestSecretStore::registries()
{
    QFETCH(QString, secret);
    QFETCH(QString, image);
    QFETCH(QString, user);
    SecretStore store(path());
    QVERIFY(store.set(s("registry"), secret));
    const auto credentials = registryCredentials(store, s("registry"), image);
    if (user.isEmpty()) {
        QCOMPARE(credentials.error().code, ErrorCode::InvalidInput);
        return;
    }
    QVERIFY(credentials);
    if (user == u"-") {
        QVERIFY(!*credentials);
        return;
    }
    QCOMPARE((*credentials)->user, user);
    QCOMPARE((*credentials)->password, user == u"two" ? s("p:q") : s("p"));
}

QTEST_GUILESS_MAIN(TestSecretStore)
#include "tst_secretstore.moc"
