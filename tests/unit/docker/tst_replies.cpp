#include "backend/docker/replies.h"

#include "backend/docker/demultiplexer.h"

#include <QTest>

using namespace batchyard;
using namespace batchyard::docker;

Q_DECLARE_METATYPE(batchyard::ErrorCode)

namespace {

// As dockerd 20.10 writes it, less what nobody reads.
const QByteArray ended = R"({"Id":"0123","Created":"2026-01-02T03:04:05Z","Path":"sh","Args":[],
 "State":{"Status":"exited","Running":false,"Paused":false,"Restarting":false,"OOMKilled":true,
 "Dead":false,"Pid":0,"ExitCode":137,"Error":"","StartedAt":"2026-01-02T03:04:06.5Z",
 "FinishedAt":"2026-01-02T03:04:07.000000001Z"},"Image":"sha256:00","Name":"/by-1",
 "Config":{"Image":"tiny:1","Labels":{"a":"b"},"Env":null},
 "NetworkSettings":{"Networks":{"none":{"IPAddress":""},"yard":{"IPAddress":"172.31.0.2"}}}})";

QByteArray with(QByteArray text, const QByteArray &before, const QByteArray &after)
{
    Q_ASSERT(text.contains(before));
    return text.replace(before, after);
}

} // namespace

class TestReplies : public QObject
{
    Q_OBJECT
private slots:
    void container();
    void neverStarted();
    void invalidContainer_data();
    void invalidContainer();
    void list();
    void image();
    void info();
    void wait_data();
    void wait();
    void oneEvent();
    void layersTogether();
    void progress_data();
    void progress();
    void errors_data();
    void errors();
    void attachErrors();
    void progressErrors_data();
    void progressErrors();
    void lines();
    void anyMutationIsSurvived();
};

void TestReplies::container()
{
    const auto state = readContainer(ended);
    QVERIFY(state);
    QCOMPARE(state->id, QStringLiteral("0123"));
    QCOMPARE(state->name, QStringLiteral("by-1"));
    QCOMPARE(state->image, QStringLiteral("tiny:1"));
    QCOMPARE(state->labels.value(QStringLiteral("a")), QStringLiteral("b"));
    QCOMPARE(state->status, ContainerState::Status::Exited);
    QCOMPARE(state->exitCode, 137);
    QVERIFY(state->oomKilled);
    QCOMPARE(*state->finishedAt - *state->startedAt, std::chrono::nanoseconds(500'000'001));
    QCOMPARE(state->ipAddress, QStringLiteral("172.31.0.2"));
}

void TestReplies::neverStarted()
{
    const auto state = readContainer(
        R"({"Id":"1","State":{"Status":"created","ExitCode":127,"Error":"no such file",
            "StartedAt":"0001-01-01T00:00:00Z","FinishedAt":"0001-01-01T00:00:00Z"}})");
    QVERIFY(state);
    QCOMPARE(state->status, ContainerState::Status::Created);
    QCOMPARE(state->error, QStringLiteral("no such file"));
    QCOMPARE(state->exitCode, 127);
    QVERIFY(!state->startedAt);
    QVERIFY(!state->finishedAt);
}

