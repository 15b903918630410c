#include "backend/docker/endpoint.h"

#include "tests/support/engine/fakedaemon.h"

#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace batchyard;
using namespace batchyard::docker;
using test::FakeDaemon;
using test::FakeReply;

Q_DECLARE_METATYPE(batchyard::ErrorCode)

namespace {

EndpointProbe probe(EndpointFault fault, const QString &socket = QStringLiteral("/s"))
{
    EndpointProbe result;
    result.candidate
        = {socket, QStringLiteral("Docker"), QStringLiteral("sudo systemctl start docker")};
    result.fault = fault;
    result.apiVersion = QStringLiteral("1.41");
    result.owner = QStringLiteral("root");
    result.group = QStringLiteral("docker");
    result.mode = 0660;
    result.detail = QStringLiteral("it is a directory");
    return result;
}

const EndpointUser ada{1000, QStringLiteral("ada"), false};

// A socket at `path` whose owner never answers; closed with the descriptor.
int listenAt(const QString &path, int backlog)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray name = path.toLocal8Bit();
    std::copy(name.begin(), name.end(), address.sun_path);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || (backlog >= 0 && ::listen(socket, backlog) != 0))
        return -1;
    return socket;
}

} // namespace

class TestEndpoint : public QObject
{
    Q_OBJECT
private slots:
    void candidates_data();
    void candidates();
    void refusedHosts_data();
    void refusedHosts();
    void faults_data();
    void faults();
    void firstThatAnswers();
    void nearestToWorking();
    void noneAtAll();
    void probes();
    void probeOfEngines_data();
    void probeOfEngines();
    void probeWithoutPermission();
};

void TestEndpoint::candidates_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("runtime");
    QTest::addColumn<QStringList>("sockets");
    const auto list = [](const char *sockets) { return QString::fromLatin1(sockets).split(u' '); };
    QTest::newRow("DOCKER_HOST alone") << "unix:///a/b"
                                       << "/run/user/1" << list("/a/b");
    QTest::newRow("defaults") << ""
                              << "/run/user/1"
                              << list("/var/run/docker.sock /run/user/1/docker.sock "
                                      "/run/user/1/podman/podman.sock /run/podman/podman.sock");
    QTest::newRow("no runtime directory")
        << ""
        << "" << list("/var/run/docker.sock /run/podman/podman.sock");
}

void TestEndpoint::candidates()
{
    QFETCH(QString, host);
    QFETCH(QString, runtime);
    QFETCH(QStringList, sockets);
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("DOCKER_HOST"), host);
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), runtime);
    const auto found = endpointCandidates(environment);
    QVERIFY(found);
    QStringList paths;
    for (const EndpointCandidate &candidate : *found)
        paths.append(candidate.socket);
    QCOMPARE(paths, sockets);
}

void TestEndpoint::refusedHosts_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("TCP") << "tcp://127.0.0.1:2375";
    QTest::newRow("ssh") << "ssh://me@there";
    QTest::newRow("a bare path") << "/var/run/docker.sock";
    QTest::newRow("no path") << "unix://";
}

void TestEndpoint::refusedHosts()
{
    QFETCH(QString, host);
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("DOCKER_HOST"), host);
    const auto found = endpointCandidates(environment);
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::InvalidInput);
    QVERIFY(found.error().message.startsWith(QStringLiteral("DOCKER_HOST is %1, ").arg(host)));
    QVERIFY(found.error().message.endsWith(QStringLiteral("unset DOCKER_HOST")));
}

