#include "backend/docker/httpengine.h"

#include "backend/docker/endpoint.h"
#include "backend/docker/httpstreams.h"
#include "backend/docker/progressreader.h"
#include "backend/docker/replies.h"
#include "backend/docker/requests.h"

#include <QPromise>
#include <QStringBuilder>
#include <QThreadPool>

#include <charconv>

namespace batchyard::docker {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// The API versions 1.41 (Docker 20.10) to 1.44 (25.0, and the least that 29 takes) mean the same by
// all calls made here.
constexpr int oldestMinor = 41;
constexpr int newestMinor = 44;

// Deadlines: those of the ECS agent.
constexpr milliseconds pingTime = 5s;
constexpr milliseconds askTime = 30s;
constexpr milliseconds createTime = 4min;
constexpr milliseconds startTime = 3min;
constexpr milliseconds stopExtraTime = 2min;
constexpr milliseconds removeTime = 5min;
constexpr milliseconds listTime = 10min;
constexpr milliseconds pullBeginTime = 5min;
constexpr milliseconds imageTime = 2h; // of a whole pull or build

constexpr qint64 replyLimit = 4 * 1024 * 1024;
constexpr qint64 listLimit = 16 * 1024 * 1024;

// An OutputStream or EventStream that lasts as long as its connection.
template <typename Stream>
class Connected final : public Stream
{
public:
    explicit Connected(std::unique_ptr<net::HttpStream> stream)
        : m_stream(std::move(stream))
    {
    }

private:
    std::unique_ptr<net::HttpStream> m_stream;
};

// 41 of "1.41"; 0 when it is none.
int minorOf(QByteArrayView version)
{
    int minor = 0;
    if (!version.startsWith("1."))
        return 0;
    const QByteArrayView digits = version.sliced(2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
    return error == std::errc() && minor > 0 ? minor : 0;
}

// The 41 of "client version 1.44 is too new. Maximum supported API version is 1.41".
int minorWanted(const QString &message)
{
    const QByteArray text = message.toLatin1();
    const qsizetype at = text.indexOf("supported API version is ");
    return at < 0 ? 0 : minorOf(QByteArrayView(text).sliced(at + 25));
}

Error engineError(const Error &error)
{
    if (error.code != ErrorCode::Protocol)
        return error;
    return invalidReply(QStringLiteral("it is no valid HTTP"), error.message + u' ' + error.detail);
}

} // namespace

struct HttpEngine::Call {
    QByteArray method;
    QByteArray path; // after the version
    milliseconds timeout = askTime;
    QByteArray body = {};
    QByteArray contentType = {};
    QList<int> successes = {200};
    qint64 limit = replyLimit;
    bool onlyOnce = false;
    milliseconds headersTimeout = 0ms;
    QByteArray registryAuth = {};
};

HttpEngine::HttpEngine(QString socketPath)
    : m_socket(std::move(socketPath))
    , m_minor(oldestMinor)
{
}

HttpEngine::~HttpEngine() = default;

QString HttpEngine::apiVersion() const
{
    const int minor = m_daemonMinor;
    return minor == 0 ? QString() : QStringLiteral("1.%1").arg(minor);
}

net::HttpRequest HttpEngine::request(const Call &call) const
{
    net::HttpRequest request;
    request.method = call.method;
    request.url = "http://docker/v1." + QByteArray::number(m_minor.load()) + call.path;
    request.unixSocket = m_socket;
    request.body = call.body;
    if (!call.contentType.isEmpty())
        request.headers.append({"Content-Type", call.contentType});
    if (!call.registryAuth.isEmpty())
        request.headers.append({"X-Registry-Auth", call.registryAuth});
    request.timeout = call.timeout;
    request.headersTimeout = call.headersTimeout;
    request.maximumReplyBytes = call.limit;
    request.onlyOnce = call.onlyOnce;
    return request;
}

net::HttpRequest HttpEngine::streamRequest(const QByteArray &method, const QByteArray &path) const
{
    return request({.method = method, .path = path, .timeout = 0ms, .headersTimeout = askTime});
}

bool HttpEngine::learnVersion(const net::HttpReply &reply, int sentMinor)
{
    if (const int minor = minorOf(reply.header("api-version")); minor > 0)
        m_daemonMinor = minor;
    if (reply.status != 400)
        return false;
    const int wanted = minorWanted(readError(reply.status, reply.body).message);
    if (wanted == 0 || wanted == sentMinor)
        return false;
    m_minor = wanted;
    return true;
}

// Sends a call, and once more when the daemon asks for another version of the API.
void HttpEngine::sendOnce(const Call &call, std::function<bool()> isGivenUp,
                          std::function<void(Result<net::HttpReply>)> done, bool repeatable)
{
    const int sentMinor = m_minor;
    m_client.exchange(request(call),
                      {.isGivenUp = isGivenUp,
                       .started = {},
                       .received = {},
                       .done = [this, call, isGivenUp, done, repeatable,
                                sentMinor](Result<net::HttpReply> reply) {
                           if (!reply)
                               return done(tl::unexpected(engineError(reply.error())));
                           if (learnVersion(*reply, sentMinor) && repeatable)
                               return sendOnce(call, isGivenUp, done, false);
                           if (!call.successes.contains(reply->status))
                               return done(tl::unexpected(readError(reply->status, reply->body)));
                           done(std::move(reply));
                       }});
}

template <typename T>
QFuture<Result<T>> HttpEngine::send(const Call &call, Read<T> read)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    sendOnce(
        call, [promise] { return promise->isCanceled(); },
        [promise, read = std::move(read)](const Result<net::HttpReply> &reply) {
            promise->addResult(reply ? read(*reply) : Result<T>(tl::unexpected(reply.error())));
            promise->finish();
        });
    return promise->future();
}

