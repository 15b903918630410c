#include "backend/executor/api/httpserver.h"

#include "backend/executor/api/requestreader.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <future>
#include <map>
#include <optional>
#include <thread>
#include <vector>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A client that gets its last answer may still be sending: closing over unread bytes resets the
// connection, and it would not see the answer.
constexpr milliseconds drainTime{500};
constexpr size_t drainLimit = 2 * 1024 * 1024;
// Clients are told a shorter time than they have, so that a request sent in its last moment counts.
constexpr milliseconds idleGrace{1'000};
constexpr milliseconds fullTime{10}; // until it is tried again to accept a connection
constexpr int acceptedAtOnce = 64;
constexpr size_t readAtOnce = 64 * 1024;

// Half of what the process may open stays for log files and the engine's streams.
int connectionLimit(const HttpLimits &limits)
{
    struct rlimit files {
    };
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
        return limits.connections;
    return static_cast<int>(
        std::min<rlim_t>(static_cast<rlim_t>(limits.connections), files.rlim_cur / 2));
}

Refusal tooBusy()
{
    return {503,
            "ServiceUnavailableException",
            u"The executor has more connections than it can serve. Try again in a moment."_s,
            {{"Retry-After", "1"}}};
}

} // namespace

class HttpServer::Private
{
public:
    Private(Handler requestHandler, const HttpLimits &httpLimits)
        : handler(std::move(requestHandler))
        , limits(httpLimits)
    {
    }

    [[nodiscard]] bool start(quint16 wantedPort);
    void stop();

    const Handler handler;
    const HttpLimits limits;
    quint16 port = 0;

private:
    // In the order of those who wait: when one has to make room for another, and a number.
    using Place = std::pair<SteadyClock::time_point, quint64>;

    // A client's connection. Only the I/O thread touches it, and while it is being served only its
    // worker.
    struct Guest {
        enum class Phase { Reading, Served, Draining };

        Guest(asio::io_context &io, const HttpLimits &limits, quint16 port)
            : socket(io)
            , deadline(io)
            , reader(limits, port)
        {
        }
        // What the system has taken of it without waiting, in bytes.
        qsizetype tell(const QByteArray &text)
        {
            error_code error;
            return static_cast<qsizetype>(socket.write_some(
                asio::buffer(text.constData(), static_cast<size_t>(text.size())), error));
        }

        void endSending()
        {
            error_code error;
            socket.shutdown(tcp::socket::shutdown_send, error);
        }

        tcp::socket socket;
        asio::steady_timer deadline;
        RequestReader reader;
        Place place = {};
        Phase phase = Phase::Reading;
        bool isIdle = false; // nothing has come since its last answer
        qint64 kept = 0; // bytes counted for it
        size_t drained = 0;
    };
    using GuestPtr = std::shared_ptr<Guest>;

    void awaitClients(bool isFull);
    void accept();
    void admit(int fd);
    [[nodiscard]] bool hasRoom() const;
    void place(const GuestPtr &guest, milliseconds mayGoIn);
    void setDeadline(const GuestPtr &guest, milliseconds time);
    static void clearDeadline(Guest &guest);
    void keep(Guest &guest, qint64 size);

    void watch(const GuestPtr &guest);
    void receive(const GuestPtr &guest);
    void took(const GuestPtr &guest, QByteArrayView news);
    void serve(const GuestPtr &guest, Request request);
    void answer(const GuestPtr &guest, const Reply &reply, bool keepsAlive);
    void send(const GuestPtr &guest, const QByteArray &text, std::function<void(bool)> sent);
    void answered(const GuestPtr &guest, bool keepsAlive);

    void refuse(const GuestPtr &guest, const std::optional<Refusal> &refusal);
    void drain(const GuestPtr &guest);
    void turnAway(GuestPtr guest);
    void dismiss(const GuestPtr &guest);

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    tcp::acceptor acceptor{io};
    asio::steady_timer retry{io};
    std::optional<asio::thread_pool> workers;
    std::atomic<bool> isClosing = false;
    std::thread thread; // which has all of the following
    std::vector<char> buffer = std::vector<char>(readAtOnce);
    std::map<Place, GuestPtr> waiting; // all but those that are being served
    quint64 lastNumber = 0;
    int mostConnections = 0;
    int connections = 0;
    qint64 bytes = 0; // kept for all connections
};

// Without SO_REUSEPORT: a second executor on the same port must fail, and nobody else may take a
// share of the connections. Sockets that Asio makes would be inherited by the programs that the
// executor starts.
bool HttpServer::Private::start(quint16 wantedPort)
{
    try {
        acceptor = tcp::acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), wantedPort),
                                 /*reuse_addr*/ true);
        acceptor.non_blocking(true);
        port = acceptor.local_endpoint().port();
        workers.emplace(static_cast<size_t>(limits.threads));
    } catch (const boost::system::system_error &) {
        return false;
    }
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    mostConnections = connectionLimit(limits);
    awaitClients(false);
    thread = std::thread([this] { io.run(); });
    return true;
}