void TestReplies::invalidContainer_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("message");
    QTest::newRow("empty") << QByteArray() << "it is not JSON";
    QTest::newRow("HTML") << QByteArray("<html>") << "it is not JSON";
    QTest::newRow("truncated") << ended.left(200) << "it is not JSON";
    QTest::newRow("a list") << QByteArray("[]") << "an object with \"Id\" was expected";
    QTest::newRow("null") << QByteArray("null") << "an object with \"Id\" was expected";
    QTest::newRow("no members") << QByteArray("{}") << "\"Id\" is missing";
    QTest::newRow("no state") << QByteArray(R"({"Id":"1"})") << "\"Status\" is missing";
    QTest::newRow("id is a number")
        << with(ended, R"("Id":"0123")", R"("Id":123)") << "\"Id\" is not a string";
    QTest::newRow("state is a list")
        << QByteArray(R"({"Id":"1","State":[]})") << "\"State\" is not an object";
    QTest::newRow("unknown status")
        << with(ended, "exited", "flying") << "the container's status is unknown";
    QTest::newRow("exit code is text")
        << with(ended, ":137", ":\"137\"") << "\"ExitCode\" is not an integer";
    QTest::newRow("exit code is negative")
        << with(ended, ":137", ":-1") << "\"ExitCode\" is out of range";
    QTest::newRow("exit code is huge")
        << with(ended, ":137", ":18446744073709551615") << "\"ExitCode\" is out of range";
    QTest::newRow("exit code is a fraction")
        << with(ended, ":137", ":1.5") << "\"ExitCode\" is not an integer";
    QTest::newRow("flag is a number") << with(ended, R"("OOMKilled":true)", R"("OOMKilled":1)")
                                      << "\"OOMKilled\" is not true or false";
    QTest::newRow("date is none") << with(ended, "2026-01-02T03:04:06.5Z", "yesterday")
                                  << "\"StartedAt\" is no date";
    QTest::newRow("date out of range")
        << with(ended, "2026-01-02T03:04:06.5Z", "9999-01-01T00:00:00Z")
        << "\"StartedAt\" is no date";
    QTest::newRow("label is a list") << with(ended, R"({"a":"b"})", R"({"a":["b"]})")
                                     << "\"Labels\" is not an object of strings";
    QTest::newRow("nested too deep") << QByteArray(65, '[') << "it is nested deeper than 64 levels";
    QTest::newRow("nested beyond reason")
        << QByteArray(1'000'000, '[') << "it is nested deeper than 64 levels";
    QTest::newRow("invalid UTF-8") << with(ended, "by-1", "\xff\xfe") << "it is not JSON";
}

void TestReplies::invalidContainer()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, message);
    const auto state = readContainer(body);
    QVERIFY(!state);
    QCOMPARE(state.error().code, ErrorCode::Protocol);
    QCOMPARE(state.error().message,
             QStringLiteral("The engine sent an invalid reply: %1.").arg(message));
}

void TestReplies::list()
{
    const auto two = readContainerList(
        R"([{"Id":"1","Names":["/a"],"State":"running","Labels":{"x":"y"}},
            {"Id":"2","Names":null,"State":"dead","Labels":null}])");
    QVERIFY(two);
    QCOMPARE(two->size(), 2);
    QCOMPARE(two->at(0).name, QStringLiteral("a"));
    QCOMPARE(two->at(0).labels.value(QStringLiteral("x")), QStringLiteral("y"));
    QCOMPARE(two->at(1).name, QString());
    QCOMPARE(two->at(1).state, QStringLiteral("dead"));
    QVERIFY(readContainerList("[]")->isEmpty());
    QVERIFY(!readContainerList("{}"));
    QVERIFY(!readContainerList("[1]"));
    QVERIFY(!readContainerList(R"([{"Names":["/a"]}])"));
}

void TestReplies::image()
{
    const auto read = readImage(
        R"({"Id":"sha256:1","RepoTags":["a:1","b:2"],"Config":{"Labels":{"l":"1"}},
            "Architecture":"amd64","Size":5000000000})");
    QVERIFY(read);
    QCOMPARE(read->repoTags.size(), 2);
    QCOMPARE(read->labels.value(QStringLiteral("l")), QStringLiteral("1"));
    QCOMPARE(read->sizeBytes, 5'000'000'000LL);
    QVERIFY(!readImage(R"({"Id":"1","RepoTags":"a"})"));
}

void TestReplies::info()
{
    const auto read = readInfo(
        R"({"ServerVersion":"20.10","OperatingSystem":"Debian","Architecture":"x86_64","NCPU":2,
            "MemTotal":8000000000,"LiveRestoreEnabled":true,"Runtimes":{"runc":{},"nvidia":{}}})");
    QVERIFY(read);
    QCOMPARE(read->version, QStringLiteral("20.10"));
    QCOMPARE(read->cpus, 2);
    QCOMPARE(read->memoryBytes, 8'000'000'000LL);
    QVERIFY(read->liveRestore);
    QVERIFY(read->hasGpuRuntime);
    QVERIFY(!readInfo(R"({"NCPU":-1})"));
}

void TestReplies::wait_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("valid");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("error");
    QTest::newRow("code") << QByteArray(R"({"StatusCode":3})") << true << 3 << "";
    QTest::newRow("null error") << QByteArray(R"({"StatusCode":0,"Error":null})") << true << 0
                                << "";
    QTest::newRow("error") << QByteArray(R"({"StatusCode":1,"Error":{"Message":"m"}})") << true << 1
                           << "m";
    QTest::newRow("no code") << QByteArray("{}") << false << 0 << "";
    QTest::newRow("null code") << QByteArray(R"({"StatusCode":null})") << false << 0 << "";
    QTest::newRow("negative") << QByteArray(R"({"StatusCode":-1})") << false << 0 << "";
}

