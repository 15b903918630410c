#include "backend/executor/executor.h"

#include "backend/async.h"
#include "backend/client/localconnection.h"
#include "backend/docker/endpoint.h"
#include "backend/docker/httpengine.h"
#include "backend/executor/api/apiserver.h"
#include "backend/executor/changefeed.h"
#include "backend/executor/durableengine.h"
#include "backend/executor/recovery.h"
#include "backend/executor/runner/containernames.h"
#include "backend/executor/runner/jobdispatcher.h"
#include "backend/executor/runner/unknowncontainers.h"
#include "backend/executor/statelock.h"
#include "backend/executor/store/store.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QSemaphore>
#include <QStorageInfo>
#include <QTimer>

#include <sys/resource.h>

namespace batchyard::executor {

Q_LOGGING_CATEGORY(lcExecutor, "batchyard.executor")

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 reserveBytes = 16 * 1024 * 1024;
constexpr std::chrono::hours backupAge{24};
constexpr std::chrono::minutes backupCheckTime{10};
constexpr std::chrono::milliseconds settlingTime{250}; // as long as a glance
constexpr int engineAnswerLimit = 3'000; // ms, for the list of containers at the start
constexpr rlim_t mostFiles = 65'536;

// Each container that runs takes some (its log, the engine's streams), and so does each client; the
// usual limit of 1,024 is for programs that watch theirs with select().
void allowManyFiles()
{
    struct rlimit files {
    };
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= mostFiles)
        return;
    files.rlim_cur = std::min(files.rlim_max, mostFiles);
    ::setrlimit(RLIMIT_NOFILE, &files);
}

void tellFailure(const Result<void> &done)
{
    if (!done)
        qCWarning(lcExecutor).noquote() << done.error().message << done.error().detail;
}

} // namespace

// In the order of construction; each part's references point upwards.
class Executor::Private
{
public:
    explicit Private(ExecutorSettings executorSettings)
        : settings(std::move(executorSettings))
    {
    }

    [[nodiscard]] Result<void> openState();
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> checkIsWhole(const Store &candidate) const;
    [[nodiscard]] Result<void> recover();
    [[nodiscard]] Result<void> serve();
    [[nodiscard]] Result<quint16> listen();
    [[nodiscard]] Result<QString> engineSocket() const;
    [[nodiscard]] bool isIdle() const;
    [[nodiscard]] bool isBackupDue() const;
    void backUp();
    void backUpAtEnd();

    ExecutorSettings settings;
    client::LocalConnection connection;
    std::optional<StateLock> lock;
    ChangeFeed feed;
    std::unique_ptr<Store> store;
    std::optional<RecoveryReport> report;
    std::unique_ptr<docker::Engine> socketEngine;
    std::unique_ptr<docker::Engine> engine; // acts when the intent is on the disk
    std::unique_ptr<JobDispatcher> dispatcher;
    std::unique_ptr<api::ApiServer> server;
    QTimer idleTimer;
    QTimer backupTimer;
    QFuture<Result<void>> backup;
    quint16 port = 0;
};

Result<void> Executor::Private::openState()
{
    if (!settings.paths.makeState()) {
        return failure(ErrorCode::Io,
                       u"The state directory %1 cannot be made. Set BATCHYARD_HOME to a directory "
                       "that you may write."_s.arg(settings.paths.state));
    }
    Result<StateLock> taken = StateLock::take(settings.paths.lockFile());
    if (!taken)
        return tl::unexpected(taken.error());
    lock.emplace(std::move(*taken));

    Result<client::LocalConnection> stored
        = client::LocalConnection::readOrGenerate(settings.paths.connectionFile());
    if (!stored)
        return tl::unexpected(stored.error());
    connection = *stored;

    const Result<QString> socket = engineSocket();
    if (!socket)
        return tl::unexpected(socket.error());
    socketEngine = std::make_unique<docker::HttpEngine>(*socket);
    if (const Result<void> opened = settings.recover ? recover() : open(); !opened)
        return opened;
    store->onTroubleChanged([this] { feed.add(Change::Kind::Engine); });
    store->keepReserve(reserveBytes);
    return {};
}

Result<void> Executor::Private::open()
{
    Result<std::unique_ptr<Store>> opened = checkIsNotLost(settings.paths).and_then([this] {
        return Store::open(settings.paths.database());
    });
    if (opened) {
        if (const Result<void> whole = checkIsWhole(**opened); !whole)
            return whole;
        store = *std::move(opened);
        return {};
    }
    Error error = opened.error();
    if (error.code == ErrorCode::Protocol)
        error.message += u" `batchyard executor --recover` keeps what is there aside and makes it "
                         "again from its last backup, Docker's containers and the logs."_s;
    return tl::unexpected(error);
}

// A database that lost what was written last would start jobs a second time. When an engine answers
// later than now, the dispatcher asks it the same.
Result<void> Executor::Private::checkIsWhole(const Store &candidate) const
{
    using List = Result<QList<docker::ContainerListEntry>>;
    const auto answer = std::make_shared<List>();
    const auto answered = std::make_shared<QSemaphore>();
    socketEngine->listContainers({QString(installLabel) + u'=' + candidate.installId()})
        .then(QtFuture::Launch::Sync, [answer, answered](const List &list) {
            *answer = list;
            answered->release();
        });
    if (!answered->tryAcquire(1, engineAnswerLimit) || !*answer)
        return {};
    const auto unknown = unknownContainers(candidate, **answer);
    if (!unknown)
        return tl::unexpected(unknown.error());
    if (unknown->isEmpty())
        return {};
    return tl::unexpected(databaseLacks(*unknown, settings.paths.database()));
}

