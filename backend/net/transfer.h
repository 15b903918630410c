// One request under way in the I/O thread: owns the curl handle and all that curl reads while it
// runs, collects or hands on the reply, and turns curl's outcome into a Result.
#pragma once

#include "backend/net/httpclient.h"

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>

namespace batchyard::net {

// Shared by a stream's handle and its transfer. The mutex is held while a callback runs, so that
// the handle's destructor returns only when none does; it is recursive since a callback may drop
// it.
struct StreamState {
    std::recursive_mutex mutex;
    StreamCallbacks callbacks;
    std::atomic<bool> dropped = false;
};

class Transfer
{
public:
    Transfer(HttpRequest request, Exchange exchange, std::shared_ptr<StreamState> stream = {});
    ~Transfer();
    Transfer(const Transfer &) = delete;
    Transfer &operator=(const Transfer &) = delete;

    [[nodiscard]] CURL *handle() const { return m_easy; }
    // True when the one who asked has lost interest or the headers are overdue.
    [[nodiscard]] bool isOver();
    // Whether isOver() can change without anybody waking the loop.
    [[nodiscard]] bool wantsTicks() const;
    void finish(CURLcode code);
    void cancel();

private:
    using Clock = std::chrono::steady_clock;

    void prepare();
    void prepareBody();
    static size_t onHeader(char *bytes, size_t size, size_t count, void *self);
    static size_t onBody(char *bytes, size_t size, size_t count, void *self);
    [[nodiscard]] bool takeHeader(QByteArrayView line);
    [[nodiscard]] bool takeBody(const char *bytes, size_t size);
    [[nodiscard]] bool isSuccess() const { return m_reply.status >= 200 && m_reply.status < 300; }
    [[nodiscard]] Error errorOf(CURLcode code) const;
    [[nodiscard]] QString target() const;

    HttpRequest m_request;
    Exchange m_exchange;
    std::shared_ptr<StreamState> m_stream;
    CURL *m_easy = nullptr;
    curl_slist *m_headers = nullptr;
    std::array<char, CURL_ERROR_SIZE> m_errorText{};
    HttpReply m_reply;
    qsizetype m_headerBytes = 0;
    bool m_headersDone = false;
    std::optional<Error> m_failure; // why we ended it ourselves
    Clock::time_point m_begun = Clock::now();
};

} // namespace batchyard::net