void TestReplies::wait()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, valid);
    QFETCH(int, exitCode);
    QFETCH(QString, error);
    const auto read = readWait(body);
    QCOMPARE(read.has_value(), valid);
    if (read) {
        QCOMPARE(read->exitCode, exitCode);
        QCOMPARE(read->error, error);
    }
}

void TestReplies::oneEvent()
{
    const auto read = readEvent(
        R"({"status":"die","id":"1","Type":"container","Action":"die","Actor":{"ID":"1",
            "Attributes":{"exitCode":"3","name":"a"}},"scope":"local","time":1,"timeNano":1000000001})");
    QVERIFY(read);
    QCOMPARE(read->type, QStringLiteral("container"));
    QCOMPARE(read->action, QStringLiteral("die"));
    QCOMPARE(read->id, QStringLiteral("1"));
    QCOMPARE(read->attributes.value(QStringLiteral("exitCode")), QStringLiteral("3"));
    QCOMPARE(read->time.time_since_epoch().count(), 1'000'000'001);
    QVERIFY(!readEvent("{}"));
}

void TestReplies::layersTogether()
{
    PullProgress progress;
    const auto told
        = [&progress](const QByteArray &line) { return progress.after(*readProgress(line)); };
    const auto layer = [&told](const char *id, const char *status, qint64 current, qint64 total) {
        return told(QByteArray(R"({"id":")") + id + R"(","status":")" + status
                    + R"(","progressDetail":{"current":)" + QByteArray::number(current)
                    + R"(,"total":)" + QByteArray::number(total) + "}}");
    };
    QCOMPARE(told(R"({"status":"Pulling from a"})"), QStringLiteral("Pulling from a"));
    QCOMPARE(layer("a", "Downloading", 2'000'000, 10'000'000), QStringLiteral("2 of 10 MB"));
    QCOMPARE(layer("b", "Downloading", 1'000'000, 19'500'000), QStringLiteral("3 of 30 MB"));
    QCOMPARE(layer("b", "Downloading", 1'000'001, 19'500'000), QString()); // nothing new
    QCOMPARE(told(R"({"id":"a","status":"Download complete"})"), QStringLiteral("11 of 30 MB"));
    QCOMPARE(layer("a", "Extracting", 500'000, 10'000'000),
             QStringLiteral("a: Extracting 0.5 MB / 10.0 MB"));
}

void TestReplies::progress_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("error");
    QTest::newRow("build step") << QByteArray(R"({"stream":"Step 1/2 : FROM a\n"})")
                                << "Step 1/2 : FROM a"
                                << "";
    QTest::newRow("layer") << QByteArray(
        R"({"status":"Downloading","progressDetail":{"current":1500000,"total":3000000},"id":"ab"})")
                           << "ab: Downloading 1.5 MB / 3.0 MB"
                           << "";
    QTest::newRow("unknown total") << QByteArray(
        R"({"status":"Downloading","progressDetail":{"current":1500000,"total":-1},"id":"ab"})")
                                   << "ab: Downloading"
                                   << "";
    QTest::newRow("status alone") << QByteArray(R"({"status":"Pulling from a"})")
                                  << "Pulling from a"
                                  << "";
    QTest::newRow("nothing to tell") << QByteArray(R"({"aux":{"ID":"sha256:1"}})") << ""
                                     << "";
    QTest::newRow("error detail") << QByteArray(
        R"({"errorDetail":{"code":3,"message":"returned 3"},"error":"returned"})")
                                  << ""
                                  << "returned 3";
    QTest::newRow("error alone") << QByteArray(R"({"error":"denied"})") << ""
                                 << "denied";
}

void TestReplies::progress()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, text);
    QFETCH(QString, error);
    const auto read = readProgress(line);
    QVERIFY(read);
    QCOMPARE(read->text, text);
    QCOMPARE(read->error.value_or(QString()), error);
}

