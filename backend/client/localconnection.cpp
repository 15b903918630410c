#include "backend/client/localconnection.h"

#include "backend/batch/jsonvalues.h"
#include "backend/savefile.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSaveFile>
#include <QUrl>

#include <nlohmann/json.hpp>

namespace batchyard::client {

using namespace Qt::Literals::StringLiterals;

namespace {

using batch::Json;

constexpr QFile::Permissions ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

QByteArray randomText(QByteArrayView alphabet, int length)
{
    QByteArray text;
    for (int i = 0; i < length; ++i)
        text += alphabet[QRandomGenerator::system()->bounded(static_cast<int>(alphabet.size()))];
    return text;
}

// In the form of AWS's own keys, which some tools check; 2^232 secrets.
net::Credentials randomCredentials()
{
    constexpr QByteArrayView upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    constexpr QByteArrayView letters
        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return {.accessKeyId = u"AKIA"_s % QString::fromLatin1(randomText(upper, 16)),
            .secretAccessKey = randomText(letters, 40),
            .sessionToken = {}};
}

tl::unexpected<Error> damaged(const QString &path)
{
    return failure(
        ErrorCode::Protocol,
        u"The connection file %1 is damaged. Delete it; a new one is made with a new key "
        "pair."_s.arg(path));
}

} // namespace

Result<LocalConnection> LocalConnection::read(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return failure(ErrorCode::NotFound,
                       u"There is no connection file %1: no executor has run yet."_s.arg(path));
    if (!file.open(QFile::ReadOnly))
        return failure(
            ErrorCode::Io,
            u"The connection file %1 cannot be read: %2."_s.arg(path, file.errorString()));
    constexpr QFile::Permissions others
        = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    if (file.permissions() & others)
        return failure(
            ErrorCode::AccessDenied,
            u"The connection file %1 holds a secret key but other users may read it. Run: "
            "chmod 600 %1"_s.arg(path));
    constexpr qint64 maximumBytes = 64 * 1024;
    const auto json = batch::parseJson(file.read(maximumBytes + 1), maximumBytes);
    if (!json || !json->is_object())
        return damaged(path);
    const auto text = [&](const char *name) {
        const auto found = json->find(name);
        return found != json->end() && found->is_string()
            ? QString::fromStdString(found->get<std::string>())
            : QString();
    };
    LocalConnection connection{.endpoint = text("endpoint"),
                               .region = text("region"),
                               .credentials
                               = {text("accessKeyId"), text("secretAccessKey").toUtf8(), {}},
                               .pid = 0};
    if (const auto pid = json->find("pid"); pid != json->end() && pid->is_number_integer())
        connection.pid = pid->get<qint64>();
    if (connection.region.isEmpty() || connection.credentials.accessKeyId.isEmpty()
        || connection.credentials.secretAccessKey.isEmpty())
        return damaged(path);
    return connection;
}

Result<LocalConnection> LocalConnection::readOrGenerate(const QString &path)
{
    Result<LocalConnection> stored = read(path);
    if (stored || stored.error().code != ErrorCode::NotFound)
        return stored;
    return LocalConnection{.endpoint = {}, .credentials = randomCredentials()};
}

Result<void> LocalConnection::write(const QString &path) const
{
    const Json json{{"endpoint", endpoint.toStdString()},
                    {"region", region.toStdString()},
                    {"accessKeyId", credentials.accessKeyId.toStdString()},
                    {"secretAccessKey", credentials.secretAccessKey.toStdString()},
                    {"pid", pid}};
    QSaveFile file(path);
    // QSaveFile makes its temporary file 0600 and would give it the old file's rights at the end.
    const bool written = file.open(QFile::WriteOnly) && file.setPermissions(ownerOnly)
        && file.write(QByteArray::fromStdString(json.dump(2)) + '\n') > 0 && commitWhole(file);
    if (!written)
        return failure(
            ErrorCode::Io,
            u"The connection file %1 cannot be written: %2."_s.arg(path, file.errorString()));
    if (!QFile::setPermissions(path, ownerOnly))
        return failure(ErrorCode::Io,
                       u"The rights of the connection file %1 cannot be set."_s.arg(path));
    return {};
}

quint16 LocalConnection::port() const
{
    return static_cast<quint16>(QUrl(endpoint).port(0));
}

namespace {

QList<std::pair<std::string, std::string>> variables(const LocalConnection &connection)
{
    return {{"AWS_ENDPOINT_URL", connection.endpoint.toStdString()},
            {"AWS_REGION", connection.region.toStdString()},
            // Version 1 of the AWS CLI and boto3 know only this name.
            {"AWS_DEFAULT_REGION", connection.region.toStdString()},
            {"AWS_ACCESS_KEY_ID", connection.credentials.accessKeyId.toStdString()},
            {"AWS_SECRET_ACCESS_KEY", connection.credentials.secretAccessKey.toStdString()}};
}

} // namespace

QByteArray connectionAsEnvironment(const LocalConnection &connection)
{
    QByteArray text;
    // No value has a quote in it: an address of loopback, a region, and keys of our alphabet.
    for (const auto &[name, value] : variables(connection))
        text += "export " + QByteArray::fromStdString(name) + "='"
            + QByteArray::fromStdString(value) + "'\n";
    return text;
}

QByteArray connectionAsJson(const LocalConnection &connection)
{
    Json json = Json::object();
    for (const auto &[name, value] : variables(connection))
        json[name] = value;
    return QByteArray::fromStdString(json.dump(2)) + '\n';
}

} // namespace batchyard::client
