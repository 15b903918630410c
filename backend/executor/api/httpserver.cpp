#include "backend/executor/api/httpserver.h"

#include <QUuid>

#include <httplib.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds writeTimeout{15'000};

bool waitFor(int socket, short events, SteadyClock::time_point deadline)
{
    for (;;) {
        const auto left
            = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
        if (left.count() <= 0)
            return false;
        pollfd entry{.fd = socket, .events = events, .revents = 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(left.count()));
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

// An accepted socket with a deadline for all that is read, not only for each piece of it: a client
// that sends a byte now and then does not hold a thread.
class DeadlineStream final : public httplib::Stream
{
public:
    explicit DeadlineStream(int socket)
        : m_socket(socket)
    {
    }

    void setReadTimeout(std::chrono::milliseconds timeout)
    {
        m_readDeadline = SteadyClock::now() + timeout;
    }

    // Reads up to the empty line behind the headers; what came after it is given out by read().
    // Empty: the connection ended before the first byte. Without the empty line when the limit or
    // the time is reached, or when it does not even begin like a request.
    QByteArray readHead(qsizetype maximum)
    {
        QByteArray head;
        while (head.size() <= maximum) {
            char buffer[4096];
            const ssize_t count = receive(buffer, sizeof buffer);
            if (count <= 0)
                return head;
            const qsizetype from = std::max<qsizetype>(head.size() - 3, 0);
            head.append(buffer, count);
            const qsizetype end = head.indexOf("\r\n\r\n", from);
            if (end >= 0) {
                m_buffered = head; // httplib reads the head again
                return head.left(end + 4);
            }
            if (head[0] < 'A' || head[0] > 'Z')
                return head;
        }
        return head;
    }

    // Into the head that readHead() has read, for httplib, which reads it again.
    void addHeader(const QByteArray &line)
    {
        m_buffered.insert(m_buffered.indexOf("\r\n\r\n") + 2, line);
    }

    [[nodiscard]] bool hasTimedOut() const { return SteadyClock::now() >= m_readDeadline; }

    bool is_readable() const override { return true; }
    bool is_writable() const override
    {
        return waitFor(m_socket, POLLOUT, SteadyClock::now() + writeTimeout);
    }

    ssize_t read(char *data, size_t size) override
    {
        if (m_position < m_buffered.size()) {
            const qsizetype count
                = std::min<qsizetype>(m_buffered.size() - m_position, static_cast<qsizetype>(size));
            std::copy_n(m_buffered.constData() + m_position, count, data);
            m_position += count;
            return count;
        }
        return receive(data, size);
    }

    ssize_t write(const char *data, size_t size) override
    {
        const auto deadline = SteadyClock::now() + writeTimeout;
        size_t done = 0;
        while (done < size) {
            if (!waitFor(m_socket, POLLOUT, deadline))
                return -1;
            const ssize_t count
                = ::send(m_socket, data + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count > 0)
                done += static_cast<size_t>(count);
            else if (errno != EINTR && errno != EAGAIN)
                return -1;
        }
        return static_cast<ssize_t>(done);
    }

    void get_remote_ip_and_port(std::string &ip, int &port) const override
    {
        ip = "127.0.0.1";
        port = 0;
    }
    void get_local_ip_and_port(std::string &ip, int &port) const override
    {
        ip = "127.0.0.1";
        port = 0;
    }
    socket_t socket() const override { return m_socket; }

private:
    ssize_t receive(char *data, size_t size)
    {
        for (;;) {
            if (!waitFor(m_socket, POLLIN, m_readDeadline))
                return -1;
            const ssize_t count = ::recv(m_socket, data, size, MSG_DONTWAIT);
            if (count >= 0 || (errno != EINTR && errno != EAGAIN))
                return count;
        }
    }

    int m_socket;
    SteadyClock::time_point m_readDeadline;
    QByteArray m_buffered;
    qsizetype m_position = 0;
};

// Threads that take connections; when all are busy and as many wait, accepting waits as well.
class BoundedPool final : public httplib::TaskQueue
{
public:
    explicit BoundedPool(int threads)
        : m_limit(static_cast<size_t>(threads))
    {
        for (int i = 0; i < threads; ++i)
            m_threads.emplace_back([this] { work(); });
    }

    void enqueue(std::function<void()> task) override
    {
        std::unique_lock lock(m_mutex);
        m_space.wait(lock, [this] { return m_tasks.size() < m_limit || m_shutdown; });
        m_tasks.push_back(std::move(task));
        m_work.notify_one();
    }

    void shutdown() override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_shutdown = true;
        }
        m_work.notify_all();
        m_space.notify_all();
        for (std::thread &thread : m_threads)
            thread.join();
    }

private:
    void work()
    {
        for (;;) {
            std::unique_lock lock(m_mutex);
            m_work.wait(lock, [this] { return !m_tasks.empty() || m_shutdown; });
            if (m_tasks.empty())
                return;
            const std::function<void()> task = std::move(m_tasks.front());
            m_tasks.pop_front();
            m_space.notify_one();
            lock.unlock();
            task();
        }
    }

    const size_t m_limit;
    std::mutex m_mutex;
    std::condition_variable m_work;
    std::condition_variable m_space;
    std::deque<std::function<void()>> m_tasks;
    std::vector<std::thread> m_threads;
    bool m_shutdown = false;
};

