#include "backend/executor/api/apiserver.h"

#include "backend/executor/api/eventsink.h"
#include "backend/executor/api/eventstream.h"
#include "backend/executor/api/httpserver.h"
#include "backend/executor/api/livetail.h"
#include "backend/executor/api/operationcontext.h"
#include "backend/executor/api/routes.h"
#include "backend/executor/api/stateevents.h"
#include "backend/executor/api/threadcalls.h"

#include <QUrlQuery>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds longestPoll{25};
// API_StartLiveTail.
constexpr std::chrono::seconds tailInterval{1};
constexpr std::chrono::hours longestTail{3};

QByteArray serviceOf(Protocol protocol)
{
    return protocol == Protocol::Logs ? "logs" : "batch";
}

QByteArray contentTypeOf(Protocol protocol)
{
    return protocol == Protocol::Logs ? "application/x-amz-json-1.1" : "application/json";
}

Json toJson(const ChangeFeed::Batch &batch)
{
    Json jobs = Json::array();
    Json logs = Json::array();
    bool resources = false;
    bool engine = false;
    for (const Change &change : batch.changes) {
        switch (change.kind) {
        case Change::Kind::Job:
            jobs.push_back(change.id.toStdString());
            break;
        case Change::Kind::Log:
            logs.push_back(change.id.toStdString());
            break;
        case Change::Kind::Resource:
            resources = true;
            break;
        case Change::Kind::Engine:
            engine = true;
            break;
        }
    }
    return {{"sequence", batch.sequence}, {"complete", batch.complete}, {"jobs", std::move(jobs)},
            {"logs", std::move(logs)},    {"resources", resources},     {"engine", engine}};
}

} // namespace

class ApiServer::Private
{
public:
    Private(ApiServer *server, Store &store, ExecutorControl &control, ChangeFeed &feed,
            ApiSettings settings)
        : context{store, control, feed, settings, Arns(settings.region, settings.account)}
        , routes(context)
        , calls(server, store)
        , executorThread([this](const std::function<void()> &function) { return call(function); })
        , http([this](const Request &request) { return answer(request); }, limits)
    {
    }

    class PollSlot;

    [[nodiscard]] Reply answer(const Request &request);
    [[nodiscard]] Result<void> checkSignature(const Request &request, Protocol protocol) const;
    [[nodiscard]] Result<Json> bodyOf(const Request &request) const;
    // Runs it on the executor's thread.
    [[nodiscard]] Result<void> call(const std::function<void()> &function);
    [[nodiscard]] Result<Json> carryOut(const Request &request, const Route &route);
    [[nodiscard]] Reply liveTail(const Request &request);
    [[nodiscard]] QByteArray nextOfTail(LiveTail &tail, SteadyClock::time_point end);
    // False: the server is closing.
    [[nodiscard]] bool pause(std::chrono::milliseconds time);
    [[nodiscard]] Result<Json> waitForChanges(const Request &request);
    [[nodiscard]] Result<Json> waitForEvents(const Request &request);
    // stateEvents(), once there are any or the time is up.
    [[nodiscard]] Result<Json> eventsAfter(qint64 since, std::chrono::milliseconds timeout);
    [[nodiscard]] std::optional<qint64> waitForJobs(qint64 notice,
                                                    SteadyClock::time_point deadline);
    [[nodiscard]] Result<Json> eventsForSink(qint64 since);
    void noteRequest() { lastRequest = SteadyClock::now().time_since_epoch().count(); }

    const HttpLimits limits;
    OperationContext context;
    Routes routes;
    ThreadCalls calls;
    ExecutorThread executorThread;
    std::atomic<SteadyClock::rep> lastRequest = 0;
    std::atomic<int> polls = 0;
    std::unique_ptr<EventSink> sink;
    HttpServer http; // ends first: its threads use all of the above
};

// On one of the HTTP server's threads.
Reply ApiServer::Private::answer(const Request &request)
{
    const auto route = routes.find(request.head);
    if (!route)
        return toReply(route.error());
    const QByteArray contentType = contentTypeOf(route->protocol);
    if (const auto ok = checkSignature(request, route->protocol); !ok)
        return toReply(toRefusal(ok.error(), route->protocol), contentType);
    noteRequest();
    if (route->poll == Poll::LiveTail)
        return liveTail(request);
    const Result<Json> result = carryOut(request, *route);
    if (!result)
        return toReply(toRefusal(result.error(), route->protocol), contentType);
    return {.contentType = contentType, .headers = {}, .body = dump(*result)};
}

Result<void> ApiServer::Private::checkSignature(const Request &request, Protocol protocol) const
{
    const net::Credentials &credentials = context.settings.credentials;
    const auto scope = net::verify(
        {request.head.method, request.head.path, request.head.query, request.head.headers,
         request.body},
        [&](const QString &accessKeyId) {
            return accessKeyId == credentials.accessKeyId
                ? std::optional(credentials.secretAccessKey)
                : std::nullopt;
        },
        std::chrono::floor<std::chrono::seconds>(context.now()));
    if (!scope)
        return tl::unexpected(scope.error());
    const QString service = QString::fromLatin1(serviceOf(protocol));
    if (scope->service != service)
        return failure(ErrorCode::AccessDenied,
                       u"Credential should be scoped to correct service: '%1'."_s.arg(service),
                       u"InvalidSignatureException"_s);
    return {};
}

