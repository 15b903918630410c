#include "backend/net/transfer.h"

#include <QStringBuilder>

#include <algorithm>

#include <fcntl.h>

namespace batchyard::net {

namespace {

constexpr qsizetype headerLimit = 256 * 1024;
constexpr long bufferBytes = 64 * 1024;
constexpr long connectTimeoutMs = 10'000;

struct UrlDeleter {
    void operator()(CURLU *url) const { curl_url_cleanup(url); }
};

// Loopback must never go through a proxy, whatever the environment says.
bool isLoopback(const QByteArray &url)
{
    const std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
    char *host = nullptr;
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.constData(), 0) != CURLUE_OK
        || curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return false;
    const QByteArray name(host);
    curl_free(host);
    return name == "localhost" || name == "[::1]" || name.startsWith("127.");
}

// Programs that we start must not inherit our connections.
int setCloseOnExec(void *, curl_socket_t socket, curlsocktype)
{
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    return CURL_SOCKOPT_OK;
}

QString seconds(std::chrono::milliseconds time)
{
    return QString::number(std::chrono::duration<double>(time).count());
}

bool hasHeader(const Headers &headers, QByteArrayView name)
{
    return std::ranges::any_of(headers, [name](const auto &header) {
        return header.first.compare(name, Qt::CaseInsensitive) == 0;
    });
}

ErrorCode codeOf(CURLcode code, QByteArrayView text)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return ErrorCode::Timeout;
    case CURLE_UNSUPPORTED_PROTOCOL: // no status line: HTTP/0.9 is off
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_OUT_OF_MEMORY: // what curl says of a header line of more than 100 KB
        return ErrorCode::Protocol;
    case CURLE_RECV_ERROR: // also what curl says of a malformed chunk
        return text.contains("chunk") ? ErrorCode::Protocol : ErrorCode::Unreachable;
    case CURLE_URL_MALFORMAT:
        return ErrorCode::InvalidInput;
    default:
        return ErrorCode::Unreachable;
    }
}

} // namespace

Transfer::Transfer(HttpRequest request, Exchange exchange, std::shared_ptr<StreamState> stream)
    : m_request(std::move(request))
    , m_exchange(std::move(exchange))
    , m_stream(std::move(stream))
    , m_easy(curl_easy_init())
{
    prepare();
}

Transfer::~Transfer()
{
    curl_easy_cleanup(m_easy);
    curl_slist_free_all(m_headers);
}