void TestEndpoint::faults_data()
{
    QTest::addColumn<EndpointProbe>("found");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message");
    QTest::newRow("missing") << probe(EndpointFault::Missing) << ErrorCode::Unreachable
                             << "There is no socket at /s: its engine does not run. Start it: "
                                "sudo systemctl start docker";
    EndpointProbe named = probe(EndpointFault::Missing);
    named.candidate.origin = QStringLiteral("DOCKER_HOST");
    QTest::newRow("missing, named")
        << named << ErrorCode::Unreachable
        << "There is no socket at /s, which DOCKER_HOST names. Start the "
           "engine that belongs there, or use another: unset DOCKER_HOST";
    QTest::newRow("a directory") << probe(EndpointFault::NotASocket) << ErrorCode::Unreachable
                                 << "/s is not a socket (it is a directory). Name the right one: "
                                    "export DOCKER_HOST=unix:///path/to/docker.sock";
    QTest::newRow("permission, a group to join")
        << probe(EndpointFault::PermissionDenied) << ErrorCode::AccessDenied
        << "You are ada (uid 1000) and may not use /s: it belongs to user root and group docker, "
           "with mode 0660. Join the group, then log in again: sudo usermod -aG docker ada";
    EndpointProbe rootOnly = probe(EndpointFault::PermissionDenied);
    rootOnly.group = QStringLiteral("root");
    QTest::newRow("permission, no group to join")
        << rootOnly << ErrorCode::AccessDenied
        << "You are ada (uid 1000) and may not use /s: it belongs to user root and group root, "
           "with mode 0660. Get access: sudo setfacl -m u:ada:rw /s";
    EndpointProbe unseen = probe(EndpointFault::PermissionDenied);
    unseen.owner.clear();
    QTest::newRow("permission of the directory")
        << unseen << ErrorCode::AccessDenied
        << "You are ada (uid 1000) and may not look into the directory of /s. Let an administrator "
           "allow it: sudo setfacl -m u:ada:x \"$(dirname /s)\"";
    QTest::newRow("refused") << probe(EndpointFault::Refused) << ErrorCode::Unreachable
                             << "Nobody listens at /s: its engine has stopped and left the socket "
                                "behind. Start it: sudo systemctl start docker";
    QTest::newRow("silent")
        << probe(EndpointFault::Silent) << ErrorCode::Timeout
        << "The engine at /s takes connections but does not answer: it hangs or "
           "is paused. Restart it: sudo systemctl restart docker";
    QTest::newRow("no engine")
        << probe(EndpointFault::NoEngine) << ErrorCode::Protocol
        << "What listens at /s does not answer as a Docker engine does. Name "
           "the right socket: export DOCKER_HOST=unix:///path/to/docker.sock";
    EndpointProbe old = probe(EndpointFault::TooOld);
    old.apiVersion = QStringLiteral("1.24");
    QTest::newRow("too old")
        << old << ErrorCode::Unsupported
        << "The engine at /s speaks version 1.24 of Docker's API, and Batchyard "
           "needs 1.41 (Docker 20.10) or later. Update it: "
           "sudo apt-get install docker.io";
}

void TestEndpoint::faults()
{
    QFETCH(EndpointProbe, found);
    QFETCH(ErrorCode, code);
    QFETCH(QString, message);
    const auto chosen = chooseEndpoint({found}, ada);
    QVERIFY(!chosen);
    QCOMPARE(chosen.error().code, code);
    QCOMPARE(chosen.error().message, message);
}

void TestEndpoint::firstThatAnswers()
{
    const auto chosen = chooseEndpoint({probe(EndpointFault::Silent),
                                        probe(EndpointFault::None, QStringLiteral("/second")),
                                        probe(EndpointFault::None, QStringLiteral("/third"))},
                                       ada);
    QVERIFY(chosen);
    QCOMPARE(
        *chosen,
        (Endpoint{QStringLiteral("/second"), QStringLiteral("Docker"), QStringLiteral("1.41")}));
}

void TestEndpoint::nearestToWorking()
{
    const auto chosen
        = chooseEndpoint({probe(EndpointFault::Missing), probe(EndpointFault::PermissionDenied),
                          probe(EndpointFault::Refused)},
                         ada);
    QVERIFY(!chosen);
    QCOMPARE(chosen.error().code, ErrorCode::AccessDenied);
    QCOMPARE(chosen.error().detail.count(u'\n'), 2);
}

void TestEndpoint::noneAtAll()
{
    const QList<EndpointProbe> missing{probe(EndpointFault::Missing, QStringLiteral("/a")),
                                       probe(EndpointFault::Missing, QStringLiteral("/b"))};
    QCOMPARE(
        chooseEndpoint(missing, ada).error().message,
        QStringLiteral("No Docker engine was found: there is no socket at /a, /b. Install one: "
                       "sudo apt-get install docker.io"));
    EndpointUser installed = ada;
    installed.hasDockerInstalled = true;
    QVERIFY(chooseEndpoint(missing, installed)
                .error()
                .message.endsWith(QStringLiteral("start it: sudo systemctl start docker")));
}

