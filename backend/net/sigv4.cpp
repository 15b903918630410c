#include "backend/net/sigv4.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QMessageAuthenticationCode>

#include <algorithm>
#include <array>

namespace batchyard::net {

namespace {

using namespace Qt::Literals;

constexpr QByteArrayView algorithm = "AWS4-HMAC-SHA256";
constexpr QByteArrayView terminator = "aws4_request";

using Pairs = QList<std::pair<QByteArray, QByteArray>>;

QByteArray sha256Hex(const QByteArray &data)
{
    return QCryptographicHash::hash(data, QCryptographicHash::Sha256).toHex();
}

QByteArray hmac(const QByteArray &key, const QByteArray &message)
{
    return QMessageAuthenticationCode::hash(message, key, QCryptographicHash::Sha256);
}

// RFC 3986 unreserved characters stay, every other byte becomes %XX.
QByteArray percentEncoded(QByteArrayView text, bool keepSlash = false)
{
    constexpr QByteArrayView digits = "0123456789ABCDEF";
    QByteArray result;
    result.reserve(text.size());
    for (const char c : text) {
        const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
            || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (unreserved || (keepSlash && c == '/')) {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += '%';
        result += digits[byte >> 4];
        result += digits[byte & 0x0f];
    }
    return result;
}

// Dot segments resolved and double slashes folded, then encoded once more: the path on the wire is
// encoded already, and services other than S3 sign it encoded twice.
QByteArray canonicalPath(const QByteArray &path)
{
    QList<QByteArray> segments;
    for (const QByteArray &segment : path.split('/')) {
        if (segment.isEmpty() || segment == ".")
            continue;
        if (segment != "..")
            segments += segment;
        else if (!segments.isEmpty())
            segments.removeLast();
    }
    QByteArray normal = "/" + segments.join('/');
    if (!segments.isEmpty() && path.endsWith('/'))
        normal += '/';
    return percentEncoded(normal, true);
}

QByteArray canonicalQuery(const QByteArray &query)
{
    Pairs pairs;
    for (const QByteArray &part : query.split('&')) {
        if (part.isEmpty())
            continue;
        const qsizetype equals = part.indexOf('=');
        const QByteArray name = equals < 0 ? part : part.left(equals);
        const QByteArray value = equals < 0 ? QByteArray() : part.mid(equals + 1);
        pairs.emplaceBack(percentEncoded(QByteArray::fromPercentEncoding(name)),
                          percentEncoded(QByteArray::fromPercentEncoding(value)));
    }
    std::sort(pairs.begin(), pairs.end());
    QByteArrayList parts;
    for (const auto &[name, value] : std::as_const(pairs))
        parts += name + '=' + value;
    return parts.join('&');
}

// All values of a header, in the order received, each with its spaces folded (simplified() folds
// tabs and newlines as well, as AWS's multi-line vector wants).
std::optional<QByteArray> headerValue(const Pairs &headers, const QByteArray &lowerName)
{
    std::optional<QByteArray> value;
    for (const auto &[name, text] : headers) {
        if (name.trimmed().toLower() != lowerName)
            continue;
        value = value ? *value + ',' + text.simplified() : text.simplified();
    }
    return value;
}

qsizetype headerCount(const Pairs &headers, const QByteArray &lowerName)
{
    return std::count_if(headers.cbegin(), headers.cend(), [&](const auto &header) {
        return header.first.trimmed().toLower() == lowerName;
    });
}

QByteArray payloadHash(const SignedRequest &request)
{
    return headerValue(request.headers, "x-amz-content-sha256").value_or(sha256Hex(request.body));
}

// signedNames: lower case, sorted, all present in the request.
QByteArray canonicalRequest(const SignedRequest &request, const QByteArrayList &signedNames)
{
    QByteArray text = request.method + '\n' + canonicalPath(request.path) + '\n'
        + canonicalQuery(request.query) + '\n';
    for (const QByteArray &name : signedNames)
        text += name + ':' + headerValue(request.headers, name).value_or(QByteArray()) + '\n';
    return text + '\n' + signedNames.join(';') + '\n' + payloadHash(request);
}

struct Scope {
    QByteArray date; // 20150830
    QByteArray region;
    QByteArray service;

    [[nodiscard]] QByteArray text() const
    {
        return date + '/' + region + '/' + service + '/' + terminator.toByteArray();
    }
};

QByteArray signature(const SignedRequest &request, const QByteArrayList &signedNames,
                     const QByteArray &secret, const QByteArray &time, const Scope &scope)
{
    const QByteArray stringToSign = algorithm.toByteArray() + '\n' + time + '\n' + scope.text()
        + '\n' + sha256Hex(canonicalRequest(request, signedNames));
    const QByteArray dateKey = hmac("AWS4" + secret, scope.date);
    const QByteArray serviceKey = hmac(hmac(dateKey, scope.region), scope.service);
    return hmac(hmac(serviceKey, terminator.toByteArray()), stringToSign).toHex();
}

// Takes the same time whatever the position of the first difference.
bool equalInConstantTime(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size())
        return false;
    int difference = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

constexpr QStringView timeFormat = u"yyyyMMdd'T'HHmmss'Z'";

QByteArray timeText(SystemTime time)
{
    return QDateTime::fromSecsSinceEpoch(time.time_since_epoch().count(), Qt::UTC)
        .toString(timeFormat)
        .toLatin1();
}

std::optional<SystemTime> parseTime(const QByteArray &text)
{
    QDateTime time = QDateTime::fromString(QString::fromLatin1(text), timeFormat.toString());
    if (!time.isValid())
        return std::nullopt;
    time.setTimeSpec(Qt::UTC);
    return SystemTime(std::chrono::seconds(time.toSecsSinceEpoch()));
}

tl::unexpected<Error> incomplete(const QString &message)
{
    return failure(ErrorCode::AccessDenied, message, u"IncompleteSignatureException"_s);
}

tl::unexpected<Error> invalid(const QString &message)
{
    return failure(ErrorCode::AccessDenied, message, u"InvalidSignatureException"_s);
}

struct Authorization {
    QString accessKeyId;
    Scope scope;
    QByteArrayList signedNames;
    QByteArray signature;
};

Result<Authorization> parseAuthorization(const QByteArray &header)
{
    if (!header.startsWith("AWS4-HMAC-SHA256 "))
        return incomplete(u"The Authorization header must begin with AWS4-HMAC-SHA256: only "
                          "Signature Version 4 is accepted."_s);
    QByteArray credential;
    Authorization result;
    for (const QByteArray &part : header.mid(algorithm.size() + 1).split(',')) {
        const QByteArray item = part.trimmed();
        const qsizetype equals = item.indexOf('=');
        const QByteArray name = item.left(std::max<qsizetype>(equals, 0));
        const QByteArray value = item.mid(equals + 1);
        if (name == "Credential")
            credential = value;
        else if (name == "SignedHeaders")
            result.signedNames = value.split(';');
        else if (name == "Signature")
            result.signature = value;
    }
    for (const auto &[name, missing] : {std::pair{u"Credential"_s, credential.isEmpty()},
                                        std::pair{u"SignedHeaders"_s, result.signedNames.isEmpty()},
                                        std::pair{u"Signature"_s, result.signature.isEmpty()}}) {
        if (missing)
            return incomplete(u"Authorization header requires '%1' parameter."_s.arg(name));
    }
    const QByteArrayList pieces = credential.split('/');
    if (pieces.size() != 5 || pieces.contains(QByteArray()) || pieces[4] != terminator)
        return incomplete(u"Credential must have exactly 5 slash-delimited elements, "
                          "keyid/date/region/service/aws4_request."_s);
    result.accessKeyId = QString::fromLatin1(pieces[0]);
    result.scope = {.date = pieces[1], .region = pieces[2], .service = pieces[3]};
    return result;
}

Result<void> checkSignedHeaders(const SignedRequest &request, const QByteArrayList &names)
{
    if (!std::is_sorted(names.cbegin(), names.cend()))
        return incomplete(u"SignedHeaders must be in alphabetical order."_s);
    for (const QByteArray &name : names) {
        if (headerCount(request.headers, name) == 0)
            return invalid(u"The signed header '%1' is not in the request."_s.arg(
                QString::fromLatin1(name.left(80))));
    }
    for (const QByteArray &required : {"host"_ba, "x-amz-date"_ba}) {
        if (!names.contains(required))
            return invalid(u"'%1' must be a 'SignedHeader' in the AWS Authorization."_s.arg(
                QString::fromLatin1(required)));
    }
    return {};
}

Result<void> checkTime(const QByteArray &text, const Scope &scope, SystemTime now,
                       std::chrono::seconds maximumSkew)
{
    const std::optional<SystemTime> time = parseTime(text);
    if (!time)
        return incomplete(u"Date must be in ISO-8601 'basic format' (20260131T235959Z)."_s);
    if (!text.startsWith(scope.date))
        return invalid(u"Date in Credential scope does not match YYYYMMDD from ISO-8601 version "
                       "of date from HTTP."_s);
    const QString sent = QString::fromLatin1(text);
    const QString minutes
        = QString::number(std::chrono::duration_cast<std::chrono::minutes>(maximumSkew).count());
    if (*time < now - maximumSkew)
        return invalid(u"Signature expired: %1 is now earlier than %2 (%3 - %4 min.)"_s.arg(
            sent, QString::fromLatin1(timeText(now - maximumSkew)),
            QString::fromLatin1(timeText(now)), minutes));
    if (*time > now + maximumSkew)
        return invalid(u"Signature not yet current: %1 is still later than %2 (%3 + %4 min.)"_s.arg(
            sent, QString::fromLatin1(timeText(now + maximumSkew)),
            QString::fromLatin1(timeText(now)), minutes));
    return {};
}

} // namespace

QList<std::pair<QByteArray, QByteArray>> sign(const SignedRequest &request,
                                              const Credentials &credentials, const QString &region,
                                              const QString &service, SystemTime now)
{
    const QByteArray time = timeText(now);
    Pairs added{{"X-Amz-Date", time}};
    if (!credentials.sessionToken.isEmpty())
        added.emplaceBack("X-Amz-Security-Token", credentials.sessionToken);

    SignedRequest complete = request;
    complete.headers += added;
    QByteArrayList names;
    for (const auto &header : std::as_const(complete.headers))
        names += header.first.trimmed().toLower();
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());

