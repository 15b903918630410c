// The two models: routes, settings, signals and requests that are none.
#include "backend/net/httpclient.h"
#include "programs.h"
#include "tests/support/engine/await.h"

#include <QTest>

#include <deque>

using namespace simulation;
using namespace batchyard;

namespace {

const Variables smallMaze{{QStringLiteral("MAZE_WIDTH"), QStringLiteral("5")},
                          {QStringLiteral("MAZE_HEIGHT"), QStringLiteral("4")},
                          {QStringLiteral("MAZE_SEED"), QStringLiteral("4")}};

struct Answer {
    int status = 0;
    QByteArray type;
    QByteArray body;
    QByteArray allow;
    QByteArray retryAfter;
};

Answer ask(net::HttpClient &client, int port, const QByteArray &method, const QByteArray &path,
           const QByteArray &body = {})
{
    const auto reply
        = test::await(client.send({.method = method,
                                   .url = "http://127.0.0.1:" + QByteArray::number(port) + path,
                                   .unixSocket = {},
                                   .headers = {},
                                   .body = body}));
    if (!reply)
        return {};
    return {reply->status, reply->header("content-type"), reply->body, reply->header("allow"),
            reply->header("retry-after")};
}

Answer ask(int port, const QByteArray &method, const QByteArray &path, const QByteArray &body = {})
{
    net::HttpClient client;
    return ask(client, port, method, path, body);
}

void addLanguages()
{
    QTest::addColumn<QString>("language");
    QTest::newRow("C++") << QStringLiteral("cpp");
    QTest::newRow("Python") << QStringLiteral("python");
}

} // namespace

