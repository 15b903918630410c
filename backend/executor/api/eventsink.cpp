#include "backend/executor/api/eventsink.h"

#include "backend/net/httpclient.h"
#include "backend/savefile.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QLoggingCategory>
#include <QProcess>
#include <QSaveFile>
#include <QUrl>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(lcEvents, "batchyard.executor.events")

constexpr auto droppedMember = "batchyard:dropped";
constexpr std::chrono::milliseconds stopInterval{100}; // a delivery looks whether to give up

// Asked again and again during a delivery, on whatever thread.
using IsStopped = std::function<bool()>;

Result<void> runCommand(const QStringList &command, const QByteArray &event,
                        std::chrono::milliseconds timeout, const IsStopped &isStopped)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardOutputFile(QProcess::nullDevice());
    process.start(command.first(), command.mid(1));
    if (!process.waitForStarted())
        return failure(ErrorCode::Io, process.errorString());
    process.write(event);
    process.closeWriteChannel();
    const QDeadlineTimer end(timeout);
    while (!process.waitForFinished(static_cast<int>(stopInterval.count()))
           && process.state() != QProcess::NotRunning) {
        if (!end.hasExpired() && !isStopped())
            continue;
        process.kill();
        process.waitForFinished();
        return failure(ErrorCode::Timeout, u"it has not ended in time"_s);
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return failure(ErrorCode::Io, u"it ended with exit code %1"_s.arg(process.exitCode()));
    return {};
}

Result<void> post(net::HttpClient &client, const QByteArray &url, const QByteArray &event,
                  std::chrono::milliseconds timeout, const IsStopped &isStopped)
{
    net::HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = event;
    request.timeout = timeout;
    std::promise<Result<net::HttpReply>> done;
    client.exchange(
        request,
        {.isGivenUp = isStopped,
         .started = {},
         .received = {},
         .done = [&](Result<net::HttpReply> reply) { done.set_value(std::move(reply)); }});
    const auto reply = done.get_future().get();
    if (!reply)
        return tl::unexpected(reply.error());
    if (reply->status < 200 || reply->status > 299)
        return failure(ErrorCode::Io, u"it answered %1"_s.arg(reply->status));
    return {};
}

qint64 readPosition(const QString &path)
{
    QFile file(path);
    bool isNumber = false;
    const qint64 position
        = file.open(QFile::ReadOnly) ? file.readAll().trimmed().toLongLong(&isNumber) : -1;
    return isNumber ? position : -1;
}

bool isLoopback(const QString &host)
{
    return host == u"127.0.0.1"_s || host == u"localhost"_s || host == u"::1"_s;
}

} // namespace

Result<EventTarget> EventTarget::fromEnvironment()
{
    const QString command = qEnvironmentVariable("BATCHYARD_EVENT_COMMAND");
    const QString address = qEnvironmentVariable("BATCHYARD_EVENT_URL");
    if (!command.isEmpty() && !address.isEmpty())
        return failure(ErrorCode::InvalidInput,
                       u"BATCHYARD_EVENT_COMMAND and BATCHYARD_EVENT_URL exclude each other."_s);
    EventTarget target;
    if (!command.isEmpty()) {
        target.command = QProcess::splitCommand(command);
        if (target.command.isEmpty())
            return failure(ErrorCode::InvalidInput, u"BATCHYARD_EVENT_COMMAND has no program."_s);
    }
    if (!address.isEmpty()) {
        const QUrl url(address, QUrl::StrictMode);
        const bool isAllowed = url.isValid() && !url.host().isEmpty()
            && (url.scheme() == u"https"_s
                || (url.scheme() == u"http"_s && isLoopback(url.host())));
        if (!isAllowed)
            return failure(ErrorCode::InvalidInput,
                           u"BATCHYARD_EVENT_URL: https, or http on this machine, is allowed."_s);
        target.url = url.toEncoded();
    }
    return target;
}

class EventSink::Private
{
public:
    Private(Settings sinkSettings, Source eventSource)
        : settings(std::move(sinkSettings))
        , source(std::move(eventSource))
        , thread([this] { run(); })
    {
    }

    ~Private()
    {
        {
            const std::lock_guard lock(mutex);
            stopped = true;
        }
        changed.notify_all();
        thread.join();
    }

    std::atomic<int> dropped = 0;

private:
    void run();
    [[nodiscard]] bool deliver(batch::Json event); // false when stopped
    [[nodiscard]] Result<void> deliverOnce(const QByteArray &event);
    [[nodiscard]] bool pause(std::chrono::milliseconds time); // false when stopped
    [[nodiscard]] bool isStopped() { return !pause(std::chrono::milliseconds(0)); }
    void writePosition(qint64 position) const;

    const Settings settings;
    const Source source;
    std::mutex mutex;
    std::condition_variable changed;
    bool stopped = false;
    std::thread thread; // last: it uses all of the above
};

void EventSink::Private::run()
{
    qint64 position = readPosition(settings.positionFile);
    for (;;) {
        const auto page = source(position);
        if (!page)
            return;
        for (const batch::Json &event : page->value("events", batch::Json::array())) {
            if (!deliver(event))
                return;
        }
        const qint64 next = page->value("sequence", position);
        if (next != position)
            writePosition(next);
        position = next;
        if (isStopped())
            return;
    }
}

bool EventSink::Private::deliver(batch::Json event)
{
    if (dropped > 0)
        event[droppedMember] = dropped.load();
    const QByteArray text = QByteArray::fromStdString(
        event.dump(-1, ' ', false, batch::Json::error_handler_t::replace));
    auto rest = settings.firstPause;
    for (int attempt = 1;; ++attempt) {
        const auto done = deliverOnce(text);
        if (done)
            return true;
        if (isStopped())
            return false;
        qCWarning(lcEvents).noquote() << "An event was not delivered:" << done.error().message;
        if (attempt == settings.attempts)
            break;
        if (!pause(rest))
            return false;
        rest = std::min(rest * 2, settings.longestPause);
    }
    ++dropped;
    qCWarning(lcEvents) << "It is dropped after" << settings.attempts << "attempts;"
                        << dropped.load() << "events were dropped so far.";
    return true;
}

Result<void> EventSink::Private::deliverOnce(const QByteArray &event)
{
    const IsStopped isGivenUp = [this] { return isStopped(); };
    if (!settings.target.command.isEmpty())
        return runCommand(settings.target.command, event, settings.deliveryTimeout, isGivenUp);
    net::HttpClient client;
    return post(client, settings.target.url, event, settings.deliveryTimeout, isGivenUp);
}

bool EventSink::Private::pause(std::chrono::milliseconds time)
{
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [this] { return stopped; });
}

void EventSink::Private::writePosition(qint64 position) const
{
    QSaveFile file(settings.positionFile);
    if (!file.open(QFile::WriteOnly) || file.write(QByteArray::number(position)) < 0
        || !commitWhole(file))
        qCWarning(lcEvents).noquote() << "Events may be sent again:" << file.errorString();
}

EventSink::EventSink(Settings settings, Source source)
    : d(std::make_unique<Private>(std::move(settings), std::move(source)))
{
}

EventSink::~EventSink() = default;

int EventSink::dropped() const
{
    return d->dropped;
}

} // namespace batchyard::executor::api