    const Scope scope{.date = time.left(8), .region = region.toUtf8(), .service = service.toUtf8()};
    added.emplaceBack(
        "Authorization",
        QByteArray(algorithm.toByteArray() + " Credential=" + credentials.accessKeyId.toUtf8() + '/'
                   + scope.text() + ", SignedHeaders=" + names.join(';') + ", Signature="
                   + signature(complete, names, credentials.secretAccessKey, time, scope)));
    return added;
}

Result<VerifiedScope>
verify(const SignedRequest &request,
       const std::function<std::optional<QByteArray>(const QString &accessKeyId)> &secretOf,
       SystemTime now, std::chrono::seconds maximumSkew)
{
    if (headerCount(request.headers, "authorization") == 0)
        return failure(ErrorCode::AccessDenied, u"Missing Authentication Token"_s,
                       u"MissingAuthenticationTokenException"_s);
    for (const QByteArray &single : {"authorization"_ba, "host"_ba, "x-amz-date"_ba}) {
        if (headerCount(request.headers, single) != 1)
            return incomplete(u"The request must have exactly one '%1' header."_s.arg(
                QString::fromLatin1(single)));
    }
    const Result<Authorization> authorization
        = parseAuthorization(*headerValue(request.headers, "authorization"));
    if (!authorization)
        return tl::unexpected(authorization.error());
    if (const auto ok = checkSignedHeaders(request, authorization->signedNames); !ok)
        return tl::unexpected(ok.error());
    const QByteArray time = *headerValue(request.headers, "x-amz-date");
    if (const auto ok = checkTime(time, authorization->scope, now, maximumSkew); !ok)
        return tl::unexpected(ok.error());

    const std::optional<QByteArray> secret = secretOf(authorization->accessKeyId);
    if (!secret)
        return failure(ErrorCode::AccessDenied,
                       u"The security token included in the request is invalid."_s,
                       u"UnrecognizedClientException"_s);
    const QByteArray expected
        = signature(request, authorization->signedNames, *secret, time, authorization->scope);
    if (!equalInConstantTime(expected, authorization->signature))
        return invalid(u"The request signature we calculated does not match the signature you "
                       "provided. Check your AWS Secret Access Key and signing method. Consult the "
                       "service documentation for details."_s);
    if (!equalInConstantTime(payloadHash(request), sha256Hex(request.body)))
        return invalid(u"The value of x-amz-content-sha256 is not the SHA-256 of the body."_s);
    return VerifiedScope{authorization->accessKeyId, QString::fromUtf8(authorization->scope.region),
                         QString::fromUtf8(authorization->scope.service)};
}

} // namespace batchyard::net