QFuture<Result<void>> HttpEngine::act(const Call &call)
{
    return send<void>(call, [](const net::HttpReply &) { return Result<void>(); });
}

QFuture<Result<void>> HttpEngine::diagnose()
{
    auto promise = std::make_shared<QPromise<Result<void>>>();
    promise->start();
    const QFuture<Result<void>> found = promise->future();
    // The look blocks while it waits for an answer, so it is nobody's thread but the pool's.
    QThreadPool::globalInstance()->start([promise, socket = m_socket] {
        const Result<Endpoint> endpoint = checkEndpoint(socket);
        promise->addResult(endpoint ? Result<void>() : tl::unexpected(endpoint.error()));
        promise->finish();
    });
    return found;
}

QFuture<Result<void>> HttpEngine::ping()
{
    net::HttpRequest ping;
    ping.url = "http://docker/_ping"; // the one call that every version answers
    ping.unixSocket = m_socket;
    ping.timeout = pingTime;
    ping.maximumReplyBytes = replyLimit;
    auto promise = std::make_shared<QPromise<Result<void>>>();
    promise->start();
    m_client.exchange(
        ping,
        {.isGivenUp = [promise] { return promise->isCanceled(); },
         .started = {},
         .received = {},
         .done =
             [this, promise](const Result<net::HttpReply> &reply) {
                 Result<void> outcome;
                 if (!reply) {
                     outcome = tl::unexpected(engineError(reply.error()));
                 } else if (reply->status != 200) {
                     outcome = tl::unexpected(readError(reply->status, reply->body));
                 } else if (const int minor = minorOf(reply->header("api-version")); minor == 0) {
                     outcome = tl::unexpected(
                         invalidReply(QStringLiteral("a ping without an API version")));
                 } else {
                     m_daemonMinor = minor;
                     m_minor = qMin(minor, newestMinor);
                 }
                 promise->addResult(std::move(outcome));
                 promise->finish();
             }});
    return promise->future();
}

QFuture<Result<EngineInfo>> HttpEngine::info()
{
    return send<EngineInfo>({.method = "GET", .path = "/info"}, [this](const auto &reply) {
        Result<EngineInfo> info = readInfo(reply.body);
        if (info)
            info->apiVersion = apiVersion();
        return info;
    });
}

QFuture<Result<ImageInfo>> HttpEngine::inspectImage(const QString &image)
{
    return send<ImageInfo>({.method = "GET", .path = "/images/" + imagePath(image) + "/json"},
                           [](const auto &reply) { return readImage(reply.body); });
}

