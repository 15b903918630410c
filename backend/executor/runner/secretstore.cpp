#include "backend/executor/runner/secretstore.h"

#include "backend/savefile.h"

#include <QFile>
#include <QLockFile>
#include <QRegularExpression>
#include <QSaveFile>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batchyard::executor {

namespace {

using Json = nlohmann::json;

constexpr qsizetype longestName = 2048; // of a Parameter Store name, the longer of the two
constexpr qsizetype longestValue = 64 * 1024; // Secrets Manager's
constexpr qint64 largestFile = 16 * 1024 * 1024;
constexpr int lockWaitMs = 10'000;
constexpr QLatin1StringView secretMark{":secret:"};
constexpr QLatin1StringView parameterMark{":parameter/"};

// arn:aws:secretsmanager:region:account:secret:name:json-key:version-stage:version-id
struct Reference {
    QString name; // without what follows the name
    QString jsonKey;
    QString stage;
    QString version;
};

Reference parsed(const QString &valueFrom)
{
    const qsizetype mark = valueFrom.indexOf(secretMark);
    if (!valueFrom.startsWith(u"arn:") || mark < 0)
        return {valueFrom, {}, {}, {}};
    const qsizetype nameAt = mark + secretMark.size();
    const QStringList parts = valueFrom.mid(nameAt).split(u':');
    return {valueFrom.left(nameAt) + parts.value(0), parts.value(1), parts.value(2),
            parts.value(3)};
}

// Under which names an entry may stand, the exact one first.
QStringList candidates(const QString &name)
{
    QStringList names{name};
    if (!name.startsWith(u"arn:"))
        return names;
    // Secrets Manager adds a hyphen and six characters to the name in the ARN.
    static const QRegularExpression suffix(QStringLiteral("-[A-Za-z0-9]{6}$"));
    const QString bare = QString(name).remove(suffix);
    if (const qsizetype at = name.indexOf(secretMark); at >= 0) {
        names += {bare, name.mid(at + secretMark.size()), bare.mid(at + secretMark.size())};
    } else if (const qsizetype slash = name.indexOf(parameterMark); slash >= 0) {
        const QString path = name.mid(slash + parameterMark.size() - 1);
        names += {path, path.mid(1)};
    }
    return names;
}

Error systemError(const QString &path, const char *what)
{
    return {ErrorCode::Io,
            QStringLiteral("The secrets file %1 cannot be %2.").arg(path, QLatin1StringView(what)),
            QString::fromLocal8Bit(std::strerror(errno))};
}

// Of the secret, never of its value.
QString shown(const QString &name)
{
    return name.left(200);
}

// nullopt: no JSON object of strings. Numbers and truth values count as their text.
std::optional<QMap<QString, QString>> stringMembers(const QString &text)
{
    const Json json = Json::parse(text.toStdString(), nullptr, false);
    if (!json.is_object())
        return std::nullopt;
    QMap<QString, QString> members;
    for (const auto &[key, value] : json.items()) {
        const std::string member = value.is_string() ? value.get<std::string>() : value.dump();
        members.insert(QString::fromStdString(key), QString::fromStdString(member));
    }
    return members;
}

} // namespace

SecretStore::SecretStore(QString path)
    : m_path(std::move(path))
{
}

Result<SecretStore::Entries> SecretStore::read() const
{
    const QByteArray path = QFile::encodeName(m_path);
    const int descriptor = ::open(path.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 && errno == ENOENT)
        return Entries();
    if (descriptor < 0)
        return tl::unexpected(systemError(m_path, "opened"));
    QFile file;
    if (!file.open(descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return tl::unexpected(systemError(m_path, "opened"));
    }
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0)
        return tl::unexpected(systemError(m_path, "looked at"));
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid()
        || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return failure(ErrorCode::AccessDenied,
                       QStringLiteral("The secrets file %1 must be a file of yours that nobody "
                                      "else may read; run: chmod 600 %1")
                           .arg(m_path));
    const QByteArray text = file.read(largestFile);
    const auto entries = stringMembers(QString::fromUtf8(text));
    if (!entries || status.st_size > largestFile)
        return failure(ErrorCode::Protocol,
                       QStringLiteral("The secrets file %1 is no JSON object of names and values.")
                           .arg(m_path));
    return *entries;
}