void Transfer::prepare()
{
    curl_easy_setopt(m_easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(m_easy, CURLOPT_URL, m_request.url.constData());
    curl_easy_setopt(m_easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(m_easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    curl_easy_setopt(m_easy, CURLOPT_USERAGENT, "batchyard/" BATCHYARD_VERSION);
    curl_easy_setopt(m_easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(m_easy, CURLOPT_BUFFERSIZE, bufferBytes);
    curl_easy_setopt(m_easy, CURLOPT_CONNECTTIMEOUT_MS, connectTimeoutMs);
    curl_easy_setopt(m_easy, CURLOPT_TIMEOUT_MS, static_cast<long>(m_request.timeout.count()));
    curl_easy_setopt(m_easy, CURLOPT_ERRORBUFFER, m_errorText.data());
    curl_easy_setopt(m_easy, CURLOPT_SOCKOPTFUNCTION, &setCloseOnExec);
    curl_easy_setopt(m_easy, CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
    curl_easy_setopt(m_easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(m_easy, CURLOPT_WRITEFUNCTION, &Transfer::onBody);
    curl_easy_setopt(m_easy, CURLOPT_WRITEDATA, this);
    if (!m_request.unixSocket.isEmpty())
        curl_easy_setopt(m_easy, CURLOPT_UNIX_SOCKET_PATH,
                         m_request.unixSocket.toLocal8Bit().constData());
    if (!m_request.unixSocket.isEmpty() || isLoopback(m_request.url))
        curl_easy_setopt(m_easy, CURLOPT_NOPROXY, "*");
    if (m_request.onlyOnce)
        curl_easy_setopt(m_easy, CURLOPT_FRESH_CONNECT, 1L);
    prepareBody();

    // Without this curl waits up to a second for "100 Continue" before it sends a larger body.
    m_headers = curl_slist_append(m_headers, "Expect:");
    for (const auto &[name, value] : std::as_const(m_request.headers)) {
        // A name with a semicolon is how curl is told to send an empty value.
        const QByteArray line
            = value.isEmpty() ? QByteArray(name + ';') : QByteArray(name + ": " + value);
        m_headers = curl_slist_append(m_headers, line.constData());
    }
    curl_easy_setopt(m_easy, CURLOPT_HTTPHEADER, m_headers);
}

void Transfer::prepareBody()
{
    if (m_request.method == "HEAD") {
        curl_easy_setopt(m_easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (m_request.method == "POST" || m_request.method == "PUT" || !m_request.body.isEmpty()) {
        // curl does not copy the body: m_request keeps it.
        curl_easy_setopt(m_easy, CURLOPT_POSTFIELDS, m_request.body.constData());
        curl_easy_setopt(m_easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{m_request.body.size()});
        if (!hasHeader(m_request.headers, "content-type"))
            m_headers = curl_slist_append(m_headers, "Content-Type:");
    }
    curl_easy_setopt(m_easy, CURLOPT_CUSTOMREQUEST, m_request.method.constData());
}

size_t Transfer::onHeader(char *bytes, size_t size, size_t count, void *self)
{
    const QByteArrayView line(bytes, static_cast<qsizetype>(size * count));
    return static_cast<Transfer *>(self)->takeHeader(line) ? size * count : 0;
}

size_t Transfer::onBody(char *bytes, size_t size, size_t count, void *self)
{
    return static_cast<Transfer *>(self)->takeBody(bytes, size * count) ? size * count : 0;
}

bool Transfer::takeHeader(QByteArrayView line)
{
    if (m_headersDone)
        return true; // trailers
    m_headerBytes += line.size();
    if (m_headerBytes > headerLimit) {
        m_failure = Error{ErrorCode::Protocol,
                          QStringLiteral("The reply of %1 has more than %2 bytes of headers.")
                              .arg(target(), QString::number(headerLimit)),
                          {}};
        return false;
    }
    if (line.startsWith("HTTP/")) {
        m_reply.headers.clear(); // those before were of a 1xx reply
        return true;
    }
    const QByteArrayView text = line.trimmed();
    if (!text.isEmpty()) {
        const qsizetype colon = text.indexOf(':');
        if (colon > 0)
            m_reply.headers.append({text.first(colon).toByteArray().toLower(),
                                    text.sliced(colon + 1).trimmed().toByteArray()});
        return true;
    }
    long status = 0;
    curl_easy_getinfo(m_easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 && status != 101)
        return true;
    m_reply.status = static_cast<int>(status);
    m_headersDone = true;
    if (m_exchange.started)
        m_exchange.started(m_reply.status);
    return true;
}

bool Transfer::takeBody(const char *bytes, size_t size)
{
    if (m_stream && m_stream->dropped)
        return false;
    const auto count = static_cast<qsizetype>(size);
    if (m_exchange.received && isSuccess()) {
        m_exchange.received(QByteArray(bytes, count));
        return true;
    }
    if (m_reply.body.size() + count > m_request.maximumReplyBytes) {
        m_failure = Error{ErrorCode::Protocol,
                          QStringLiteral("The reply of %1 is larger than %2 bytes.")
                              .arg(target(), QString::number(m_request.maximumReplyBytes)),
                          {}};
        return false;
    }
    m_reply.body.append(bytes, count);
    return true;
}

bool Transfer::isOver()
{
    if (!m_headersDone && m_request.headersTimeout.count() > 0
        && Clock::now() - m_begun > m_request.headersTimeout) {
        m_failure = Error{ErrorCode::Timeout,
                          QStringLiteral("%1 did not answer within %2 seconds.")
                              .arg(target(), seconds(m_request.headersTimeout)),
                          {}};
        return true;
    }
    return (m_stream && m_stream->dropped) || (m_exchange.isGivenUp && m_exchange.isGivenUp());
}

bool Transfer::wantsTicks() const
{
    return m_exchange.isGivenUp || (!m_headersDone && m_request.headersTimeout.count() > 0);
}

void Transfer::cancel()
{
    const Error error{ErrorCode::Cancelled, QStringLiteral("The request was given up."), {}};
    m_exchange.done(tl::unexpected(m_failure.value_or(error)));
}

void Transfer::finish(CURLcode code)
{
    if (m_failure)
        m_exchange.done(tl::unexpected(*m_failure));
    else if (code != CURLE_OK)
        m_exchange.done(tl::unexpected(errorOf(code)));
    else
        m_exchange.done(std::move(m_reply));
}

QString Transfer::target() const
{
    return m_request.unixSocket.isEmpty() ? QString::fromUtf8(m_request.url).section(u'?', 0, 0)
                                          : m_request.unixSocket;
}

Error Transfer::errorOf(CURLcode code) const
{
    const QByteArrayView text(m_errorText.data());
    const QString detail
        = text.isEmpty() ? QString::fromUtf8(curl_easy_strerror(code)) : QString::fromUtf8(text);
    const ErrorCode kind = codeOf(code, text);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return {kind,
                QStringLiteral("%1 did not answer within %2 seconds.")
                    .arg(target(), seconds(m_request.timeout)),
                detail};
    case CURLE_COULDNT_CONNECT:
        return {kind, QStringLiteral("Nobody answers at %1.").arg(target()), detail};
    case CURLE_COULDNT_RESOLVE_HOST:
        return {kind, QStringLiteral("The host of %1 is not known.").arg(target()), detail};
    case CURLE_PEER_FAILED_VERIFICATION:
        return {kind, QStringLiteral("The certificate of %1 could not be verified.").arg(target()),
                detail};
    default:
        break;
    }
    if (kind == ErrorCode::Protocol)
        return {kind, QStringLiteral("The reply of %1 is not valid HTTP.").arg(target()), detail};
    return {kind, QStringLiteral("The connection to %1 broke.").arg(target()), detail};
}

} // namespace batchyard::net
