#include "backend/executor/api/httpmessage.h"

#include <QUuid>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

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

// RFC 9110 token characters.
bool isToken(QByteArrayView text)
{
    constexpr QByteArrayView others = "!#$%&'*+-.^_`|~";
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || others.contains(c);
    });
}

bool isVisible(QByteArrayView text, bool withBlanks)
{
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c > ' ' && c != '\x7f') || c < 0 || (withBlanks && (c == ' ' || c == '\t'));
    });
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

tl::expected<RequestHead, Refusal> parseRequestLine(const QByteArray &line,
                                                    const HttpLimits &limits)
{
    const QByteArrayList parts = line.split(' ');
    if (parts.size() != 3 || !isToken(parts[0]))
        return badRequest(u"This is not an HTTP/1.1 request."_s);
    if (parts[1].size() > limits.target)
        return refuse(414, "URITooLongException",
                      u"The request target has %1 bytes; at most %2 are allowed."_s.arg(
                          QString::number(parts[1].size()), QString::number(limits.target)));
    if (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0")
        return badRequest(u"Only HTTP/1.1 and HTTP/1.0 are spoken here."_s);

    RequestHead head;
    head.method = parts[0];
    const qsizetype mark = parts[1].indexOf('?');
    head.path = mark < 0 ? parts[1] : parts[1].left(mark);
    head.query = mark < 0 ? QByteArray() : parts[1].mid(mark + 1);
    if (!head.path.startsWith('/') || !isVisible(parts[1], false))
        return badRequest(u"The request target must be a path that begins with a slash."_s);
    if (!hasValidEscapes(head.path) || !hasValidEscapes(head.query) || hasDotSegments(head.path))
        return badRequest(u"The request target has an invalid percent code, a NUL or a dot "
                          "segment."_s);
    return head;
}

// Digits only, once, and not beside a transfer coding: what RFC 9112 6.3 has a server refuse.
tl::expected<qint64, Refusal> contentLength(const RequestHead &head)
{
    const qsizetype count = head.count("content-length");
    if (count == 0)
        return 0;
    const QByteArray text = head.header("content-length");
    const bool digits = !text.isEmpty() && text.size() <= 18
        && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (count > 1 || !digits)
        return badRequest(u"Content-Length must be one number of digits."_s);
    return text.toLongLong();
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

QByteArray reasonPhrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 408:
        return "Request Timeout";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return status < 400 ? "Done" : "Refused"; // for people; clients go by the number
    }
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

QByteArray toHttp(const Reply &reply)
{
    QByteArray text = "HTTP/1.1 " + QByteArray::number(reply.status) + ' '
        + reasonPhrase(reply.status) + "\r\nConnection: close\r\nContent-Type: " + reply.contentType
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

tl::expected<RequestHead, Refusal> parseRequestHead(const QByteArray &head,
                                                    const HttpLimits &limits)
{
    QList<QByteArray> lines = head.split('\n');
    if (lines.size() < 3 || !head.endsWith("\r\n\r\n"))
        return badRequest(u"This is not an HTTP/1.1 request."_s);
    lines.resize(lines.size() - 2); // the empty line and what split() sees behind it
    for (QByteArray &line : lines) {
        if (!line.endsWith('\r') || line.indexOf('\r') != line.size() - 1)
            return badRequest(u"Lines of the request must end in CR LF."_s);
        line.chop(1);
    }
    auto result = parseRequestLine(lines.takeFirst(), limits);
    if (!result)
        return result;
    if (lines.size() > limits.headerCount)
        return refuse(431, "RequestHeaderFieldsTooLargeException",
                      u"The request has %1 headers; at most %2 are allowed."_s.arg(
                          QString::number(lines.size()), QString::number(limits.headerCount)));
    for (const QByteArray &line : std::as_const(lines)) {
        if (line.size() > limits.headerLine)
            return refuse(431, "RequestHeaderFieldsTooLargeException",
                          u"A header has %1 bytes; at most %2 are allowed."_s.arg(
                              QString::number(line.size()), QString::number(limits.headerLine)));
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(std::max<qsizetype>(colon, 0));
        if (!isToken(name) || !isVisible(line, true))
            return badRequest(u"A header of the request is not valid."_s);
        result->headers.emplaceBack(name, line.mid(colon + 1).trimmed());
    }
    const auto length = contentLength(*result);
    if (!length)
        return tl::unexpected(length.error());
    result->contentLength = *length;
    return result;
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