void TestReplies::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message");
    const QByteArray body = R"({"message":"why"})";
    QTest::newRow("bad parameter") << 400 << body << ErrorCode::InvalidInput << "why";
    QTest::newRow("not allowed") << 403 << body << ErrorCode::AccessDenied << "why";
    QTest::newRow("not found") << 404 << body << ErrorCode::NotFound << "why";
    QTest::newRow("conflict") << 409 << body << ErrorCode::Conflict << "why";
    QTest::newRow("server error") << 500 << body << ErrorCode::Io << "why";
    QTest::newRow("a redirection") << 301 << body << ErrorCode::Protocol << "why";
    QTest::newRow("no such call") << 404 << QByteArray(R"({"message":"page not found"})")
                                  << ErrorCode::Unsupported
                                  << "The engine does not know this call: it is too old.";
    const QString invalid = QStringLiteral(
        "The engine sent an invalid reply: status 404 without the engine's message.");
    QTest::newRow("another server")
        << 404 << QByteArray("<h1>Not Found</h1>") << ErrorCode::Protocol << invalid;
    QTest::newRow("no message") << 404 << QByteArray("{}") << ErrorCode::Protocol << invalid;
    QTest::newRow("message is a list")
        << 404 << QByteArray(R"({"message":["x"]})") << ErrorCode::Protocol << invalid;
}

void TestReplies::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(ErrorCode, code);
    QFETCH(QString, message);
    const Error error = readError(status, body);
    QCOMPARE(error.code, code);
    QCOMPARE(error.message, message);
}

void TestReplies::attachErrors()
{
    QCOMPARE(readAttachError(404, "No such container: x\r\n"),
             (Error{ErrorCode::NotFound, QStringLiteral("No such container: x"),
                    QStringLiteral("HTTP 404")}));
    QCOMPARE(readAttachError(409, R"({"message":"paused"})").message, QStringLiteral("paused"));
    QCOMPARE(readAttachError(404, "<html>").code, ErrorCode::Protocol);
    QCOMPARE(readAttachError(404, "").code, ErrorCode::Protocol);
}

void TestReplies::progressErrors_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("tag") << "manifest for a:1 not found: manifest unknown" << ErrorCode::NotFound;
    QTest::newRow("private") << "pull access denied for a, repository does not exist or may require"
                             << ErrorCode::AccessDenied;
    QTest::newRow("name") << "Get https://x/v2/: dial tcp: lookup x: no such host" << ErrorCode::Io;
    QTest::newRow("registry is down")
        << "received unexpected HTTP status: 503 Service Unavailable" << ErrorCode::Io;
    QTest::newRow("a step") << "The command '/bin/sh -c exit 3' returned a non-zero code: 3"
                            << ErrorCode::Io;
}

void TestReplies::progressErrors()
{
    QFETCH(QString, text);
    QFETCH(ErrorCode, code);
    QCOMPARE(progressError(text), (Error{code, text, {}}));
}

void TestReplies::lines()
{
    const QByteArray all = "{\"a\":1}\r\n\n{\"b\":2}\nrest";
    for (qsizetype cut = 0; cut <= all.size(); ++cut) {
        LineSplitter splitter;
        auto read = splitter.feed(all.left(cut));
        QVERIFY(read);
        *read += *splitter.feed(all.mid(cut));
        QCOMPARE(*read, QList<QByteArray>({"{\"a\":1}", "{\"b\":2}"}));
        QCOMPARE(splitter.rest(), QByteArray("rest"));
    }
    LineSplitter endless;
    const QByteArray piece(600 * 1024, 'x');
    QVERIFY(endless.feed(piece));
    const auto tooLong = endless.feed(piece);
    QVERIFY(!tooLong);
    QCOMPARE(tooLong.error().code, ErrorCode::Protocol);
}

// One byte changed at every place, to each of a few values: a value or an error, never a crash.
void TestReplies::anyMutationIsSurvived()
{
    int valid = 0;
    for (qsizetype at = 0; at < ended.size(); ++at)
        for (const char byte : QByteArray("\0\"{}[]0-,\xff", 10)) {
            QByteArray body = ended;
            body[at] = byte;
            if (const auto state = readContainer(body))
                ++valid;
            else
                QCOMPARE(state.error().code, ErrorCode::Protocol);
            Q_UNUSED(readEvent(body))
            Q_UNUSED(readProgress(body))
            Q_UNUSED(readContainerList(body))
        }
    QVERIFY(valid > 0);
}

QTEST_GUILESS_MAIN(TestReplies)
#include "tst_replies.moc"
