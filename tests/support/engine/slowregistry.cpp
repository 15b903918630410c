#include "tests/support/engine/slowregistry.h"

#include <QCryptographicHash>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <vector>

namespace batchyard::test {

namespace {

using namespace std::chrono_literals;

constexpr auto manifestType = "application/vnd.docker.distribution.manifest.v2+json";

QByteArray digestOf(const QByteArray &bytes)
{
    return "sha256:" + QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

bool sendAll(int socket, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t count
            = ::send(socket, bytes.data(), static_cast<size_t>(bytes.size()), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes = bytes.sliced(count);
    }
    return true;
}

bool hasSomething(int socket)
{
    pollfd entry{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 20) > 0;
}

QByteArray replyHead(const QByteArray &status, const QByteArray &type, qsizetype size,
                     const QByteArray &digest)
{
    return "HTTP/1.1 " + status
        + "\r\nDocker-Distribution-Api-Version: registry/2.0\r\nConnection: close\r\nContent-Type: "
        + type + "\r\nContent-Length: " + QByteArray::number(size)
        + "\r\nDocker-Content-Digest: " + digest + "\r\n\r\n";
}

} // namespace

SlowRegistry::SlowRegistry(QByteArray layerTar)
    : m_layer(std::move(layerTar))
    , m_layerDigest(digestOf(m_layer))
{
    m_config = R"({"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers",)"
               R"("diff_ids":[")"
        + m_layerDigest + R"("]},"history":[{"created_by":"test"}]})";
    m_manifest = R"({"schemaVersion":2,"mediaType":")" + QByteArray(manifestType)
        + R"(","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":)"
        + QByteArray::number(m_config.size()) + R"(,"digest":")" + digestOf(m_config)
        + R"("},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":)"
        + QByteArray::number(m_layer.size()) + R"(,"digest":")" + m_layerDigest + R"("}]})";
}

SlowRegistry::~SlowRegistry()
{
    m_ending = true;
    if (m_thread.joinable())
        m_thread.join();
}

QString SlowRegistry::image() const
{
    return QStringLiteral("127.0.0.1:%1/slow:1").arg(m_port);
}

// A thread may be in a network of its own.
Result<void> SlowRegistry::start(qint64 pid)
{
    std::promise<int> listening;
    m_thread = std::thread([this, pid, &listening] {
        const int listener = listenIn(pid);
        listening.set_value(listener);
        if (listener >= 0)
            accept(listener);
    });
    if (listening.get_future().get() < 0)
        return failure(ErrorCode::Io, QStringLiteral("The registry cannot listen."));
    return {};
}

int SlowRegistry::listenIn(qint64 pid)
{
    const int network
        = ::open(qPrintable(QStringLiteral("/proc/%1/ns/net").arg(pid)), O_RDONLY | O_CLOEXEC);
    const bool entered = network >= 0 && ::setns(network, CLONE_NEWNET) == 0;
    if (network >= 0)
        ::close(network);
    if (!entered)
        return -1;
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    socklen_t size = sizeof address;
    if (listener < 0 || ::bind(listener, generic, size) != 0 || ::listen(listener, 16) != 0
        || ::getsockname(listener, generic, &size) != 0)
        return -1;
    m_port = ntohs(address.sin_port);
    return listener;
}

void SlowRegistry::accept(int listener)
{
    std::vector<std::thread> clients;
    while (!m_ending) {
        if (!hasSomething(listener))
            continue;
        if (const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); client >= 0)
            clients.emplace_back([this, client] {
                serve(client);
                ::close(client);
            });
    }
    for (std::thread &client : clients)
        client.join();
    ::close(listener);
}

// One request. The engine first tries TLS, which is none.
void SlowRegistry::serve(int client)
{
    QByteArray head;
    while (!head.contains("\r\n\r\n")) {
        char buffer[4096];
        if (m_ending)
            return;
        if (!hasSomething(client))
            continue;
        const ssize_t count = ::recv(client, buffer, sizeof buffer, 0);
        if (count <= 0 || (head.isEmpty() && buffer[0] != 'G' && buffer[0] != 'H'))
            return;
        head.append(buffer, count);
    }
    const QByteArrayList words = head.left(head.indexOf('\r')).split(' ');
    const QByteArray path = words.value(1);
    if (path == "/v2/slow/blobs/" + m_layerDigest) {
        sendLayer(client);
        return;
    }
    const QByteArray document = documentAt(path);
    const QByteArray type = path.contains("/manifests/") ? manifestType : "application/json";
    const QByteArray status = document.isEmpty() ? "404 Not Found" : "200 OK";
    if (sendAll(client, replyHead(status, type, document.size(), digestOf(document)))
        && words.first() == "GET")
        static_cast<void>(sendAll(client, document));
}

QByteArray SlowRegistry::documentAt(const QByteArray &path) const
{
    if (path == "/v2/")
        return "{}";
    if (path == "/v2/slow/manifests/1" || path == "/v2/slow/manifests/" + digestOf(m_manifest))
        return m_manifest;
    if (path == "/v2/slow/blobs/" + digestOf(m_config))
        return m_config;
    return {};
}

void SlowRegistry::sendLayer(int client)
{
    ++m_layerRequests;
    const QByteArrayView layer(m_layer);
    const qsizetype half = layer.size() / 2;
    if (!sendAll(client,
                 replyHead("200 OK", "application/octet-stream", layer.size(), m_layerDigest))
        || !sendAll(client, layer.first(half)))
        return;
    while (!m_letGo && !m_ending)
        std::this_thread::sleep_for(5ms);
    static_cast<void>(sendAll(client, layer.sliced(half)));
}

} // namespace batchyard::test