void finishReply(Reply &reply)
{
    const QByteArray idHeader = "x-amzn-RequestId";
    if (std::ranges::find(reply.headers, idHeader, &Headers::value_type::first)
        == reply.headers.cend())
        reply.headers.emplaceBack(idHeader, QUuid::createUuid().toByteArray(QUuid::WithoutBraces));
    reply.headers.emplaceBack("Cache-Control", "no-store");
    reply.headers.emplaceBack("X-Content-Type-Options", "nosniff");
}

// A refused request is answered before its body is read. The rest is read for a moment, because
// closing over unread bytes resets the connection and the client would not see the answer.
void refuseAndDrain(DeadlineStream &stream, const Refusal &refusal)
{
    Reply reply = toReply(refusal);
    finishReply(reply);
    QByteArray text = "HTTP/1.1 " + QByteArray::number(reply.status)
        + " Refused\r\nConnection: close\r\nContent-Type: " + reply.contentType
        + "\r\nContent-Length: " + QByteArray::number(reply.body.size()) + "\r\n";
    for (const auto &[name, value] : std::as_const(reply.headers))
        text += name + ": " + value + "\r\n";
    text += "\r\n" + reply.body;
    if (stream.write(text.constData(), static_cast<size_t>(text.size())) < 0)
        return;
    ::shutdown(stream.socket(), SHUT_WR);
    stream.setReadTimeout(std::chrono::milliseconds(500));
    char rest[4096];
    for (int i = 0; i < 512 && stream.read(rest, sizeof rest) > 0; ++i) { }
}

// httplib runs the handler on the thread that has called process_request(), and gives it headers
// whose values it has percent-decoded; signatures need them as they were sent.
thread_local const RequestHead *currentHead = nullptr;

} // namespace

class CheckedServer final : public httplib::Server
{
public:
    CheckedServer(HttpServer::Handler handler, const HttpLimits &limits)
        : m_handler(std::move(handler))
        , m_limits(limits)
    {
        new_task_queue = [threads = limits.threads] { return new BoundedPool(threads); };
        set_payload_max_length(static_cast<size_t>(limits.body));
        set_keep_alive_max_count(1);
        const auto handle = [this](const httplib::Request &request, httplib::Response &response) {
            answer(request, response);
        };
        const std::string any = R"([\s\S]*)";
        Get(any, handle);
        Post(any, handle);
        Delete(any, handle);
        set_error_handler([](const httplib::Request &, httplib::Response &response) {
            if (response.body.empty())
                describeError(response);
        });
    }

    [[nodiscard]] int bind(quint16 port)
    {
        int listener = -1;
        // Without SO_REUSEPORT, which httplib sets unless told otherwise: a second executor on the
        // same port must fail, and nobody else may take a share of the connections.
        set_socket_options([&listener](socket_t socket) {
            const int yes = 1;
            ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
            listener = socket;
        });
        const int bound = port == 0 ? bind_to_any_port("127.0.0.1")
                                    : (bind_to_port("127.0.0.1", port) ? port : -1);
        if (bound > 0) {
            ::listen(listener, 128); // the library's own backlog is 5
            m_port = static_cast<quint16>(bound);
        }
        return bound;
    }

private:
    bool process_and_close_socket(socket_t socket) override
    {
        DeadlineStream stream(socket);
        serve(stream);
        ::shutdown(socket, SHUT_RDWR);
        ::close(socket);
        return true;
    }