namespace {

// The JSON library throws on a member of another type than asked for; the operations ask first, and
// a damaged document in the database must not end the executor.
Result<Json> guarded(const std::function<Result<Json>()> &function)
{
    try {
        return function();
    } catch (const nlohmann::json::exception &exception) {
        return failure(ErrorCode::Protocol,
                       u"The executor could not make an answer of what it has stored."_s,
                       QString::fromLatin1(exception.what()));
    }
}

} // namespace

Result<Json> ApiServer::Private::bodyOf(const Request &request) const
{
    Result<Json> body = request.body.trimmed().isEmpty()
        ? Result<Json>(Json::object())
        : batch::parseJson(request.body, limits.body);
    if (body && !body->is_object())
        return failure(ErrorCode::InvalidInput, u"The body must be a JSON object."_s);
    return body;
}

Result<void> ApiServer::Private::call(const std::function<void()> &function)
{
    return calls
        .run([&] {
            return guarded([&]() -> Result<Json> {
                function();
                return Json();
            });
        })
        .map([](const Json &) {});
}

Result<Json> ApiServer::Private::carryOut(const Request &request, const Route &route)
{
    if (route.poll == Poll::Changes)
        return waitForChanges(request);
    if (route.poll == Poll::Events)
        return waitForEvents(request);
    const Result<Json> body = bodyOf(request);
    if (!body)
        return body;
    if (route.inquiry)
        return guarded([&] { return route.inquiry(*body, executorThread); });
    if (!route.reading)
        return calls.run([&] { return guarded([&] { return route.operation(*body); }); });
    Rendering rendering;
    const auto read = calls.run([&] {
        return guarded([&] {
            return route.reading(*body).map([&](Rendering made) {
                rendering = std::move(made);
                return Json();
            });
        });
    });
    return read ? guarded([&]() -> Result<Json> { return rendering(); }) : read;
}

namespace {

struct PollQuery {
    qint64 since = 0;
    std::chrono::milliseconds timeout{};
};

Result<PollQuery> pollQuery(const Request &request)
{
    const QUrlQuery query(QString::fromLatin1(request.head.query));
    bool isNumber = false;
    const qint64 since = query.queryItemValue(u"since"_s).toLongLong(&isNumber);
    if (!isNumber || since < 0)
        return failure(ErrorCode::InvalidInput, u"since: a whole number from 0 is allowed."_s);
    const QString waitText = query.queryItemValue(u"wait"_s); // ms
    const qint64 wait = waitText.isEmpty() ? 20'000 : waitText.toLongLong(&isNumber);
    if (!isNumber || wait < 0)
        return failure(ErrorCode::InvalidInput, u"wait: milliseconds from 0 are allowed."_s);
    return PollQuery{
        since, std::min<std::chrono::milliseconds>(std::chrono::milliseconds(wait), longestPoll)};
}

} // namespace

// Those that wait hold a thread each; at least half are left for everything else.
class ApiServer::Private::PollSlot
{
public:
    explicit PollSlot(Private &server)
        : m_server(server)
        , m_mayWait(++server.polls <= server.limits.threads / 2)
    {
    }
    ~PollSlot()
    {
        --m_server.polls;
        m_server.noteRequest();
    }
    PollSlot(const PollSlot &) = delete;
    PollSlot &operator=(const PollSlot &) = delete;

    [[nodiscard]] bool mayWait() const { return m_mayWait; }
    [[nodiscard]] std::chrono::milliseconds limited(std::chrono::milliseconds timeout) const
    {
        return m_mayWait ? timeout : std::chrono::milliseconds(0);
    }

private:
    Private &m_server;
    bool m_mayWait;
};

Result<Json> ApiServer::Private::waitForChanges(const Request &request)
{
    const auto query = pollQuery(request);
    if (!query)
        return tl::unexpected(query.error());
    const PollSlot slot(*this);
    return toJson(context.feed.waitForChanges(query->since, slot.limited(query->timeout)));
}

Result<Json> ApiServer::Private::waitForEvents(const Request &request)
{
    const auto query = pollQuery(request);
    if (!query)
        return tl::unexpected(query.error());
    const PollSlot slot(*this);
    return eventsAfter(query->since, slot.limited(query->timeout));
}

