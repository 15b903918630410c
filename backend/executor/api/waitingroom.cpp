#include "backend/executor/api/waitingroom.h"

#include "backend/executor/api/clientsocket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <map>
#include <set>
#include <thread>
#include <utility>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds answerTime{15'000};
// A refused client may still be sending: closing over unread bytes resets the connection, and it
// would not see the answer.
constexpr milliseconds drainTime{500};
constexpr qsizetype drainLimit = 2 * 1024 * 1024;
// Until it is tried again to accept a connection.
constexpr milliseconds fullTime{10};
constexpr int acceptedAtOnce = 64;
constexpr int eventsAtOnce = 256;
constexpr qsizetype readAtOnce = 64 * 1024;

// Of epoll's events; connections have the numbers after these.
constexpr quint64 listenerNumber = 0;
constexpr quint64 wakeNumber = 1;

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

Refusal incompleteBody()
{
    return {400,
            "BadRequestException",
            u"The body of the request did not arrive as its Content-Length says."_s,
            {}};
}

Refusal slowHead()
{
    return {
        408, "RequestTimeoutException", u"The request's headers took too long to arrive."_s, {}};
}

Refusal tooBusy()
{
    return {503,
            "ServiceUnavailableException",
            u"The executor has more connections than it can serve. Try again in a moment."_s,
            {{"Retry-After", "1"}}};
}

Refusal tooLargeHead(const QByteArray &text, const HttpLimits &limits)
{
    if (!text.left(limits.target + 16).contains("\r\n"))
        return {414,
                "URITooLongException",
                u"The request target is longer than %1 bytes."_s.arg(limits.target),
                {}};
    return {431,
            "RequestHeaderFieldsTooLargeException",
            u"The headers are longer than %1 bytes."_s.arg(limits.head),
            {}};
}

} // namespace

WaitingRoom::Visit::Visit(std::unique_ptr<ClientSocket> socket, Request request)
    : m_socket(std::move(socket))
    , m_request(std::move(request))
{
}

WaitingRoom::Visit::Visit(Visit &&) noexcept = default;
WaitingRoom::Visit &WaitingRoom::Visit::operator=(Visit &&) noexcept = default;
WaitingRoom::Visit::~Visit() = default;

void WaitingRoom::Visit::answer(const Reply &reply)
{
    bool isTaken = m_socket->sendAll(toHttp(reply), answerTime);
    while (isTaken && reply.rest) {
        const QByteArray piece = reply.rest();
        if (piece.isEmpty())
            break;
        isTaken = m_socket->sendAll(piece, answerTime);
    }
    m_socket->finish();
}

class WaitingRoom::Private
{
public:
    Private(const HttpLimits &limits, Ready ready)
        : m_limits(limits)
        , m_ready(std::move(ready))
    {
    }

    [[nodiscard]] std::optional<quint16> open(quint16 port);
    void close();

private:
    enum class Phase { Head, Body, Draining };
    struct Guest {
        std::unique_ptr<ClientSocket> socket;
        SteadyClock::time_point since = SteadyClock::now();
        SteadyClock::time_point deadline = since;
        Phase phase = Phase::Head;
        QByteArray bytes = {}; // of the head, then of the body
        RequestHead head = {};
        qsizetype drained = 0;
    };
    using Guests = std::map<quint64, Guest>; // in the order they came

    [[nodiscard]] bool listen(quint16 port);
    bool watch(int operation, int fd, quint64 number, quint32 events = EPOLLIN) const;
    void run();
    [[nodiscard]] int waitMs() const;
    void accept();
    void receive(Guests::iterator guest);
    void took(Guests::iterator guest, QByteArrayView bytes);
    void readHead(Guests::iterator guest, qsizetype from);
    void readBody(Guests::iterator guest);
    void ended(Guests::iterator guest);
    void expire();
    void setDeadline(Guests::iterator guest, milliseconds fromNow);
    void refuse(Guests::iterator guest, const Refusal &refusal);
    void dismiss(Guests::iterator guest);
    bool dismissOldest();
    [[nodiscard]] bool hasRoom() const;

    const HttpLimits m_limits;
    const Ready m_ready;
    const std::shared_ptr<Load> m_load = std::make_shared<Load>();
    int m_mostConnections = 0;
    quint16 m_port = 0;
    Descriptor m_listener;
    Descriptor m_epoll;
    Descriptor m_wake;
    std::atomic<bool> m_closing = false;
    bool m_listens = true; // else the listener is not watched
    quint64 m_lastNumber = wakeNumber;
    Guests m_guests;
    std::set<std::pair<SteadyClock::time_point, quint64>> m_deadlines;
    std::thread m_thread;
};