Result<void> SecretStore::write(const Entries &entries) const
{
    Json json = Json::object();
    for (auto entry = entries.begin(); entry != entries.end(); ++entry)
        json[entry.key().toStdString()] = entry.value().toStdString();
    const QByteArray text = QByteArray::fromStdString(json.dump(1)) + '\n';
    QSaveFile file(m_path);
    // Nothing is written before the file is private.
    if (!file.open(QIODevice::WriteOnly)
        || !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || file.write(text) != text.size() || !commitWhole(file))
        return failure(ErrorCode::Io,
                       QStringLiteral("The secrets file %1 cannot be written: %2.")
                           .arg(m_path, file.errorString()));
    return {};
}

Result<QStringList> SecretStore::names() const
{
    return read().map([](const Entries &entries) { return QStringList(entries.keys()); });
}

Result<void> SecretStore::set(const QString &name, const QString &value)
{
    if (name.isEmpty() || name.size() > longestName)
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("A secret's name has 1 to %1 characters (%2).")
                           .arg(longestName)
                           .arg(name.size()));
    if (value.toUtf8().size() > longestValue)
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("A secret's value has at most %1 bytes.").arg(longestValue));
    QLockFile lock(m_path + QStringLiteral(".lock"));
    if (!lock.tryLock(lockWaitMs))
        return failure(ErrorCode::Io, QStringLiteral("The secrets file %1 is in use.").arg(m_path));
    auto entries = read();
    if (!entries)
        return tl::unexpected(entries.error());
    entries->insert(name, value);
    return write(*entries);
}

Result<void> SecretStore::remove(const QString &name)
{
    QLockFile lock(m_path + QStringLiteral(".lock"));
    if (!lock.tryLock(lockWaitMs))
        return failure(ErrorCode::Io, QStringLiteral("The secrets file %1 is in use.").arg(m_path));
    auto entries = read();
    if (!entries)
        return tl::unexpected(entries.error());
    if (entries->remove(name) == 0)
        return failure(ErrorCode::NotFound,
                       QStringLiteral("There is no secret \"%1\".").arg(shown(name)));
    return write(*entries);
}

Result<QString> SecretStore::find(const Entries &entries, const QString &name) const
{
    for (const QString &candidate : candidates(name)) {
        if (const auto entry = entries.constFind(candidate); entry != entries.cend())
            return *entry;
    }
    return failure(ErrorCode::NotFound,
                   QStringLiteral("The secret \"%1\" is not among this machine's secrets; add it "
                                  "with: batchyard secrets set \"%1\"")
                       .arg(shown(name)));
}

Result<QString> SecretStore::value(const QString &valueFrom) const
{
    const Reference reference = parsed(valueFrom);
    if ((!reference.stage.isEmpty() && reference.stage != u"AWSCURRENT")
        || !reference.version.isEmpty())
        return failure(ErrorCode::NotFound,
                       QStringLiteral("The secret \"%1\" has only its current version here, "
                                      "AWSCURRENT.")
                           .arg(shown(reference.name)));
    const auto entries = read();
    if (!entries)
        return tl::unexpected(entries.error());
    const auto text = find(*entries, reference.name);
    if (!text || reference.jsonKey.isEmpty())
        return text;
    const auto members = stringMembers(*text);
    if (!members || !members->contains(reference.jsonKey))
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The secret \"%1\" is no JSON object with the key \"%2\".")
                           .arg(shown(reference.name), shown(reference.jsonKey)));
    return members->value(reference.jsonKey);
}

Result<QMap<QString, QString>> SecretStore::object(const QString &name) const
{
    const auto text = value(name);
    if (!text)
        return tl::unexpected(text.error());
    if (const auto members = stringMembers(*text))
        return *members;
    return failure(ErrorCode::InvalidInput,
                   QStringLiteral("The secret \"%1\" is no JSON object.").arg(shown(name)));
}

} // namespace batchyard::executor
