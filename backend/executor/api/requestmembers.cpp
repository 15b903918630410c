#include "backend/executor/api/requestmembers.h"

#include <QMessageAuthenticationCode>

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> wrong(const char *name, const QString &what)
{
    return failure(ErrorCode::InvalidInput, QString::fromLatin1(name) % u": " % what);
}

// Tokens only need to be unlike anything that was not handed out; they guard no secret.
QByteArray seal(const QByteArray &fingerprint, const QByteArray &position)
{
    return QMessageAuthenticationCode::hash(position, "batchyard page" + fingerprint,
                                            QCryptographicHash::Sha256)
        .left(12);
}

} // namespace

const Json *member(const Json &object, const char *name)
{
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<QString> textMember(const Json &object, const char *name)
{
    const Json *value = member(object, name);
    if (!value)
        return QString();
    if (!value->is_string())
        return wrong(name, u"expected a string."_s);
    return toQString(value->get_ref<const std::string &>());
}

Result<QString> requiredText(const Json &object, const char *name)
{
    Result<QString> text = textMember(object, name);
    if (text && text->isEmpty())
        return failure(
            ErrorCode::InvalidInput,
            u"'%1' is a required field (cannot be an empty string)"_s.arg(QLatin1StringView(name)));
    return text;
}

Result<QStringList> textsMember(const Json &object, const char *name, qsizetype maximum)
{
    QStringList texts;
    const Json *value = member(object, name);
    if (!value)
        return texts;
    if (!value->is_array())
        return wrong(name, u"expected a list of strings."_s);
    if (value->size() > static_cast<size_t>(maximum))
        return wrong(name,
                     u"%1 entries; at most %2 are allowed."_s.arg(QString::number(value->size()),
                                                                  QString::number(maximum)));
    for (const Json &item : *value) {
        if (!item.is_string())
            return wrong(name, u"expected a list of strings."_s);
        texts += toQString(item.get_ref<const std::string &>());
    }
    return texts;
}

Result<std::optional<qint64>> integerMember(const Json &object, const char *name, qint64 minimum,
                                            qint64 maximum)
{
    const Json *value = member(object, name);
    if (!value)
        return std::optional<qint64>();
    const QString allowed = u"%1 to %2 is allowed."_s.arg(minimum).arg(maximum);
    if (!value->is_number_integer())
        return wrong(name, u"expected a whole number; "_s % allowed);
    const bool tooLarge = value->is_number_unsigned()
        && value->get<quint64>() > static_cast<quint64>(std::numeric_limits<qint64>::max());
    const qint64 number = tooLarge ? std::numeric_limits<qint64>::max() : value->get<qint64>();
    if (number < minimum || number > maximum)
        return wrong(name, u"%1 is out of range; "_s.arg(number) % allowed);
    return std::optional(number);
}

Result<std::optional<bool>> boolMember(const Json &object, const char *name)
{
    const Json *value = member(object, name);
    if (!value)
        return std::optional<bool>();
    if (!value->is_boolean())
        return wrong(name, u"expected true or false."_s);
    return std::optional(value->get<bool>());
}

Result<void> accept(const batch::Faults &faults)
{
    batch::Faults errors;
    for (const batch::Fault &fault : faults) {
        if (fault.severity == batch::Fault::Severity::Error)
            errors += fault;
    }
    if (errors.isEmpty())
        return {};
    return failure(ErrorCode::InvalidInput, batch::toText(errors));
}

Result<PageRequest> pageRequest(const Json &request, const char *operation, int maximum,
                                int standard)
{
    const auto size = integerMember(request, "maxResults", 1, maximum);
    if (!size)
        return tl::unexpected(size.error());
    const Result<QString> token = textMember(request, "nextToken");
    if (!token)
        return tl::unexpected(token.error());

    Json query = request;
    query.erase("maxResults");
    query.erase("nextToken");
    PageRequest page{.size = static_cast<int>(size->value_or(standard)),
                     .position = {},
                     .fingerprint = operation + dump(query)};
    if (token->isEmpty())
        return page;
    const auto decoded = QByteArray::fromBase64Encoding(
        token->toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    const QByteArray position = decoded.decoded.mid(12);
    if (!decoded || position.isEmpty()
        || decoded.decoded.left(12) != seal(page.fingerprint, position))
        return wrong("nextToken", u"this is not a token of an earlier reply to the same query."_s);
    page.position = position;
    return page;
}

std::string pageToken(const PageRequest &page, const QByteArray &lastPosition)
{
    return QByteArray(seal(page.fingerprint, lastPosition) + lastPosition)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
        .toStdString();
}

QByteArray dump(const Json &json)
{
    return QByteArray::fromStdString(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

} // namespace batchyard::executor::api
