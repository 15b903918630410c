#include "tests/support/engine/privateengine.h"

#include "backend/docker/httpengine.h"
#include "backend/docker/requests.h"
#include "backend/docker/tar.h"
#include "tests/support/engine/await.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <sys/prctl.h>

namespace batchyard::test {

namespace {

constexpr int startLimitMs = 60'000;
constexpr int stopLimitMs = 20'000;

// The bridge is the daemon's --bridge: with none it would remove another daemon's.
constexpr auto makeNetwork = "ip link set lo up && ip link add byd0 type bridge && "
                             "ip addr add 172.31.250.1/24 dev byd0 && ip link set byd0 up";

// Started processes must not outlive a test that is killed.
void dieWithParent()
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void endProcess(qint64 pid, int signal)
{
    if (pid > 0)
        ::kill(static_cast<pid_t>(pid), signal);
}

// Each thread stops when it comes to run next, which takes a while on a busy machine.
bool areThreadsStopped(qint64 pid)
{
    const QDir tasks(QStringLiteral("/proc/%1/task").arg(pid));
    const QStringList ids = tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    return std::all_of(ids.begin(), ids.end(), [&](const QString &id) {
        QFile stat(tasks.filePath(id + QStringLiteral("/stat")));
        return stat.open(QIODevice::ReadOnly) && stat.readAll().contains(") T ");
    });
}

} // namespace

PrivateEngine::PrivateEngine(LiveRestore liveRestore)
    : m_directory(QDir::tempPath() + QStringLiteral("/by-XXXXXX"))
    , m_liveRestore(liveRestore)
{
    m_namespaces.setChildProcessModifier(&dieWithParent);
    m_daemon.setChildProcessModifier(&dieWithParent);
    m_daemon.setProcessChannelMode(QProcess::MergedChannels);
    m_daemon.setStandardOutputFile(path("log"), QIODevice::Append);
}

PrivateEngine::~PrivateEngine()
{
    if (m_namespaces.state() == QProcess::NotRunning)
        return;
    // A killed daemon's containers can only be ended by a daemon.
    thaw();
    if (m_daemon.state() == QProcess::Running || start())
        removeContainers();
    stop();
    m_namespaces.kill();
    m_namespaces.waitForFinished();
}

QString PrivateEngine::path(const char *name) const
{
    return m_directory.filePath(QLatin1String(name));
}

qint64 PrivateEngine::pid() const
{
    return m_daemon.processId();
}

Result<void> PrivateEngine::makeNamespaces()
{
    QString script = QLatin1String(makeNetwork);
    if (m_diskBytes > 0)
        script += QStringLiteral(" && mkdir %1 && mount -t tmpfs -o size=%2 disk %1")
                      .arg(path("data"), QString::number(m_diskBytes));
    script += QStringLiteral(" && echo ready && exec sleep infinity");
    m_namespaces.start(QStringLiteral("unshare"),
                       {QStringLiteral("--net"), QStringLiteral("--mount"), QStringLiteral("sh"),
                        QStringLiteral("-c"), script});
    if (m_namespaces.waitForReadyRead(startLimitMs)
        && m_namespaces.readAllStandardOutput().startsWith("ready"))
        return {};
    return failure(ErrorCode::Io,
                   QStringLiteral("A private Docker engine needs root and new namespaces."),
                   QString::fromLocal8Bit(m_namespaces.readAllStandardError()));
}

int PrivateEngine::runInside(const QString &script) const
{
    return QProcess::execute(QStringLiteral("nsenter"),
                             {QStringLiteral("--target"), QString::number(m_namespaces.processId()),
                              QStringLiteral("--mount"), QStringLiteral("sh"), QStringLiteral("-c"),
                              script});
}

bool PrivateEngine::fillDisk()
{
    return runInside(QStringLiteral("dd if=/dev/zero of=%1 bs=64k 2>/dev/null; "
                                    "dd if=/dev/zero of=%1.rest bs=1 2>/dev/null; test -s %1")
                         .arg(path("data/full")))
        == 0;
}

bool PrivateEngine::freeDisk()
{
    return runInside(QStringLiteral("rm %1 %1.rest").arg(path("data/full"))) == 0;
}

Result<void> PrivateEngine::start()
{
    if (m_namespaces.state() == QProcess::NotRunning)
        if (const auto made = makeNamespaces(); !made)
            return made;
    QFile config(path("daemon.json"));
    if (!config.open(QIODevice::WriteOnly) || config.write("{}\n") < 0)
        return failure(ErrorCode::Io, config.errorString());
    config.close();
    QStringList arguments{
        QStringLiteral("--target"),
        QString::number(m_namespaces.processId()),
        QStringLiteral("--net"),
        QStringLiteral("--mount"),
        QStringLiteral("dockerd"),
        QStringLiteral("--host=unix://") + socketPath(),
        QStringLiteral("--data-root=") + path("data"),
        QStringLiteral("--exec-root=") + path("exec"),
        QStringLiteral("--pidfile=") + path("pid"),
        QStringLiteral("--config-file=") + path("daemon.json"),
        QStringLiteral("--bridge=byd0"),
        QStringLiteral("--iptables=false"),
        QStringLiteral("--ip6tables=false"),
        QStringLiteral("--default-address-pool=base=172.31.0.0/17,size=24"),
    };
    if (m_liveRestore == LiveRestore::On)
        arguments.append(QStringLiteral("--live-restore"));
    m_daemon.start(QStringLiteral("nsenter"), arguments);
    return waitUntilItAnswers();
}

Result<void> PrivateEngine::waitUntilItAnswers()
{
    docker::HttpEngine engine(socketPath());
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < startLimitMs && m_daemon.state() != QProcess::NotRunning) {
        if (await(engine.ping()))
            return {};
        QTest::qWait(20);
    }
    return failure(ErrorCode::Io, QStringLiteral("The private Docker engine did not start."),
                   logTail());
}

