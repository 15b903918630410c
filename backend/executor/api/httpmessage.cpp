#include "backend/executor/api/httpmessage.h"

#include <QUuid>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

namespace http = boost::beast::http;

tl::unexpected<Refusal> refuse(int status, QByteArray type, QString message, Headers headers = {})
{
    return tl::unexpected(Refusal{status, std::move(type), std::move(message), std::move(headers)});
}

tl::unexpected<Refusal> badRequest(QString message)
{
    return refuse(400, "BadRequestException", std::move(message));
}

tl::unexpected<Refusal> forbidden(QString message)
{
    return refuse(403, "AccessDeniedException", std::move(message));
}

bool hasValidEscapes(QByteArrayView path)
{
    const auto isHex = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    for (qsizetype i = 0; i < path.size(); ++i) {
        if (path[i] != '%')
            continue;
        if (i + 2 >= path.size() || !isHex(path[i + 1]) || !isHex(path[i + 2]))
            return false;
        if (path[i + 1] == '0' && path[i + 2] == '0')
            return false;
    }
    return true;
}

bool hasDotSegments(const QByteArray &path)
{
    const QList<QByteArray> segments = QByteArray::fromPercentEncoding(path).split('/');
    return segments.contains(".") || segments.contains("..");
}

QByteArray toBytes(boost::beast::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

tl::unexpected<Refusal> tooLargeTarget(const HttpLimits &limits)
{
    return refuse(414, "URITooLongException",
                  u"The request target is longer than %1 bytes."_s.arg(limits.target));
}

tl::unexpected<Refusal> tooLargeHeaders(const QString &what, qsizetype most)
{
    return refuse(431, "RequestHeaderFieldsTooLargeException",
                  u"%1; at most %2 are allowed."_s.arg(what, QString::number(most)));
}

tl::expected<void, Refusal> checkTarget(const RequestHead &head)
{
    if (!head.path.startsWith('/'))
        return badRequest(u"The request target must be a path that begins with a slash."_s);
    if (!hasValidEscapes(head.path) || !hasValidEscapes(head.query) || hasDotSegments(head.path))
        return badRequest(u"The request target has an invalid percent code, a NUL or a dot "
                          "segment."_s);
    return {};
}

QString sizeText(qint64 bytes)
{
    return bytes % 1024 == 0 ? u"%1 KiB"_s.arg(bytes / 1024) : u"%1 bytes"_s.arg(bytes);
}

tl::expected<void, Refusal> checkBodyHeaders(const RequestHead &head, const HttpLimits &limits)
{
    if (head.count("transfer-encoding") > 0) {
        if (head.count("content-length") > 0)
            return badRequest(u"Content-Length and Transfer-Encoding exclude each other."_s);
        return refuse(411, "MissingContentLengthException",
                      u"Transfer-Encoding is not accepted; send a Content-Length."_s);
    }
    if (head.contentLength > limits.body)
        return refuse(413, "RequestEntityTooLargeException",
                      u"The body has %1; at most %2 are allowed."_s.arg(
                          sizeText(head.contentLength), sizeText(limits.body)));
    const QByteArray coding = head.header("content-encoding").toLower();
    if (!coding.isEmpty() && coding != "identity")
        return refuse(415, "UnsupportedMediaTypeException",
                      u"Content-Encoding is not accepted; send the body as it is."_s);
    if (head.contentLength == 0)
        return {};
    const QByteArray type = head.header("content-type").split(';').first().trimmed().toLower();
    if (head.count("content-type") != 1
        || (type != "application/json" && type != "application/x-amz-json-1.1"))
        return refuse(415, "UnsupportedMediaTypeException",
                      u"Content-Type must be application/json or application/x-amz-json-1.1."_s);
    return {};
}

} // namespace

QByteArray RequestHead::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

qsizetype RequestHead::count(QByteArrayView name) const
{
    return std::count_if(headers.cbegin(), headers.cend(), [&](const auto &header) {
        return header.first.compare(name, Qt::CaseInsensitive) == 0;
    });
}

Reply toReply(const Refusal &refusal, QByteArray contentType)
{
    const nlohmann::ordered_json body{{"__type", refusal.type.toStdString()},
                                      {"message", refusal.message.toStdString()}};
    Reply reply{.status = refusal.status,
                .contentType = std::move(contentType),
                .headers = refusal.headers,
                .body = QByteArray::fromStdString(
                    body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))};
    reply.headers.emplaceBack("x-amzn-ErrorType", refusal.type);
    return reply;
}

