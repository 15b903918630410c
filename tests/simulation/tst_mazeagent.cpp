// The two agents against models that are not ours: one without a way to the exit, one in error, one
// that is late, one that goes away.
#include "backend/executor/api/httpserver.h"
#include "programs.h"

#include <QTest>

#include <atomic>

using namespace simulation;
using namespace batchyard::executor::api;

namespace {

// A model of one row of three cells: S, K and, behind a wall, E.
class ScriptedModel
{
public:
    ScriptedModel()
        : m_server([this](const Request &request) { return answer(request); })
        , m_port(m_server.start(0).value())
    {
    }

    [[nodiscard]] QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port); }

    std::atomic<int> unavailable = 0; // so many requests are answered 503
    std::atomic<int> failAfter = 1'000'000;
    std::atomic<int> failWith = 500;
    std::atomic<bool> hasWay = true; // to the exit
    QByteArray sizeAnswer = R"({"width":3,"height":1,"more":[1]})";

private:
    Reply answer(const Request &request)
    {
        if (request.head.method == "POST")
            return {.contentType = "text/plain", .headers = {}, .body = "moves " + request.body};
        ++m_requests;
        if (m_requests <= unavailable)
            return {.status = 503, .headers = {}, .body = {}};
        if (m_requests > failAfter)
            return {.status = failWith, .headers = {}, .body = {}};
        return {.headers = {}, .body = answer(request.head.path)};
    }

    QByteArray answer(const QByteArray &path) const
    {
        const QByteArray beforeExit = hasWay ? "0" : "1";
        if (path == "/maze/size")
            return sizeAnswer;
        if (path == "/maze/start")
            return R"({"x":0,"y":0})";
        if (path == "/maze/pos/0/0")
            return R"({"here":"S","up":1,"right":0,"down":1,"left":0})";
        if (path == "/maze/pos/0/1")
            return R"({"here":"K","up":1,"right":)" + beforeExit + R"(,"down":1,"left":0})";
        return R"({"here":"E","up":1,"right":0,"down":1,"left":0})";
    }

    std::atomic<int> m_requests = 0;
    HttpServer m_server;
    quint16 m_port;
};

Variables towards(const QString &url)
{
    return {{QStringLiteral("MODEL_URL"), url},
            {QStringLiteral("AGENT_SEED"), QStringLiteral("1")}};
}

} // namespace

class TestMazeAgent : public QObject
{
    Q_OBJECT

    static void addLanguages()
    {
        QTest::addColumn<QString>("language");
        QTest::newRow("C++") << QStringLiteral("cpp");
        QTest::newRow("Python") << QStringLiteral("python");
    }

private slots:
    void solves_data() { addLanguages(); }

    void solves()
    {
        QFETCH(QString, language);
        ScriptedModel model;
        model.unavailable = 1;
        Program agent(QStringLiteral("agent"), language, towards(model.url()));
        QVERIFY(agent.waitForEnd());
        QCOMPARE(agent.output(),
                 QByteArray("SIZE {'width': 3, 'height': 1}\nSTART {'x': 0, 'y': 0}\n"
                            "(1, 0) key found\n(2, 0) exit\nSolution length: 3\n"
                            "[(0, 0), (1, 0), (2, 0)]\nmoves [[0,0],[1,0],[2,0]]\n"));
        QCOMPARE(agent.exitStatus(), 0);
    }

    void noMovesLeft_data() { addLanguages(); }

    void noMovesLeft()
    {
        QFETCH(QString, language);
        ScriptedModel model;
        model.hasWay = false;
        Program agent(QStringLiteral("agent"), language, towards(model.url()));
        QVERIFY(agent.waitForEnd());
        QVERIFY(agent.output().endsWith("(1, 0) key found\nNo moves left\n"));
        QCOMPARE(agent.exitStatus(), 1);
    }