void HttpServer::Private::stop()
{
    if (!thread.joinable())
        return;
    std::packaged_task<void()> close([this] {
        isClosing = true;
        acceptor.close();
        retry.cancel();
        while (!waiting.empty())
            dismiss(GuestPtr(waiting.begin()->second));
    });
    const auto closed = close.get_future();
    asio::post(io, std::move(close));
    closed.wait();
    workers->join();
    work.reset();
    thread.join(); // when the last answers have been taken
}

void HttpServer::Private::awaitClients(bool isFull)
{
    const auto then = [this](error_code error) {
        if (!error && !isClosing)
            accept();
    };
    if (isFull) {
        retry.expires_after(fullTime);
        retry.async_wait(then);
    } else {
        acceptor.async_wait(tcp::acceptor::wait_read, then);
    }
}

// Where nobody may be turned away, new ones wait outside.
void HttpServer::Private::accept()
{
    for (int i = 0; i < acceptedAtOnce && hasRoom(); ++i) {
        const int fd
            = ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(fd);
            continue;
        }
        const bool noFiles = errno == EMFILE || errno == ENFILE;
        if (noFiles && !waiting.empty()) {
            turnAway(waiting.begin()->second);
            continue;
        }
        awaitClients(noFiles);
        return;
    }
    awaitClients(!hasRoom());
}

void HttpServer::Private::admit(int fd)
{
    const auto guest = std::make_shared<Guest>(io, limits, port);
    error_code error;
    guest->socket.assign(tcp::v4(), fd, error);
    if (error) {
        ::close(fd);
        return;
    }
    guest->socket.non_blocking(true, error);
    guest->socket.set_option(tcp::no_delay(true), error);
    if (++connections > mostConnections && !waiting.empty())
        turnAway(waiting.begin()->second);
    place(guest, limits.patience);
    setDeadline(guest, limits.headTimeout);
    watch(guest);
}

bool HttpServer::Private::hasRoom() const
{
    return connections < mostConnections
        || (!waiting.empty() && waiting.begin()->first.first <= SteadyClock::now());
}

// Whoever has waited longest makes room first: clients that mean it send their request at once.
void HttpServer::Private::place(const GuestPtr &guest, milliseconds mayGoIn)
{
    waiting.erase(guest->place);
    guest->place = {SteadyClock::now() + mayGoIn, ++lastNumber};
    waiting.emplace(guest->place, guest);
}

void HttpServer::Private::setDeadline(const GuestPtr &guest, milliseconds time)
{
    guest->deadline.expires_after(time);
    guest->deadline.async_wait([this, guest](error_code error) {
        if (error || !guest->socket.is_open() || guest->deadline.expiry() > SteadyClock::now())
            return; // it has been set again since this was on its way
        refuse(guest, guest->phase == Guest::Phase::Reading ? guest->reader.late() : std::nullopt);
    });
}

// Cancelling is not enough for one that is on its way.
void HttpServer::Private::clearDeadline(Guest &guest)
{
    guest.deadline.expires_at(SteadyClock::time_point::max());
}

void HttpServer::Private::keep(Guest &guest, qint64 size)
{
    if (!guest.socket.is_open())
        return; // nothing is counted for it any more
    bytes += size - std::exchange(guest.kept, size);
}

void HttpServer::Private::watch(const GuestPtr &guest)
{
    guest->socket.async_wait(tcp::socket::wait_read, [this, guest](error_code error) {
        if (!error && guest->socket.is_open())
            receive(guest);
    });
}

void HttpServer::Private::receive(const GuestPtr &guest)
{
    error_code error;
    const size_t count = guest->socket.read_some(asio::buffer(buffer), error);
    if (guest->phase == Guest::Phase::Draining) {
        guest->drained += count;
        if ((error && error != asio::error::would_block) || guest->drained > drainLimit)
            dismiss(guest);
    } else if (!error) {
        took(guest, QByteArrayView(buffer.data(), static_cast<qsizetype>(count)));
    } else if (error != asio::error::would_block) {
        refuse(guest, error == asio::error::eof ? guest->reader.ended() : std::nullopt);
    }
    if (guest->socket.is_open() && guest->phase != Guest::Phase::Served)
        watch(guest);
}