class TestMazeModel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        for (const QString &language : {QStringLiteral("cpp"), QStringLiteral("python")}) {
            m_models.push_back(std::make_unique<Model>(language, smallMaze));
            QVERIFY(m_models.back()->waitUntilReady());
        }
    }

    void cleanupTestCase() { m_models.clear(); }

    // Both models give the same answer, and it is the one of the protocol.
    void routes_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("start"); // of the answer's body
        const auto row = [](const char *name, const char *method, const char *path,
                            const char *body, int status, const char *type, const char *start) {
            QTest::newRow(name) << QByteArray(method) << QByteArray(path) << QByteArray(body)
                                << status << QByteArray(type) << QByteArray(start);
        };
        const char *json = "application/json";
        const char *html = "text/html";
        const char *text = "text/plain";
        row("hello", "GET", "/", "", 200, html, "<p>Hello, Maze!</p>");
        row("size", "GET", "/maze/size", "", 200, json, "{\"width\": 5, \"height\": 4}");
        row("start", "GET", "/maze/start", "", 200, json, "{\"x\": 0, \"y\": ");
        row("position", "GET", "/maze/pos/3/2", "", 200, json, "{\"here\": \"");
        row("map", "GET", "/maze/map", "", 200, html, "<pre>\n+-+-");
        row("map as text", "GET", "/maze/map?format=text", "", 200, text, "+-+-+-+-+-+\n");
        row("map as JSON", "GET", "/maze/map?format=json", "", 200, json,
            "{\"width\": 5, \"height\": 4, \"start\": {\"x\": 0, \"y\": ");
        row("map in another form", "GET", "/maze/map?format=png", "", 400, json, "{\"error\": ");
        row("walk", "POST", "/maze/map", "[[0,0],[1, 0]]", 200, text, "+-+-+-+-+-+\n");
        row("empty walk", "POST", "/maze/map", "[]", 200, text, "+-+-+-+-+-+\n");
        row("health", "GET", "/health", "", 200, json, "{\"status\": \"ok\", \"ready\": true}");
        row("x too large", "GET", "/maze/pos/0/5", "", 404, json,
            "{\"error\": \"There is no such position: /maze/pos/<y>/<x> has y from 0 to 3 and x "
            "from 0 to 4.\"}");
        row("y too large", "GET", "/maze/pos/4/0", "", 404, json, "{\"error\": ");
        row("negative", "GET", "/maze/pos/-1/0", "", 404, json, "{\"error\": ");
        row("huge", "GET", "/maze/pos/0/99999999999999999999999", "", 404, json, "{\"error\": ");
        row("words", "GET", "/maze/pos/a/b", "", 404, json, "{\"error\": ");
        row("half a position", "GET", "/maze/pos/1", "", 404, json, "{\"error\": ");
        row("nowhere", "GET", "/maze", "", 404, json, "{\"error\": ");
        row("delete", "DELETE", "/maze/map", "", 405, json, "{\"error\": ");
        row("post to size", "POST", "/maze/size", "", 405, json, "{\"error\": ");
        row("get stop", "GET", "/stop", "", 405, json, "{\"error\": ");
        const char *noList = "{\"error\": \"The body must be a JSON list of [x, y] moves.\"}";
        row("no body", "POST", "/maze/map", "", 400, json, noList);
        row("object", "POST", "/maze/map", "{}", 400, json, noList);
        row("number", "POST", "/maze/map", "5", 400, json, noList);
        row("broken", "POST", "/maze/map", "[[0,0]", 400, json, noList);
        const char *second = "{\"error\": \"Move 2 must be [x, y] with whole numbers x from 0 to 4 "
                             "and y from 0 to 3.\"}";
        row("outside", "POST", "/maze/map", "[[0,0],[0,4]]", 400, json, second);
        row("negative move", "POST", "/maze/map", "[[0,0],[-1,0]]", 400, json, second);
        row("three numbers", "POST", "/maze/map", "[[0,0],[1,0,0]]", 400, json, second);
        row("one number", "POST", "/maze/map", "[[0,0],[1]]", 400, json, second);
        row("flat", "POST", "/maze/map", "[[0,0],1]", 400, json, second);
        row("nested", "POST", "/maze/map", "[[0,0],[[1,0]]]", 400, json, second);
        row("true", "POST", "/maze/map", "[[0,0],[true,0]]", 400, json, second);
        row("fraction", "POST", "/maze/map", "[[0,0],[1.0,0]]", 400, json, second);
        row("text", "POST", "/maze/map", "[[0,0],[\"1\",0]]", 400, json, second);
    }

    void routes()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, start);
        QList<Answer> answers;
        for (const auto &model : m_models) {
            const Answer answer = ask(model->port(), method, path, body);
            QCOMPARE(answer.status, status);
            QVERIFY2(answer.type.startsWith(type), answer.type.constData());
            QVERIFY2(answer.body.startsWith(start), answer.body.constData());
            QCOMPARE(!answer.allow.isEmpty(), status == 405);
            answers.append(answer);
        }
        if (status != 405)
            QCOMPARE(answers[0].body, answers[1].body);
    }

    void everyPositionAgreesWithTheMap()
    {
        const Answer map = ask(m_models[0]->port(), "GET", "/maze/map?format=text");
        const QList<QByteArray> rows = map.body.split('\n');
        for (const auto &model : m_models) {
            for (int y = 0; y < 4; ++y) {
                for (int x = 0; x < 5; ++x) {
                    const auto wall = [&rows, x, y](int dx, int dy) {
                        return rows[2 * y + 1 + dy][2 * x + 1 + dx] == ' ' ? 0 : 1;
                    };
                    const QByteArray path
                        = "/maze/pos/" + QByteArray::number(y) + '/' + QByteArray::number(x);
                    const QByteArray expected
                        = QStringLiteral(
                              "{\"here\": \"%1\", \"up\": %2, \"right\": %3, \"down\": %4, "
                              "\"left\": %5}")
                              .arg(QChar::fromLatin1(rows[2 * y + 1][2 * x + 1]))
                              .arg(wall(0, -1))
                              .arg(wall(1, 0))
                              .arg(wall(0, 1))
                              .arg(wall(-1, 0))
                              .toLatin1();
                    QCOMPARE(ask(model->port(), "GET", path).body, expected);
                }
            }
        }
    }

    void accessLines()
    {
        for (const auto &model : m_models) {
            (void)ask(model->port(), "GET", "/maze/pos/3/4");
            const QString lines = QString::fromLatin1(model->errors());
            QVERIFY2(lines.contains(QRegularExpression(QStringLiteral(
                         R"(\n127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] )"
                         R"("GET /maze/pos/3/4 HTTP/1\.1" 200 -\n)"))),
                     qPrintable(lines.right(300)));
            QVERIFY(!lines.contains(u'\x1b'));
        }
    }

    void abuse_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("garbage") << QByteArray("\x16\x03\x01\x02\x00\x01\xff\xfe\r\n\r\n", 11);
        QTest::newRow("SSH") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        QTest::newRow("header without end")
            << QByteArray("GET / HTTP/1.1\r\nA: " + QByteArray(200'000, 'a'));
        QTest::newRow("many headers")
            << QByteArray("GET / HTTP/1.1\r\n" + QByteArray("A: b\r\n").repeated(20'000) + "\r\n");
        QTest::newRow("long address")
            << QByteArray("GET /" + QByteArray(100'000, 'a') + " HTTP/1.1\r\n\r\n");
        QTest::newRow("body of a terabyte")
            << QByteArray("POST /maze/map HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\n[");
        QTest::newRow("negative length")
            << QByteArray("POST /maze/map HTTP/1.1\r\nContent-Length: -1\r\n\r\n");
        QTest::newRow("body cut off")
            << QByteArray("POST /maze/map HTTP/1.1\r\nContent-Length: 100\r\n\r\n[[0,0]");
        QTest::newRow("chunk of all memory")
            << QByteArray("POST /maze/map HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "FFFFFFFFFFFFFFFF\r\n");
        QTest::newRow("NUL in the address") << QByteArray("GET /maze/\0 HTTP/1.1\r\n\r\n", 24);
        QTest::newRow("deep list") << QByteArray("POST /maze/map HTTP/1.1\r\nContent-Length: 100000"
                                                 "\r\n\r\n"
                                                 + QByteArray(100'000, '['));
        QTest::newRow("HTTP/1.0") << QByteArray("GET / HTTP/1.0\r\n\r\n");
        QTest::newRow("nothing") << QByteArray();
    }

    void abuse()
    {
        QFETCH(QByteArray, bytes);
        for (const auto &model : m_models) {
            const QByteArray answer = exchange(model->port(), bytes);
            QVERIFY2(!answer.startsWith("HTTP/1.1 5"), answer.left(300).constData());
            QCOMPARE(ask(model->port(), "GET", "/maze/size").status, 200);
        }
    }

    void answersManyConnectionsAtOnce()
    {
        for (const auto &model : m_models) {
            std::deque<net::HttpClient> clients(20); // each keeps its connection
            for (net::HttpClient &client : clients)
                QCOMPARE(ask(client, model->port(), "GET", "/maze/size").status, 200);
            for (net::HttpClient &client : clients)
                QCOMPARE(ask(client, model->port(), "GET", "/maze/start").status, 200);
        }
    }

    void badSettings_data()
    {
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char *variable, const QString &value, const QByteArray &allowed) {
            QTest::addRow("%s=%s", variable, qPrintable(value.left(20)))
                << QString::fromLatin1(variable) << value
                << QByteArray("ERROR " + QByteArray(variable) + " is \"" + value.left(80).toLatin1()
                              + (value.size() > 80 ? "..." : "")
                              + "\": allowed is a whole number from " + allowed + ".\n");
        };
        for (const char *value : {"1", "0", "-5", "2002", "abc", "2.5", "1e3", " 20", "20 ", "0x10",
                                  "99999999999999999999999", "+5", "1_0"}) {
            row("MAZE_WIDTH", QString::fromLatin1(value), "2 to 2001");
        }
        row("MAZE_HEIGHT", QStringLiteral("1"), "2 to 2001");
        row("MAZE_HEIGHT", QString(100, u'9'), "2 to 2001");
        row("MAZE_SEED", QStringLiteral("-1"), "0 to 18446744073709551615");
        row("MAZE_SEED", QStringLiteral("18446744073709551616"), "0 to 18446744073709551615");
        row("MAZE_PORT", QStringLiteral("0"), "1 to 65535");
        row("MAZE_PORT", QStringLiteral("65536"), "1 to 65535");
    }

    void badSettings()
    {
        QFETCH(QString, variable);
        QFETCH(QString, value);
        QFETCH(QByteArray, message);
        for (const QString &language : {QStringLiteral("cpp"), QStringLiteral("python")}) {
            Program model(QStringLiteral("model"), language, {{variable, value}});
            QVERIFY(model.waitForEnd());
            QCOMPARE(model.exitStatus(), 1);
            QCOMPARE(model.errors(), message);
            QCOMPARE(model.output(), QByteArray());
        }
    }

    void takenPort()
    {
        for (const QString &language : {QStringLiteral("cpp"), QStringLiteral("python")}) {
            Program model(QStringLiteral("model"), language,
                          {{QStringLiteral("MAZE_PORT"), QString::number(m_models[0]->port())}});
            QVERIFY(model.waitForEnd());
            QCOMPARE(model.exitStatus(), 1);
            QVERIFY(!model.errors().isEmpty());
        }
    }

    void terminates_data() { addLanguages(); }

    void terminates()
    {
        QFETCH(QString, language);
        const Variables huge{{QStringLiteral("MAZE_WIDTH"), QStringLiteral("2001")},
                             {QStringLiteral("MAZE_HEIGHT"), QStringLiteral("2001")}};
        for (const bool whileBuilding : {true, false}) {
            Model model(language, whileBuilding ? huge : smallMaze);
            QVERIFY(whileBuilding ? model.waitForOutput("%") : model.waitUntilReady());
            model.terminate();
            QVERIFY(model.waitForEnd(5000));
            QCOMPARE(model.exitStatus(), 0);
        }
    }

    void busyWhileBuilding()
    {
        Model model(QStringLiteral("python"),
                    {{QStringLiteral("MAZE_WIDTH"), QStringLiteral("2001")},
                     {QStringLiteral("MAZE_HEIGHT"), QStringLiteral("2001")}});
        QVERIFY(model.waitForOutput("%"));
        const Answer health = ask(model.port(), "GET", "/health");
        QCOMPARE(health.status, 200);
        QCOMPARE(health.body, QByteArray("{\"status\": \"starting\", \"ready\": false}"));
        const Answer size = ask(model.port(), "GET", "/maze/size");
        QCOMPARE(size.status, 503);
        QCOMPARE(size.retryAfter, QByteArray("1"));
    }

    void stops_data() { addLanguages(); }

    void stops()
    {
        QFETCH(QString, language);
        Model model(language, smallMaze);
        QVERIFY(model.waitUntilReady());
        const Answer answer = ask(model.port(), "POST", "/stop");
        QCOMPARE(answer.status, 202);
        QCOMPARE(answer.body, QByteArray("{\"stopping\": true}"));
        QVERIFY(model.waitForEnd(1500));
        QCOMPARE(model.exitStatus(), 0);
    }

private:
    std::vector<std::unique_ptr<Model>> m_models;
};

QTEST_GUILESS_MAIN(TestMazeModel)
#include "tst_mazemodel.moc"
