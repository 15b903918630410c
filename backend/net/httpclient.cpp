#include "backend/net/httpclient.h"

#include "backend/net/transfer.h"

#include <QPromise>

#include <algorithm>
#include <thread>
#include <unordered_map>

namespace batchyard::net {

namespace {

using Multi = std::shared_ptr<CURLM>;

constexpr int tickMs = 200; // how soon a cancelled future is noticed
constexpr int restMs = 60'000;

Multi makeMulti()
{
    // Thread-safe in the libcurl that we require.
    [[maybe_unused]] static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    Q_ASSERT(initialised == CURLE_OK);
    return {curl_multi_init(), &curl_multi_cleanup};
}

class StreamHandle final : public HttpStream
{
public:
    StreamHandle(std::shared_ptr<StreamState> state, std::weak_ptr<CURLM> multi)
        : m_state(std::move(state))
        , m_multi(std::move(multi))
    {
    }
    ~StreamHandle() override
    {
        {
            const std::scoped_lock lock(m_state->mutex);
            m_state->dropped = true;
        }
        if (const Multi multi = m_multi.lock())
            curl_multi_wakeup(multi.get());
    }

private:
    std::shared_ptr<StreamState> m_state;
    std::weak_ptr<CURLM> m_multi;
};

} // namespace

QByteArray HttpReply::header(QByteArrayView lowerCaseName) const
{
    for (const auto &[name, value] : headers)
        if (name == lowerCaseName)
            return value;
    return {};
}

class HttpClient::Private
{
public:
    Private()
        : m_multi(makeMulti())
        , m_thread([this] { run(); })
    {
    }
    ~Private()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_stopping = true;
        }
        curl_multi_wakeup(m_multi.get());
        m_thread.join();
    }
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    void add(std::unique_ptr<Transfer> transfer)
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_new.push_back(std::move(transfer));
        }
        curl_multi_wakeup(m_multi.get());
    }
    [[nodiscard]] std::weak_ptr<CURLM> multi() const { return m_multi; }

private:
    void run()
    {
        while (takeNew()) {
            int running = 0;
            curl_multi_perform(m_multi.get(), &running);
            finishEnded();
            endGivenUp();
            curl_multi_poll(m_multi.get(), nullptr, 0, wantsTicks() ? tickMs : restMs, nullptr);
        }
        for (auto &[easy, transfer] : std::exchange(m_running, {})) {
            curl_multi_remove_handle(m_multi.get(), easy);
            transfer->cancel();
        }
    }

    // False when the client is being destroyed.
    bool takeNew()
    {
        std::vector<std::unique_ptr<Transfer>> added;
        bool goOn = true;
        {
            const std::scoped_lock lock(m_mutex);
            added = std::exchange(m_new, {});
            goOn = !m_stopping;
        }
        for (auto &transfer : added) {
            CURL *easy = transfer->handle();
            m_running.emplace(easy, std::move(transfer));
            curl_multi_add_handle(m_multi.get(), easy);
        }
        return goOn;
    }

    // Outcomes are told here, never within a callback of curl.
    void finishEnded()
    {
        int left = 0;
        while (const CURLMsg *message = curl_multi_info_read(m_multi.get(), &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            const CURLcode code = message->data.result;
            if (const auto transfer = take(message->easy_handle))
                transfer->finish(code);
        }
    }

    void endGivenUp()
    {
        std::vector<CURL *> over;
        for (const auto &[easy, transfer] : m_running)
            if (transfer->isOver())
                over.push_back(easy);
        for (CURL *easy : over)
            take(easy)->cancel();
    }

    std::unique_ptr<Transfer> take(CURL *easy)
    {
        curl_multi_remove_handle(m_multi.get(), easy);
        auto node = m_running.extract(easy);
        return node ? std::move(node.mapped()) : nullptr;
    }

    [[nodiscard]] bool wantsTicks() const
    {
        return std::ranges::any_of(m_running,
                                   [](const auto &each) { return each.second->wantsTicks(); });
    }

    Multi m_multi;
    std::unordered_map<CURL *, std::unique_ptr<Transfer>> m_running; // of the I/O thread only
    std::mutex m_mutex; // guards the two below
    std::vector<std::unique_ptr<Transfer>> m_new;
    bool m_stopping = false;
    std::thread m_thread; // last: it uses all the others
};

HttpClient::HttpClient()
    : d(std::make_unique<Private>())
{
}

HttpClient::~HttpClient() = default;

void HttpClient::exchange(const HttpRequest &request, Exchange exchange)
{
    d->add(std::make_unique<Transfer>(request, std::move(exchange)));
}

QFuture<Result<HttpReply>> HttpClient::send(const HttpRequest &request)
{
    auto promise = std::make_shared<QPromise<Result<HttpReply>>>();
    promise->start();
    exchange(request,
             {.isGivenUp = [promise] { return promise->isCanceled(); },
              .started = {},
              .received = {},
              .done =
                  [promise](Result<HttpReply> reply) {
                      promise->addResult(std::move(reply));
                      promise->finish();
                  }});
    return promise->future();
}

std::unique_ptr<HttpStream> HttpClient::stream(const HttpRequest &request,
                                               StreamCallbacks callbacks)
{
    auto state = std::make_shared<StreamState>();
    state->callbacks = std::move(callbacks);
    // Runs one callback, unless the handle is gone.
    const auto tell = [](StreamState &stream, const auto &callback, const auto &...arguments) {
        const std::scoped_lock lock(stream.mutex);
        if (!stream.dropped && callback)
            callback(arguments...);
    };
    Exchange exchange;
    exchange.started
        = [state, tell](int status) { tell(*state, state->callbacks.started, status); };
    exchange.received = [state, tell](const QByteArray &bytes) {
        tell(*state, state->callbacks.received, bytes);
    };
    exchange.done = [state, tell](const Result<HttpReply> &reply) {
        // A refusal's body was collected, as it is for every request.
        if (reply && !reply->body.isEmpty())
            tell(*state, state->callbacks.received, reply->body);
        tell(*state, state->callbacks.ended,
             reply ? Result<void>() : Result<void>(tl::unexpected(reply.error())));
    };
    d->add(std::make_unique<Transfer>(request, std::move(exchange), state));
    return std::make_unique<StreamHandle>(state, d->multi());
}

} // namespace batchyard::net