QString PrivateEngine::logTail() const
{
    QFile log(path("log"));
    if (!log.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(log.readAll().right(2000));
}

void PrivateEngine::stop()
{
    if (m_daemon.state() == QProcess::NotRunning)
        return;
    m_daemon.terminate();
    if (!m_daemon.waitForFinished(stopLimitMs))
        kill();
}

void PrivateEngine::kill()
{
    m_daemon.kill();
    m_daemon.waitForFinished();
    forgetContainerd();
}

void PrivateEngine::freeze()
{
    endProcess(m_daemon.processId(), SIGSTOP);
    QTRY_VERIFY(areThreadsStopped(m_daemon.processId()));
}

void PrivateEngine::thaw()
{
    endProcess(m_daemon.processId(), SIGCONT);
}

void PrivateEngine::removeContainers()
{
    docker::HttpEngine engine(socketPath());
    const auto containers = await(engine.listContainers({}));
    if (!containers)
        return;
    QList<QFuture<Result<void>>> removals;
    for (const docker::ContainerListEntry &container : *containers)
        removals.append(engine.removeContainer(container.id, true));
    for (const auto &removal : std::as_const(removals))
        if (const auto removed = await(removal); !removed)
            qWarning("%s", qPrintable(removed.error().message));
}

// A killed daemon takes its containerd along. Where process 1 reaps no orphans, as in many
// containers, that stays a zombie, and the next daemon would wait for it in vain.
void PrivateEngine::forgetContainerd()
{
    QFile::remove(path("exec/containerd/containerd.pid"));
}

Result<QByteArray> PrivateEngine::tinyFiles()
{
    QFile busybox(QStringLiteral("/usr/bin/busybox"));
    QProcess list;
    list.start(busybox.fileName(), {QStringLiteral("--list")});
    if (!busybox.open(QIODevice::ReadOnly) || !list.waitForFinished())
        return failure(ErrorCode::Io, QStringLiteral("/usr/bin/busybox (static) is missing."));
    docker::TarWriter tar;
    bool written = tar.addFile("bin/busybox", busybox.readAll(), 0755)
        && tar.addFile("etc/passwd", "root:x:0:0:root:/:/bin/sh\n") && tar.addFile("tmp/.keep", {});
    const QList<QByteArray> applets = list.readAllStandardOutput().trimmed().split('\n');
    for (const QByteArray &applet : applets)
        if (applet != "busybox")
            written = tar.addSymlink("bin/" + applet, "busybox") && written;
    if (!written)
        return failure(ErrorCode::Io, QStringLiteral("The image could not be packed."));
    return tar.archive();
}

Result<void> PrivateEngine::importTiny(const QString &name)
{
    const auto files = tinyFiles();
    if (!files)
        return tl::unexpected(files.error());
    const docker::ImageReference reference = docker::splitImage(name);
    net::HttpRequest request;
    request.method = "POST";
    request.url = "http://docker/v1.41/images/create"
        + docker::query({{"fromSrc", "-"},
                         {"repo", reference.repository.toUtf8()},
                         {"tag", reference.tag.toUtf8()}});
    request.unixSocket = socketPath();
    request.body = *files;
    net::HttpClient client;
    const auto reply = await(client.send(request));
    if (!reply)
        return tl::unexpected(reply.error());
    if (reply->status != 200 || reply->body.contains("errorDetail"))
        return failure(ErrorCode::Io, QStringLiteral("The image was not imported."),
                       QString::fromUtf8(reply->body));
    return {};
}

} // namespace batchyard::test