    void serve(DeadlineStream &stream)
    {
        stream.setReadTimeout(m_limits.headTimeout);
        const QByteArray text = stream.readHead(m_limits.head);
        if (text.isEmpty())
            return;
        if (text.size() > m_limits.head) {
            refuseAndDrain(stream, tooLarge(text));
            return;
        }
        if (!text.endsWith("\r\n\r\n") && stream.hasTimedOut()) {
            refuseAndDrain(stream,
                           {408,
                            "RequestTimeoutException",
                            u"The request's headers took too long to arrive."_s,
                            {}});
            return;
        }
        const auto head = parseRequestHead(text, m_limits);
        if (!head) {
            refuseAndDrain(stream, head.error());
            return;
        }
        if (const auto ok = checkRequestHead(*head, m_port, m_limits); !ok) {
            refuseAndDrain(stream, ok.error());
            return;
        }
        // Without a length there is no body (RFC 9112 6.3); httplib would take all that comes for
        // one, whatever its size and type.
        if (head->count("content-length") == 0)
            stream.addHeader("Content-Length: 0\r\n");
        stream.setReadTimeout(m_limits.bodyTimeout);
        currentHead = &*head;
        bool closed = false;
        process_request(stream, true, closed, nullptr);
        currentHead = nullptr;
    }

    [[nodiscard]] Refusal tooLarge(const QByteArray &text) const
    {
        if (!text.left(m_limits.target + 16).contains("\r\n"))
            return {414,
                    "URITooLongException",
                    u"The request target is longer than %1 bytes."_s.arg(m_limits.target),
                    {}};
        return {431,
                "RequestHeaderFieldsTooLargeException",
                u"The headers are longer than %1 bytes."_s.arg(m_limits.head),
                {}};
    }

    // httplib's own errors: a body that did not come, or is longer than it said.
    static void describeError(httplib::Response &response)
    {
        setReply(response,
                 toReply({response.status,
                          "BadRequestException",
                          u"The body of the request did not arrive as its Content-Length says."_s,
                          {}}));
    }

    void answer(const httplib::Request &request, httplib::Response &response)
    {
        setReply(response, m_handler({*currentHead, QByteArray::fromStdString(request.body)}));
    }

    static void setReply(httplib::Response &response, Reply reply)
    {
        finishReply(reply);
        response.status = reply.status;
        for (const auto &[name, value] : std::as_const(reply.headers))
            response.set_header(name.toStdString(), value.toStdString());
        response.set_content(reply.body.toStdString(), reply.contentType.toStdString());
    }

    HttpServer::Handler m_handler;
    HttpLimits m_limits;
    quint16 m_port = 0;
};

class HttpServer::Private
{
public:
    Private(Handler handler, const HttpLimits &limits)
        : server(std::move(handler), limits)
    {
    }

    CheckedServer server;
    std::thread acceptor;
};

HttpServer::HttpServer(Handler handler, const HttpLimits &limits)
    : d(std::make_unique<Private>(std::move(handler), limits))
{
}

HttpServer::~HttpServer()
{
    stop();
}

Result<quint16> HttpServer::start(quint16 port)
{
    const int bound = d->server.bind(port);
    if (bound <= 0)
        return failure(ErrorCode::Io,
                       u"The executor cannot listen on 127.0.0.1:%1. Another program uses the "
                       "port; choose another one."_s.arg(port));
    d->acceptor = std::thread([this] { d->server.listen_after_bind(); });
    while (!d->server.is_running())
        std::this_thread::yield();
    return static_cast<quint16>(bound);
}

void HttpServer::stop()
{
    if (!d->acceptor.joinable())
        return;
    d->server.stop();
    d->acceptor.join();
}

} // namespace batchyard::executor::api