// Pulls and builds answer 200 at once and tell the outcome in the stream.
QFuture<Result<void>> HttpEngine::follow(const Call &call, Progress progress)
{
    auto promise = std::make_shared<QPromise<Result<void>>>();
    promise->start();
    auto reader = std::make_shared<ProgressReader>(std::move(progress));
    m_client.exchange(
        request(call),
        {.isGivenUp = [promise] { return promise->isCanceled(); },
         .started = {},
         .received = [reader](const QByteArray &bytes) { reader->feed(bytes); },
         .done =
             [promise, reader](const Result<net::HttpReply> &reply) {
                 promise->addResult(reader->outcome(
                     reply ? reply
                           : Result<net::HttpReply>(tl::unexpected(engineError(reply.error())))));
                 promise->finish();
             }});
    return promise->future();
}

QFuture<Result<void>> HttpEngine::pullImage(const ImagePull &pull, Progress progress)
{
    const ImageReference reference = splitImage(pull.image);
    return follow({.method = "POST",
                   .path = "/images/create"
                       + query({{"fromImage", reference.repository.toUtf8()},
                                {"tag", reference.tag.toUtf8()},
                                {"platform", pull.platform.toUtf8()}}),
                   .timeout = imageTime,
                   .headersTimeout = pullBeginTime,
                   .registryAuth = registryAuth(pull)},
                  std::move(progress));
}

QFuture<Result<void>> HttpEngine::buildImage(const ImageBuild &build, Progress progress)
{
    return follow({.method = "POST",
                   .path = "/build"
                       + query({{"t", build.tag.toUtf8()},
                                {"buildargs", mapJson(build.buildArguments)},
                                {"labels", mapJson(build.labels)},
                                {"networkmode", build.networkMode.toUtf8()},
                                {"pull", build.pull ? "1" : ""},
                                {"rm", "1"},
                                {"forcerm", "1"}}),
                   .timeout = imageTime,
                   .body = build.contextTar,
                   .contentType = "application/x-tar"},
                  std::move(progress));
}

QFuture<Result<QString>> HttpEngine::createContainer(const ContainerSpec &spec)
{
    return send<QString>(
        {.method = "POST",
         .path = "/containers/create"
             + query({{"name", spec.name.toUtf8()}, {"platform", spec.platform.toUtf8()}}),
         .timeout = createTime,
         .body = createContainerBody(spec),
         .contentType = "application/json",
         .successes = {201},
         .onlyOnce = true},
        [](const auto &reply) { return readId(reply.body); });
}

QFuture<Result<void>> HttpEngine::startContainer(const QString &id)
{
    return act({.method = "POST",
                .path = "/containers/" + pathSegment(id) + "/start",
                .timeout = startTime,
                .successes = {204, 304},
                .onlyOnce = true}); // a second start of one that has ended would run it again
}

QFuture<Result<void>> HttpEngine::stopContainer(const QString &id, int seconds)
{
    return act({.method = "POST",
                .path = "/containers/" + pathSegment(id) + "/stop"
                    + query({{"t", QByteArray::number(seconds)}}),
                .timeout = std::chrono::seconds(seconds) + stopExtraTime,
                .successes = {204, 304}});
}

QFuture<Result<void>> HttpEngine::killContainer(const QString &id, const QString &signal)
{
    return act(
        {.method = "POST",
         .path = "/containers/" + pathSegment(id) + "/kill" + query({{"signal", signal.toUtf8()}}),
         .successes = {204},
         .onlyOnce = true});
}

QFuture<Result<void>> HttpEngine::removeContainer(const QString &id, bool force)
{
    return removeThing("/containers/" + pathSegment(id)
                       + query({{"v", "1"}, {"force", force ? "1" : ""}}));
}

// What is not there is as good as removed, if it is the engine who says so.
QFuture<Result<void>> HttpEngine::removeThing(const QByteArray &path)
{
    return send<void>(
        {.method = "DELETE", .path = path, .timeout = removeTime, .successes = {204, 404}},
        [](const net::HttpReply &reply) -> Result<void> {
            if (reply.status == 204)
                return {};
            const Error error = readError(reply.status, reply.body);
            if (error.code == ErrorCode::NotFound)
                return {};
            return tl::unexpected(error);
        });
}