void HttpServer::Private::took(const GuestPtr &guest, QByteArrayView news)
{
    if (std::exchange(guest->isIdle, false)) {
        place(guest, limits.patience);
        setDeadline(guest, limits.headTimeout);
    }
    const bool hadHead = guest->reader.phase() == RequestReader::Phase::Body;
    auto request = guest->reader.take(news);
    if (!request) {
        refuse(guest, request.error());
        return;
    }
    keep(*guest, *request ? (*request)->body.size() : guest->reader.size());
    while (bytes > limits.buffered) {
        const auto first
            = std::ranges::find_if(waiting, [](const auto &one) { return one.second->kept > 0; });
        if (first == waiting.end())
            break; // the rest is being served
        turnAway(first->second);
    }
    if (!guest->socket.is_open())
        return; // it was this one
    if (*request && bytes > limits.buffered) {
        refuse(guest, tooBusy());
    } else if (*request) {
        serve(guest, **std::move(request));
    } else if (!hadHead && guest->reader.phase() == RequestReader::Phase::Body) {
        setDeadline(guest, limits.bodyTimeout);
        const QByteArray goOn = "HTTP/1.1 100 Continue\r\n\r\n";
        if (guest->reader.expectsContinue() && guest->tell(goOn) < goOn.size())
            dismiss(guest);
    }
}

// The next request is read when this one has been answered.
void HttpServer::Private::serve(const GuestPtr &guest, Request request)
{
    guest->phase = Guest::Phase::Served;
    clearDeadline(*guest);
    waiting.erase(guest->place);
    asio::post(*workers, [this, guest, request = std::move(request)] {
        answer(guest, handler(request), request.head.keepsAlive);
    });
}

// On a worker's thread, which waits only for what comes piece by piece. Nearly every answer is
// taken at once, and its client need not wait for the I/O thread.
void HttpServer::Private::answer(const GuestPtr &guest, const Reply &reply, bool keepsAlive)
{
    keepsAlive = keepsAlive && !reply.rest && !isClosing;
    QByteArray text = toHttp(reply, keepsAlive ? limits.idleTimeout : std::chrono::seconds(0));
    bool isTaken = true;
    while (isTaken && reply.rest && !text.isEmpty()) {
        const auto taken = std::make_shared<std::promise<bool>>();
        asio::post(io, [this, guest, text, taken] {
            send(guest, text, [taken](bool isSent) { taken->set_value(isSent); });
        });
        isTaken = taken->get_future().get();
        text = isTaken ? reply.rest() : QByteArray();
    }
    text.remove(0, guest->tell(text));
    if (text.isEmpty() && !keepsAlive)
        guest->endSending();
    const auto done = [this, guest, keepsAlive](bool isSent) {
        if (isSent && !isClosing)
            answered(guest, keepsAlive);
        else
            dismiss(guest);
    };
    asio::post(io, [this, guest, text, isTaken, done] {
        if (text.isEmpty())
            done(isTaken);
        else
            send(guest, text, done);
    });
}

void HttpServer::Private::send(const GuestPtr &guest, const QByteArray &text,
                               std::function<void(bool)> sent)
{
    keep(*guest, text.size());
    setDeadline(guest, limits.answerTimeout);
    asio::async_write(guest->socket,
                      asio::buffer(text.constData(), static_cast<size_t>(text.size())),
                      [guest, text, sent = std::move(sent)](error_code error, size_t) {
                          clearDeadline(*guest);
                          sent(!error);
                      });
}

void HttpServer::Private::answered(const GuestPtr &guest, bool keepsAlive)
{
    if (!guest->socket.is_open())
        return;
    keep(*guest, 0);
    if (keepsAlive) {
        guest->phase = Guest::Phase::Reading;
        guest->isIdle = true;
        place(guest, milliseconds(0));
        setDeadline(guest, limits.idleTimeout + idleGrace);
    } else {
        drain(guest);
    }
    watch(guest);
}

// A client that has sent nothing is answered nothing.
void HttpServer::Private::refuse(const GuestPtr &guest, const std::optional<Refusal> &refusal)
{
    const QByteArray text = refusal ? toHttp(toReply(*refusal)) : QByteArray();
    if (refusal && guest->tell(text) == text.size())
        drain(guest);
    else
        dismiss(guest);
}

void HttpServer::Private::drain(const GuestPtr &guest)
{
    guest->endSending();
    guest->phase = Guest::Phase::Draining;
    keep(*guest, 0);
    place(guest, milliseconds(0));
    setDeadline(guest, drainTime);
}

// In favour of another.
void HttpServer::Private::turnAway(GuestPtr guest)
{
    const bool hasBegun = guest->kept > 0 || guest->reader.phase() != RequestReader::Phase::Nothing;
    if (guest->phase == Guest::Phase::Reading && hasBegun)
        guest->tell(toHttp(toReply(tooBusy())));
    dismiss(guest);
}

void HttpServer::Private::dismiss(const GuestPtr &guest)
{
    waiting.erase(guest->place);
    if (!guest->socket.is_open())
        return;
    keep(*guest, 0);
    --connections;
    error_code error;
    guest->deadline.cancel();
    guest->socket.close(error);
}

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
    if (!d->start(port))
        return failure(ErrorCode::Io,
                       u"The executor cannot listen on 127.0.0.1:%1. Another program uses the "
                       "port; choose another one."_s.arg(port));
    return d->port;
}

void HttpServer::stop()
{
    d->stop();
}

} // namespace batchyard::executor::api