QByteArray toHttp(const Reply &reply, std::chrono::seconds keptFor)
{
    QByteArray text = "HTTP/1.1 " + QByteArray::number(reply.status) + ' '
        + toBytes(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(reply.status))))
        + "\r\nConnection: "
        + (keptFor.count() > 0
               ? "keep-alive\r\nKeep-Alive: timeout=" + QByteArray::number(keptFor.count())
               : QByteArray("close"))
        + "\r\nContent-Type: " + reply.contentType
        + (reply.rest ? QByteArray()
                      : "\r\nContent-Length: " + QByteArray::number(reply.body.size()))
        + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    const QByteArray idHeader = "x-amzn-RequestId";
    bool hasId = false;
    for (const auto &[name, value] : reply.headers) {
        hasId = hasId || name == idHeader;
        // Nothing that a header is made of may begin another one.
        text += name + ": " + QByteArray(value).replace('\r', ' ').replace('\n', ' ') + "\r\n";
    }
    if (!hasId)
        text += idHeader + ": " + QUuid::createUuid().toByteArray(QUuid::WithoutBraces) + "\r\n";
    return text + "\r\n" + reply.body;
}

// What Boost.Beast lets pass and is refused all the same: folded headers, a length that is given
// twice, and targets that are no plain path.
tl::expected<RequestHead, Refusal> parseRequestHead(const QByteArray &text,
                                                    const HttpLimits &limits)
{
    if (text.size() > limits.head)
        return text.left(limits.target + 16).contains("\r\n")
            ? tooLargeHeaders(u"The headers are too long"_s, limits.head)
            : tooLargeTarget(limits);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.head));
    parser.body_limit(std::numeric_limits<std::uint64_t>::max()); // see checkRequestHead()
    boost::system::error_code error;
    parser.put(boost::asio::buffer(text.constData(), static_cast<size_t>(text.size())), error);
    if (error || !parser.is_header_done())
        return badRequest(
            u"This is not an HTTP/1.1 request: %1."_s.arg(QString::fromStdString(error.message())));
    if (text.contains("\r\n ") || text.contains("\r\n\t"))
        return badRequest(u"A header of the request is folded."_s);

    RequestHead head;
    head.method = toBytes(parser.get().method_string());
    const QByteArray target = toBytes(parser.get().target());
    if (target.size() > limits.target)
        return tooLargeTarget(limits);
    const qsizetype mark = target.indexOf('?');
    head.path = mark < 0 ? target : target.left(mark);
    head.query = mark < 0 ? QByteArray() : target.mid(mark + 1);
    if (const auto ok = checkTarget(head); !ok)
        return tl::unexpected(ok.error());
    for (const auto &field : parser.get()) {
        if (field.name_string().size() + field.value().size()
            > static_cast<size_t>(limits.headerLine))
            return tooLargeHeaders(u"A header is too long"_s, limits.headerLine);
        head.headers.emplaceBack(toBytes(field.name_string()), toBytes(field.value()));
    }
    if (head.headers.size() > limits.headerCount)
        return tooLargeHeaders(u"There are too many headers"_s, limits.headerCount);
    const auto length = parser.content_length();
    if (head.count("content-length") > 1 || head.header("content-length").contains(','))
        return badRequest(u"Content-Length must be one number of digits."_s);
    head.contentLength = static_cast<qint64>(
        std::min<std::uint64_t>(length.value_or(0), std::numeric_limits<qint64>::max()));
    head.keepsAlive = parser.get().version() == 11 && parser.keep_alive();
    return head;
}

tl::expected<void, Refusal> checkRequestHead(const RequestHead &head, quint16 port,
                                             const HttpLimits &limits)
{
    if (head.count("host") != 1)
        return badRequest(u"The request must have exactly one Host header."_s);
    const QByteArray host = head.header("host").toLower();
    const QByteArray suffix = ':' + QByteArray::number(port);
    if (host != "127.0.0.1" + suffix && host != "localhost" + suffix && host != "[::1]" + suffix)
        return forbidden(u"The Host header names another host than this executor."_s);
    const QByteArray site = head.header("sec-fetch-site");
    if (head.count("origin") > 0 || head.count("referer") > 0
        || (!site.isEmpty() && site != "none"))
        return forbidden(u"Requests from web pages are refused."_s);
    if (head.method == "OPTIONS")
        return forbidden(u"Requests from web pages are refused: there is no CORS here."_s);
    if (head.method != "GET" && head.method != "POST" && head.method != "DELETE")
        return refuse(405, "MethodNotAllowedException",
                      u"Only GET, POST and DELETE are used here."_s,
                      {{"Allow", "GET, POST, DELETE"}});
    return checkBodyHeaders(head, limits);
}

} // namespace batchyard::executor::api