QFuture<Result<ContainerState>> HttpEngine::inspectContainer(const QString &idOrName)
{
    return send<ContainerState>(
        {.method = "GET", .path = "/containers/" + pathSegment(idOrName) + "/json"},
        [](const auto &reply) { return readContainer(reply.body); });
}

QFuture<Result<QList<ContainerListEntry>>> HttpEngine::listContainers(const QStringList &labels)
{
    return send<QList<ContainerListEntry>>(
        {.method = "GET",
         .path = "/containers/json"
             + query({{"all", "1"}, {"filters", filtersJson({{QStringLiteral("label"), labels}})}}),
         .timeout = listTime,
         .limit = listLimit},
        [](const auto &reply) { return readContainerList(reply.body); });
}

QFuture<Result<WaitResult>> HttpEngine::waitContainer(const QString &id)
{
    return send<WaitResult>(
        {.method = "POST", .path = "/containers/" + pathSegment(id) + "/wait", .timeout = 0ms},
        [](const auto &reply) { return readWait(reply.body); });
}

QFuture<Result<QString>> HttpEngine::inspectNetwork(const QString &name)
{
    return send<QString>({.method = "GET", .path = "/networks/" + pathSegment(name)},
                         [](const auto &reply) { return readId(reply.body); });
}

QFuture<Result<QString>> HttpEngine::createNetwork(const NetworkSpec &spec)
{
    return send<QString>({.method = "POST",
                          .path = "/networks/create",
                          .timeout = createTime,
                          .body = createNetworkBody(spec),
                          .contentType = "application/json",
                          .successes = {201},
                          .onlyOnce = true},
                         [](const auto &reply) { return readId(reply.body); });
}

QFuture<Result<void>> HttpEngine::removeNetwork(const QString &name)
{
    return removeThing("/networks/" + pathSegment(name));
}

QFuture<Result<QList<NetworkListEntry>>> HttpEngine::listNetworks(const QStringList &labels)
{
    return send<QList<NetworkListEntry>>(
        {.method = "GET",
         .path
         = "/networks" + query({{"filters", filtersJson({{QStringLiteral("label"), labels}})}}),
         .limit = listLimit},
        [](const auto &reply) { return readNetworkList(reply.body); });
}

QFuture<Result<void>> HttpEngine::createVolume(const VolumeSpec &spec)
{
    return act({.method = "POST",
                .path = "/volumes/create",
                .timeout = createTime,
                .body = createVolumeBody(spec),
                .contentType = "application/json",
                .successes = {200, 201}});
}

QFuture<Result<void>> HttpEngine::removeVolume(const QString &name)
{
    return act({.method = "DELETE",
                .path = "/volumes/" + pathSegment(name),
                .timeout = removeTime,
                .successes = {204}});
}

std::unique_ptr<OutputStream> HttpEngine::attach(const QString &id, OutputStream::Sink sink)
{
    auto reader = std::make_shared<OutputReader>(Demultiplexer::Format::Framed, std::move(sink));
    return std::make_unique<Connected<OutputStream>>(m_client.stream(
        streamRequest("POST",
                      "/containers/" + pathSegment(id) + "/attach?stream=1&stdout=1&stderr=1"),
        StreamReader::callbacks(reader)));
}

std::unique_ptr<OutputStream> HttpEngine::logs(const QString &id, bool follow,
                                               OutputStream::Sink sink)
{
    auto reader
        = std::make_shared<OutputReader>(Demultiplexer::Format::FramedWithTimes, std::move(sink));
    return std::make_unique<Connected<OutputStream>>(m_client.stream(
        streamRequest("GET",
                      "/containers/" + pathSegment(id) + "/logs?stdout=1&stderr=1&timestamps=1"
                          + (follow ? "&follow=1" : "")),
        StreamReader::callbacks(reader)));
}

std::unique_ptr<EventStream> HttpEngine::events(const QString &label, EventStream::Sink sink)
{
    const QByteArray filters = filtersJson({{QStringLiteral("type"), {QStringLiteral("container")}},
                                            {QStringLiteral("label"), {label}}});
    return std::make_unique<Connected<EventStream>>(
        m_client.stream(streamRequest("GET", "/events" + query({{"filters", filters}})),
                        StreamReader::callbacks(std::make_shared<EventReader>(std::move(sink)))));
}

} // namespace batchyard::docker