Result<void> Executor::Private::recover()
{
    auto recovered = recoverStore(
        settings.paths, *socketEngine,
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    if (!recovered)
        return tl::unexpected(recovered.error());
    store = std::move(recovered->store);
    report = recovered->report;
    return {};
}

// The port of last time keeps the environment of open shells and AWS profiles valid.
Result<quint16> Executor::Private::listen()
{
    if (settings.port != 0)
        return server->start(settings.port);
    if (const quint16 last = connection.port(); last != 0) {
        if (Result<quint16> again = server->start(last))
            return again;
    }
    return server->start(0);
}

// Without an engine the executor serves all the same: jobs wait, and the first place to look at is
// watched until one answers there. A DOCKER_HOST that cannot be used is an error.
Result<QString> Executor::Private::engineSocket() const
{
    if (!settings.engineSocket.isEmpty())
        return settings.engineSocket;
    const auto candidates = docker::endpointCandidates(QProcessEnvironment::systemEnvironment());
    if (!candidates)
        return tl::unexpected(candidates.error());
    const Result<docker::Endpoint> found = docker::findEndpoint();
    return found ? found->socket : candidates->first().socket;
}

Result<void> Executor::Private::serve()
{
    engine = std::make_unique<DurableEngine>(*socketEngine, *store);
    dispatcher = std::make_unique<JobDispatcher>(*store, *engine, feed, settings.paths);
    if (const Result<void> started = dispatcher->start(); !started)
        return started;

    api::ApiSettings apiSettings;
    apiSettings.credentials = connection.credentials;
    apiSettings.region = connection.region;
    apiSettings.logsDirectory = settings.paths.logs();
    apiSettings.settlingTime = settlingTime;
    apiSettings.policyFile = settings.paths.policyFile();
    apiSettings.guardedPaths
        = {settings.paths.state, u"/var/run/docker.sock"_s, u"/run/podman/podman.sock"_s};
    const Result<api::EventTarget> eventTarget = api::EventTarget::fromEnvironment();
    if (!eventTarget)
        return tl::unexpected(eventTarget.error());
    apiSettings.events.target = *eventTarget;
    apiSettings.events.positionFile = settings.paths.eventPosition();
    server = std::make_unique<api::ApiServer>(*store, *dispatcher, feed, apiSettings);
    const Result<quint16> listening = listen();
    if (!listening)
        return tl::unexpected(listening.error());
    port = *listening;

    connection.endpoint = u"http://127.0.0.1:%1"_s.arg(port);
    connection.pid = QCoreApplication::applicationPid();
    return connection.write(settings.paths.connectionFile());
}

// What recovery offers first when the database is damaged (recovery.h). A copy must not be what
// fills the disk.
bool Executor::Private::isBackupDue() const
{
    const QDateTime last = QFileInfo(settings.paths.databaseBackup()).lastModified();
    const bool isOld
        = !last.isValid() || last.addDuration(backupAge) <= QDateTime::currentDateTime();
    return isOld && !store->trouble()
        && QStorageInfo(settings.paths.state).bytesAvailable()
        > 2 * QFileInfo(settings.paths.database()).size() + reserveBytes;
}

void Executor::Private::backUp()
{
    if (backup.isRunning() || !isBackupDue())
        return;
    backup = store->copyInBackground(settings.paths.databaseBackup());
    onFinished(backup, &backupTimer, &tellFailure);
}

void Executor::Private::backUpAtEnd()
{
    backupTimer.stop();
    backup.waitForFinished();
    if (isBackupDue())
        tellFailure(store->copyTo(settings.paths.databaseBackup()));
}

bool Executor::Private::isIdle() const
{
    return dispatcher->isIdle()
        && std::chrono::steady_clock::now() - server->lastRequest() >= settings.idleTimeout;
}

Executor::Executor(ExecutorSettings settings, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(std::move(settings)))
{
}

Executor::~Executor()
{
    if (!d->server)
        return;
    d->server->stop();
    d->backUpAtEnd();
    d->connection.pid = 0;
    // The file only helps clients to find us: that it still names an ended process does no harm.
    static_cast<void>(d->connection.write(d->settings.paths.connectionFile()));
}

Result<void> Executor::start()
{
    allowManyFiles();
    if (const Result<void> opened = d->openState(); !opened)
        return opened;
    if (const Result<void> serving = d->serve(); !serving)
        return serving;
    connect(&d->backupTimer, &QTimer::timeout, this, [this] { d->backUp(); });
    d->backupTimer.start(backupCheckTime);
    if (d->settings.idleTimeout.count() > 0) {
        connect(&d->idleTimer, &QTimer::timeout, this, [this] {
            if (d->isIdle())
                emit idle();
        });
        d->idleTimer.start(std::chrono::seconds(5));
    }
    return {};
}

quint16 Executor::port() const
{
    return d->port;
}

bool Executor::isFirstStart() const
{
    return d->store && (d->store->isNew() || (d->report && d->report->isNew));
}

QString Executor::recoveryText() const
{
    if (!d->report)
        return {};
    return u"The state database was made again %1. Attempts taken up: %2; jobs whose end is not "
           "known, now FAILED: %3. The old files: %4."_s.arg(
               d->report->fromBackup ? u"from its backup"_s : u"without a backup"_s,
               QString::number(d->report->adopted), QString::number(d->report->failed),
               d->report->movedAside.isEmpty() ? u"none"_s : d->report->movedAside.join(u", "_s));
}

} // namespace batchyard::executor