    void modelInError_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QByteArray>("sizeAnswer");
        QTest::addColumn<int>("failAfter");
        for (const char *language : {"cpp", "python"}) {
            const QString name = QString::fromLatin1(language);
            const QByteArray good = R"({"width":3,"height":1})";
            QTest::addRow("%s: 500", language) << name << good << 3;
            QTest::addRow("%s: no JSON", language) << name << QByteArray("<p>") << 1000;
            QTest::addRow("%s: a list", language) << name << QByteArray("[1]") << 1000;
            QTest::addRow("%s: no width", language)
                << name << QByteArray(R"({"height":1})") << 1000;
            QTest::addRow("%s: words", language)
                << name << QByteArray(R"({"width":"x","height":1})") << 1000;
        }
    }

    void modelInError()
    {
        QFETCH(QString, language);
        QFETCH(QByteArray, sizeAnswer);
        QFETCH(int, failAfter);
        ScriptedModel model;
        model.sizeAnswer = sizeAnswer;
        model.failAfter = failAfter;
        Program agent(QStringLiteral("agent"), language, towards(model.url()));
        QVERIFY(agent.waitForEnd());
        QCOMPARE(agent.exitStatus(), 2);
        QVERIFY2(agent.errors().startsWith("ERROR "), agent.errors().constData());
        QVERIFY(agent.errors().contains("Error: "));
    }

    void waitsForALateModel_data() { addLanguages(); }

    void waitsForALateModel()
    {
        QFETCH(QString, language);
        const int port = freePort();
        Program agent(QStringLiteral("agent"), language,
                      towards(QStringLiteral("http://localhost:%1/").arg(port)));
        QVERIFY(!agent.waitForEnd(700)); // several refused connections
        Program model(QStringLiteral("model"), QStringLiteral("cpp"),
                      {{QStringLiteral("MAZE_PORT"), QString::number(port)},
                       {QStringLiteral("MAZE_WIDTH"), QStringLiteral("5")},
                       {QStringLiteral("MAZE_HEIGHT"), QStringLiteral("5")}});
        QVERIFY(agent.waitForEnd(10000));
        QCOMPARE(agent.exitStatus(), 0);
    }

    void givesUpOnAModelThatDied_data() { addLanguages(); }

    void givesUpOnAModelThatDied()
    {
        QFETCH(QString, language);
        auto model = std::make_unique<Model>(QStringLiteral("cpp"));
        Program agent(
            QStringLiteral("agent"), language,
            towards(model->url())
                + Variables{{QStringLiteral("AGENT_STEP_DELAY_MS"), QStringLiteral("50")}});
        QVERIFY(agent.waitForOutput("START"));
        model.reset();
        QVERIFY(agent.waitForEnd(25000));
        QCOMPARE(agent.exitStatus(), 2);
        QVERIFY2(agent.errors().startsWith("ERROR ConnectionError: "), agent.errors().constData());
    }

    void terminates_data() { addLanguages(); }

    void terminates()
    {
        QFETCH(QString, language);
        Model model(QStringLiteral("cpp"));
        QVERIFY(model.waitUntilReady());
        Program agent(
            QStringLiteral("agent"), language,
            towards(model.url())
                + Variables{{QStringLiteral("AGENT_STEP_DELAY_MS"), QStringLiteral("60000")}});
        QVERIFY(agent.waitForOutput("START"));
        agent.terminate();
        QVERIFY(agent.waitForEnd(5000));
        QCOMPARE(agent.exitStatus(), 143);
    }

    void badSettings_data()
    {
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *variable, const char *value) {
            QTest::addRow("%s=%s", variable, value)
                << QString::fromLatin1(variable) << QString::fromLatin1(value);
        };
        row("MODEL_URL", "127.0.0.1:5555");
        row("MODEL_URL", "https://127.0.0.1");
        row("MODEL_URL", "http://");
        row("MODEL_URL", "http://a:0");
        row("MODEL_URL", "http://a:70000");
        row("MODEL_URL", "http://a:b");
        row("MODEL_URL", "http://user@a");
        row("MODEL_URL", "http://a b");
        row("AGENT_SEED", "-1");
        row("AGENT_SEED", "seed");
        row("AGENT_STEP_DELAY_MS", "60001");
        row("AGENT_STEP_DELAY_MS", "fast");
        row("AGENT_PRINT_MAP", "yes");
        row("AGENT_PRINT_MAP", "2");
    }

    void badSettings()
    {
        QFETCH(QString, variable);
        QFETCH(QString, value);
        QList<QByteArray> messages;
        for (const QString &language : {QStringLiteral("cpp"), QStringLiteral("python")}) {
            Program agent(QStringLiteral("agent"), language, {{variable, value}});
            QVERIFY(agent.waitForEnd());
            QCOMPARE(agent.exitStatus(), 1);
            messages.append(agent.errors());
        }
        QVERIFY2(
            messages[0].startsWith(
                QStringLiteral("ERROR %1 is \"%2\": allowed is ").arg(variable, value).toLatin1()),
            messages[0].constData());
        QCOMPARE(messages[0], messages[1]);
    }
};

QTEST_GUILESS_MAIN(TestMazeAgent)
#include "tst_mazeagent.moc"
