#include "backend/client/executorprocess.h"

#include "backend/async.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTimer>
#include <QUrl>

namespace batchyard::client {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::chrono::milliseconds pingTimeout{2'000};
constexpr std::chrono::milliseconds pollInterval{50};

// A zombie has ended, too: whoever should take its exit status may not do so.
bool isAlive(qint64 pid)
{
    QFile stat(u"/proc/%1/stat"_s.arg(pid));
    if (!stat.open(QFile::ReadOnly))
        return false;
    const QByteArray text = stat.readAll();
    return text.mid(text.lastIndexOf(')') + 2, 1) != "Z";
}

QString endOfFile(const QString &path)
{
    constexpr qint64 maximumBytes = 4096;
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        return {};
    file.seek(std::max<qint64>(file.size() - maximumBytes, 0));
    return QString::fromUtf8(file.readAll()).trimmed();
}

net::HttpRequest ping(const LocalConnection &connection)
{
    const QUrl url(connection.endpoint);
    net::SignedRequest request{
        .method = "GET",
        .path = "/batchyard/engine",
        .query = {},
        .headers = {{"Host", url.host().toLatin1() + ':' + QByteArray::number(url.port())}},
        .body = {}};
    request.headers
        += net::sign(request, connection.credentials, connection.region, u"batch"_s,
                     std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    net::HttpRequest http;
    http.url = connection.endpoint.toLatin1() + request.path;
    http.headers = request.headers;
    http.timeout = pingTimeout;
    return http;
}

} // namespace

class ExecutorProcess::Private
{
public:
    Private(ExecutorProcess *owner, QString executable, Paths statePaths,
            QStringList programArguments)
        : q(owner)
        , program(std::move(executable))
        , paths(std::move(statePaths))
        , arguments(std::move(programArguments))
    {
    }

    using Promise = std::shared_ptr<QPromise<Result<LocalConnection>>>;

    // Calls done with the connection of an executor that answers, or why there is none.
    void find(const std::function<void(Result<LocalConnection>)> &done);
    void begin(const Promise &promise);
    void start();
    void poll();
    void finish(const Result<LocalConnection> &result);
    [[nodiscard]] tl::unexpected<Error> notStarted(ErrorCode code, const QString &what) const;

    ExecutorProcess *q;
    const QString program;
    const Paths paths;
    const QStringList arguments;
    std::chrono::milliseconds startTimeout{20'000};
    net::HttpClient http;
    QList<Promise> waiting;
    QDeadlineTimer deadline;
    qint64 pid = 0; // of the executor that is being started
};

void ExecutorProcess::Private::find(const std::function<void(Result<LocalConnection>)> &done)
{
    const auto connection = LocalConnection::read(paths.connectionFile());
    if (!connection || connection->port() == 0) {
        done(connection ? Result<LocalConnection>(
                 failure(ErrorCode::NotFound, u"No executor has run yet for this user."_s))
                        : connection);
        return;
    }
    onFinished(http.send(ping(*connection)), q,
               [done, connection = *connection](const Result<net::HttpReply> &reply) {
                   if (reply && reply->status == 200)
                       done(connection);
                   else
                       done(failure(ErrorCode::Unreachable,
                                    u"No executor answers at %1."_s.arg(connection.endpoint)));
               });
}

void ExecutorProcess::Private::begin(const Promise &promise)
{
    waiting += promise;
    if (waiting.size() > 1)
        return;
    find([this](const Result<LocalConnection> &connection) {
        const bool maybeAbsent = !connection
            && (connection.error().code == ErrorCode::NotFound
                || connection.error().code == ErrorCode::Unreachable);
        if (maybeAbsent)
            start();
        else
            finish(connection);
    });
}

void ExecutorProcess::Private::start()
{
    if (!paths.makeState()) {
        finish(
            failure(ErrorCode::Io, u"The state directory %1 cannot be made."_s.arg(paths.state)));
        return;
    }
    QProcess process;
    process.setProgram(program);
    process.setArguments(arguments);
    process.setWorkingDirectory(paths.state);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"BATCHYARD_HOME"_s, QDir(paths.state).absolutePath());
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(paths.executorLog(), QProcess::Append);
    process.setStandardErrorFile(paths.executorLog(), QProcess::Append);
    if (!process.startDetached(&pid)) {
        finish(failure(
            ErrorCode::Unreachable,
            u"The executor %1 cannot be started: %2."_s.arg(program, process.errorString())));
        return;
    }
    deadline = QDeadlineTimer(startTimeout);
    poll();
}

void ExecutorProcess::Private::poll()
{
    // Asked before the connection is: an executor that has ended because another one holds the
    // state directory leaves one more look at the other.
    const bool ended = !isAlive(pid);
    find([this, ended](const Result<LocalConnection> &connection) {
        if (connection)
            finish(connection);
        else if (ended)
            finish(notStarted(ErrorCode::Unreachable, u"The executor ended at once."_s));
        else if (deadline.hasExpired())
            finish(notStarted(
                ErrorCode::Timeout,
                u"The executor did not answer within %1 s."_s.arg(
                    std::chrono::duration_cast<std::chrono::seconds>(startTimeout).count())));
        else
            QTimer::singleShot(pollInterval, q, [this] { poll(); });
    });
}

void ExecutorProcess::Private::finish(const Result<LocalConnection> &result)
{
    const auto promises = std::exchange(waiting, {});
    for (const Promise &promise : promises) {
        promise->addResult(result);
        promise->finish();
    }
}

tl::unexpected<Error> ExecutorProcess::Private::notStarted(ErrorCode code,
                                                           const QString &what) const
{
    return failure(code, what % u" Its messages are in %1."_s.arg(paths.executorLog()),
                   endOfFile(paths.executorLog()));
}

ExecutorProcess::ExecutorProcess(QString program, Paths paths, QStringList arguments,
                                 QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(program), std::move(paths), std::move(arguments)))
{
}

ExecutorProcess::~ExecutorProcess() = default;

QFuture<Result<LocalConnection>> ExecutorProcess::ensureRunning()
{
    const auto promise = std::make_shared<QPromise<Result<LocalConnection>>>();
    promise->start();
    QMetaObject::invokeMethod(this, [this, promise] { d->begin(promise); });
    return promise->future();
}

QFuture<Result<LocalConnection>> ExecutorProcess::findRunning()
{
    const auto promise = std::make_shared<QPromise<Result<LocalConnection>>>();
    promise->start();
    QMetaObject::invokeMethod(this, [this, promise] {
        d->find([promise](const Result<LocalConnection> &connection) {
            promise->addResult(connection);
            promise->finish();
        });
    });
    return promise->future();
}

qint64 ExecutorProcess::startedPid() const
{
    return d->pid;
}

void ExecutorProcess::setStartTimeout(std::chrono::milliseconds timeout)
{
    d->startTimeout = timeout;
}

} // namespace batchyard::client