// Without SO_REUSEPORT: a second executor on the same port must fail, and nobody else may take a
// share of the connections.
bool WaitingRoom::Private::listen(quint16 port)
{
    m_listener.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int yes = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    socklen_t size = sizeof address;
    if (m_listener.fd() < 0
        || ::setsockopt(m_listener.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
        || ::bind(m_listener.fd(), generic, size) != 0 || ::listen(m_listener.fd(), SOMAXCONN) != 0
        || ::getsockname(m_listener.fd(), generic, &size) != 0)
        return false;
    m_port = ntohs(address.sin_port);
    return true;
}

bool WaitingRoom::Private::watch(int operation, int fd, quint64 number, quint32 events) const
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = number;
    return ::epoll_ctl(m_epoll.fd(), operation, fd, &event) == 0;
}

std::optional<quint16> WaitingRoom::Private::open(quint16 port)
{
    m_mostConnections = connectionLimit(m_limits);
    m_epoll.reset(::epoll_create1(EPOLL_CLOEXEC));
    m_wake.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!listen(port) || !watch(EPOLL_CTL_ADD, m_listener.fd(), listenerNumber)
        || !watch(EPOLL_CTL_ADD, m_wake.fd(), wakeNumber)) {
        m_listener.reset();
        return {};
    }
    m_thread = std::thread([this] { run(); });
    return m_port;
}

void WaitingRoom::Private::close()
{
    if (!m_thread.joinable())
        return;
    m_closing = true;
    ::eventfd_write(m_wake.fd(), 1);
    m_thread.join();
    m_listener.reset();
    m_guests.clear();
}

void WaitingRoom::Private::run()
{
    std::array<epoll_event, eventsAtOnce> events;
    while (!m_closing) {
        // Where nobody may be dismissed, new ones wait outside.
        if (const bool listens = hasRoom(); listens != std::exchange(m_listens, listens))
            watch(EPOLL_CTL_MOD, m_listener.fd(), listenerNumber, listens ? quint32(EPOLLIN) : 0);
        const int count = ::epoll_wait(m_epoll.fd(), events.data(), eventsAtOnce, waitMs());
        for (int i = 0; i < count; ++i) {
            const quint64 number = events[static_cast<size_t>(i)].data.u64;
            if (number == listenerNumber)
                accept();
            else if (const auto guest = m_guests.find(number); guest != m_guests.end())
                receive(guest);
        }
        expire();
    }
}

int WaitingRoom::Private::waitMs() const
{
    if (!m_listens)
        return static_cast<int>(fullTime.count());
    if (m_deadlines.empty())
        return -1;
    const auto left
        = std::chrono::ceil<milliseconds>(m_deadlines.begin()->first - SteadyClock::now());
    return static_cast<int>(std::max(left, milliseconds(0)).count());
}

void WaitingRoom::Private::accept()
{
    for (int i = 0; i < acceptedAtOnce; ++i) {
        if (!hasRoom())
            return;
        const int fd = ::accept4(m_listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            const bool noFiles = errno == EMFILE || errno == ENFILE;
            if (noFiles && !dismissOldest())
                std::this_thread::sleep_for(fullTime); // nobody waits for this thread
            return;
        }
        auto socket = std::make_unique<ClientSocket>(fd, m_load);
        if (m_load->connections > m_mostConnections)
            static_cast<void>(dismissOldest());
        const quint64 number = ++m_lastNumber;
        if (!watch(EPOLL_CTL_ADD, fd, number))
            continue; // which closes it
        const auto guest = m_guests.try_emplace(number).first;
        guest->second.socket = std::move(socket);
        setDeadline(guest, m_limits.headTimeout);
    }
}