void TestEndpoint::probes()
{
    QTemporaryDir directory;
    const auto at = [&directory](const char *name) {
        return EndpointCandidate{directory.filePath(QLatin1String(name)), {}, {}};
    };
    QCOMPARE(probeEndpoint(at("missing")).fault, EndpointFault::Missing);
    QCOMPARE(probeEndpoint({directory.path(), {}, {}}).fault, EndpointFault::NotASocket);
    QFile file(at("file").socket);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(probeEndpoint(at("file")).fault, EndpointFault::NotASocket);
    QCOMPARE(probeEndpoint(at("file/below")).fault, EndpointFault::Missing);

    const int stale = listenAt(at("stale").socket, -1);
    QVERIFY(stale >= 0);
    const EndpointProbe refused = probeEndpoint(at("stale"));
    QCOMPARE(refused.fault, EndpointFault::Refused);
    QVERIFY(!refused.owner.isEmpty() && !refused.group.isEmpty() && refused.mode != 0);
    ::close(stale);

    const int silent = listenAt(at("silent").socket, 8);
    QVERIFY(silent >= 0);
    QCOMPARE(probeEndpoint(at("silent")).fault, EndpointFault::Silent);
    ::close(silent);

    // Its queue is full, as that of a frozen engine that many have tried: connecting would block.
    const int full = listenAt(at("full").socket, 0);
    const int waiting = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray name = at("full").socket.toLocal8Bit();
    std::copy(name.begin(), name.end(), address.sun_path);
    QCOMPARE(::connect(waiting, reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
    QCOMPARE(probeEndpoint(at("full")).fault, EndpointFault::Silent);
    ::close(waiting);
    ::close(full);
}

void TestEndpoint::probeOfEngines_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<int>("fault");
    QTest::newRow("an engine") << QByteArray("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n\r\nOK")
                               << int(EndpointFault::None);
    QTest::newRow("too old") << QByteArray("HTTP/1.1 200 OK\r\nApi-Version: 1.24\r\n\r\nOK")
                             << int(EndpointFault::TooOld);
    QTest::newRow("a web server") << QByteArray("HTTP/1.1 200 OK\r\n\r\n<html>")
                                  << int(EndpointFault::NoEngine);
    QTest::newRow("404 of a web server")
        << QByteArray("HTTP/1.1 404 Not Found\r\n\r\n<html>") << int(EndpointFault::NoEngine);
    QTest::newRow("no HTTP") << QByteArray("hello\n") << int(EndpointFault::NoEngine);
}

void TestEndpoint::probeOfEngines()
{
    QFETCH(QByteArray, reply);
    QFETCH(int, fault);
    FakeDaemon daemon;
    daemon.answer("GET /_ping", FakeReply::raw(reply));
    // The probe blocks its thread, and the daemon needs this one.
    EndpointProbe found;
    const std::unique_ptr<QThread> thread(QThread::create([&found, &daemon] {
        found = probeEndpoint({daemon.socketPath(), {}, {}});
    }));
    thread->start();
    QTRY_VERIFY_WITH_TIMEOUT(thread->isFinished(), 10'000);
    QCOMPARE(int(found.fault), fault);
}

// Root passes every lock, so it becomes somebody else for the question.
void TestEndpoint::probeWithoutPermission()
{
    QTemporaryDir directory;
    const QString socket = directory.filePath(QStringLiteral("s"));
    const int listening = listenAt(socket, 8);
    QVERIFY(listening >= 0);
    QCOMPARE(::chmod(socket.toLocal8Bit().constData(), 0), 0);
    QCOMPARE(::chmod(directory.path().toLocal8Bit().constData(), 0755), 0);
    const bool isRoot = ::geteuid() == 0;
    if (isRoot)
        QCOMPARE(::seteuid(65534), 0);
    const EndpointProbe denied = probeEndpoint({socket, {}, {}});
    if (isRoot)
        QCOMPARE(::seteuid(0), 0);
    ::close(listening);
    QCOMPARE(denied.fault, EndpointFault::PermissionDenied);
    QVERIFY(!denied.owner.isEmpty());
    QCOMPARE(denied.mode, 0);
}

QTEST_GUILESS_MAIN(TestEndpoint)
#include "tst_endpoint.moc"