// The session lasts as long as its client takes what comes, and holds one of the places of those
// that wait.
Reply ApiServer::Private::liveTail(const Request &request)
{
    const QByteArray contentType = contentTypeOf(Protocol::Logs);
    const auto slot = std::make_shared<PollSlot>(*this);
    if (!slot->mayWait())
        return toReply({400,
                        "LimitExceededException",
                        u"There are too many Live Tail sessions; end one first."_s,
                        {}},
                       contentType);
    std::shared_ptr<LiveTail> tail;
    const auto open = [&](const Json &body) {
        return guarded([&]() -> Result<Json> {
            return LiveTail::open(context, executorThread, body).map([&](LiveTail made) {
                tail = std::make_shared<LiveTail>(std::move(made));
                return tail->start();
            });
        });
    };
    const Result<Json> started = bodyOf(request).and_then(open);
    if (!started)
        return toReply(toRefusal(started.error(), Protocol::Logs), contentType);
    Reply reply{.contentType = eventStreamType, .headers = {}, .body = {}};
    reply.body
        = eventMessage("initial-response", Json::object()) + eventMessage("sessionStart", *started);
    reply.rest = [this, tail, slot, end = SteadyClock::now() + longestTail] {
        return nextOfTail(*tail, end);
    };
    return reply;
}

// Empty when the session is over.
QByteArray ApiServer::Private::nextOfTail(LiveTail &tail, SteadyClock::time_point end)
{
    if (SteadyClock::now() >= end + tailInterval || !pause(tailInterval))
        return {};
    noteRequest();
    if (SteadyClock::now() >= end)
        return exceptionMessage("SessionTimeoutException",
                                {{"message", "The session has lasted its three hours."}});
    const Result<Json> update = guarded([&] { return tail.update(context, executorThread); });
    if (update)
        return eventMessage("sessionUpdate", *update);
    return update.error().code == ErrorCode::Cancelled
        ? QByteArray()
        : exceptionMessage("SessionStreamingException",
                           {{"message", update.error().message.toStdString()}});
}

bool ApiServer::Private::pause(std::chrono::milliseconds time)
{
    const auto due = SteadyClock::now() + time;
    qint64 notice = context.feed.waitForChanges(0, std::chrono::milliseconds(0)).sequence;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - SteadyClock::now());
        if (left.count() <= 0)
            return true;
        const auto batch = context.feed.waitForChanges(notice, left);
        if (batch.complete && batch.changes.isEmpty() && SteadyClock::now() < due)
            return false;
        notice = batch.sequence;
    }
}

// The notice up to which nothing is new; nullopt when the time is up before anything of a job has
// changed.
std::optional<qint64> ApiServer::Private::waitForJobs(qint64 notice,
                                                      SteadyClock::time_point deadline)
{
    for (;;) {
        const auto left
            = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
        if (left.count() <= 0)
            return std::nullopt;
        const auto batch = context.feed.waitForChanges(notice, left);
        notice = batch.sequence;
        const bool isJob = std::ranges::any_of(
            batch.changes, [](const Change &change) { return change.kind == Change::Kind::Job; });
        if (isJob || !batch.complete || batch.changes.isEmpty())
            return notice; // without changes: the time is up, or the feed is closed
    }
}

Result<Json> ApiServer::Private::eventsAfter(qint64 since, std::chrono::milliseconds timeout)
{
    const auto deadline = SteadyClock::now() + timeout;
    // First the notices, then the events: what comes between is seen by the next wait.
    qint64 notice = context.feed.waitForChanges(0, std::chrono::milliseconds(0)).sequence;
    for (;;) {
        auto reply = calls.run([&]() -> Result<Json> {
            try {
                return stateEvents(context, since);
            } catch (const nlohmann::json::exception &exception) {
                return failure(ErrorCode::Protocol, u"A stored job is damaged."_s,
                               QString::fromLatin1(exception.what()));
            }
        });
        if (!reply || !(*reply)["events"].empty())
            return reply;
        since = (*reply)["sequence"].get<qint64>();
        const auto next = waitForJobs(notice, deadline);
        if (!next)
            return reply;
        notice = *next;
    }
}

Result<Json> ApiServer::Private::eventsForSink(qint64 since)
{
    if (since >= 0)
        return eventsAfter(since, longestPoll);
    return calls.run([this]() -> Result<Json> {
        return context.store.lastChange().map([](qint64 last) {
            return Json{{"events", Json::array()}, {"sequence", last}};
        });
    });
}

ApiServer::ApiServer(Store &store, ExecutorControl &control, ChangeFeed &feed, ApiSettings settings,
                     QObject *parent)
    : QObject(parent)
{
    if (!settings.clock)
        settings.clock = [] {
            return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        };
    d = std::make_unique<Private>(this, store, control, feed, std::move(settings));
}

ApiServer::~ApiServer()
{
    stop();
}

Result<quint16> ApiServer::start(quint16 port)
{
    d->noteRequest();
    const auto started = d->http.start(port);
    if (started && d->context.settings.events.target.isSet())
        d->sink = std::make_unique<EventSink>(
            d->context.settings.events, [this](qint64 since) { return d->eventsForSink(since); });
    return started;
}

void ApiServer::stop()
{
    d->calls.close();
    d->context.feed.close();
    d->sink.reset();
    d->http.stop();
}

std::chrono::steady_clock::time_point ApiServer::lastRequest() const
{
    return SteadyClock::time_point(SteadyClock::duration(d->lastRequest));
}

} // namespace batchyard::executor::api