void WaitingRoom::Private::receive(Guests::iterator guest)
{
    char buffer[readAtOnce];
    const ssize_t count = ::recv(guest->second.socket->fd(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (count > 0)
        took(guest, QByteArrayView(buffer, count));
    else if (count == 0)
        ended(guest);
    else if (errno != EINTR && errno != EAGAIN)
        dismiss(guest);
}

void WaitingRoom::Private::took(Guests::iterator guest, QByteArrayView bytes)
{
    Guest &client = guest->second;
    if (client.phase == Phase::Draining) {
        client.drained += bytes.size();
        if (client.drained > drainLimit)
            dismiss(guest);
        return;
    }
    const qsizetype before = client.bytes.size();
    client.bytes.append(bytes);
    client.socket->keep(client.bytes.size());
    const quint64 number = guest->first;
    while (m_load->bytes > m_limits.buffered && dismissOldest()) {
        if (!m_guests.contains(number))
            return; // it was this one
    }
    if (client.phase == Phase::Head)
        readHead(guest, std::max<qsizetype>(before - 3, 0));
    else
        readBody(guest);
}

void WaitingRoom::Private::readHead(Guests::iterator guest, qsizetype from)
{
    Guest &client = guest->second;
    const qsizetype end = client.bytes.indexOf("\r\n\r\n", from);
    const bool isRequest = client.bytes[0] >= 'A' && client.bytes[0] <= 'Z';
    if (end < 0 && isRequest && client.bytes.size() <= m_limits.head)
        return;
    const QByteArray text = end < 0 ? client.bytes : client.bytes.left(end + 4);
    if (text.size() > m_limits.head) {
        refuse(guest, tooLargeHead(text, m_limits));
        return;
    }
    auto head = parseRequestHead(text, m_limits);
    if (!head) {
        refuse(guest, head.error());
        return;
    }
    if (const auto ok = checkRequestHead(*head, m_port, m_limits); !ok) {
        refuse(guest, ok.error());
        return;
    }
    client.head = *std::move(head);
    client.phase = Phase::Body;
    client.bytes.remove(0, text.size());
    client.socket->keep(client.bytes.size());
    const QByteArrayView goOn = "HTTP/1.1 100 Continue\r\n\r\n";
    if (client.bytes.size() < client.head.contentLength
        && client.head.header("expect").compare("100-continue", Qt::CaseInsensitive) == 0
        && client.socket->sendSome(goOn) != goOn.size()) {
        dismiss(guest);
        return;
    }
    setDeadline(guest, m_limits.bodyTimeout);
    readBody(guest);
}

// One request for each connection: what follows it is never taken for another one.
void WaitingRoom::Private::readBody(Guests::iterator guest)
{
    Guest &client = guest->second;
    if (client.bytes.size() < client.head.contentLength)
        return;
    if (m_load->bytes > m_limits.buffered) {
        refuse(guest, tooBusy());
        return;
    }
    client.bytes.truncate(client.head.contentLength);
    watch(EPOLL_CTL_DEL, client.socket->fd(), guest->first);
    Visit visit(std::move(client.socket), {std::move(client.head), std::move(client.bytes)});
    m_deadlines.erase({client.deadline, guest->first});
    m_guests.erase(guest);
    m_ready(std::move(visit));
}

// The client sends nothing more.
void WaitingRoom::Private::ended(Guests::iterator guest)
{
    Guest &client = guest->second;
    if (client.phase == Phase::Body)
        refuse(guest, incompleteBody());
    else if (client.phase == Phase::Head && !client.bytes.isEmpty())
        refuse(guest, parseRequestHead(client.bytes, m_limits).error());
    else
        dismiss(guest);
}

void WaitingRoom::Private::expire()
{
    const auto now = SteadyClock::now();
    while (!m_deadlines.empty() && m_deadlines.begin()->first <= now) {
        const auto guest = m_guests.find(m_deadlines.begin()->second);
        if (guest->second.phase == Phase::Body)
            refuse(guest, incompleteBody());
        else if (guest->second.phase == Phase::Head && !guest->second.bytes.isEmpty())
            refuse(guest, slowHead());
        else
            dismiss(guest);
    }
}

void WaitingRoom::Private::setDeadline(Guests::iterator guest, milliseconds fromNow)
{
    m_deadlines.erase({guest->second.deadline, guest->first});
    guest->second.deadline = SteadyClock::now() + fromNow;
    m_deadlines.emplace(guest->second.deadline, guest->first);
}

// Answers, and reads what still comes for a moment.
void WaitingRoom::Private::refuse(Guests::iterator guest, const Refusal &refusal)
{
    Guest &client = guest->second;
    const QByteArray text = toHttp(toReply(refusal));
    if (client.socket->sendSome(text) != text.size()) {
        dismiss(guest);
        return;
    }
    ::shutdown(client.socket->fd(), SHUT_WR);
    client.phase = Phase::Draining;
    client.bytes.clear();
    client.socket->keep(0);
    setDeadline(guest, drainTime);
}

void WaitingRoom::Private::dismiss(Guests::iterator guest)
{
    m_deadlines.erase({guest->second.deadline, guest->first});
    m_guests.erase(guest);
}

bool WaitingRoom::Private::hasRoom() const
{
    return m_load->connections < m_mostConnections
        || (!m_guests.empty()
            && SteadyClock::now() - m_guests.begin()->second.since >= m_limits.patience);
}

// Whoever has waited longest makes room: clients that mean it send their request at once. False:
// nobody waits.
bool WaitingRoom::Private::dismissOldest()
{
    const auto oldest = m_guests.begin();
    if (oldest == m_guests.end())
        return false;
    if (oldest->second.phase != Phase::Draining && !oldest->second.bytes.isEmpty())
        static_cast<void>(oldest->second.socket->sendSome(toHttp(toReply(tooBusy()))));
    dismiss(oldest);
    return true;
}

WaitingRoom::WaitingRoom(const HttpLimits &limits, Ready ready)
    : d(std::make_unique<Private>(limits, std::move(ready)))
{
}

WaitingRoom::~WaitingRoom()
{
    close();
}

std::optional<quint16> WaitingRoom::open(quint16 port)
{
    return d->open(port);
}

void WaitingRoom::close()
{
    d->close();
}

} // namespace batchyard::executor::api
