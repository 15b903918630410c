#include "backend/executor/runner/imagewish.h"

#include "backend/executor/runner/containerspec.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace batchyard::executor {

namespace {

using docker::RegistryCredentials;

constexpr QLatin1StringView usualRegistry{"docker.io"};

// As the engine reads an image's name: a first part with a dot or a colon is a registry.
QString registryOf(const QString &image)
{
    const QString first = image.section(u'/', 0, 0);
    const bool isRegistry = image.contains(u'/')
        && (first.contains(u'.') || first.contains(u':') || first == u"localhost");
    return isRegistry ? first : QString(usualRegistry);
}

// URLs and paths name registries too ("https://registry.example:5000/v1/"), and the usual one has
// several hosts in its domain.
QString registryOfKey(const QString &key)
{
    const QUrl url(key.contains(u"://") ? key : QStringLiteral("https://") + key);
    const QString host
        = url.port() < 0 ? url.host() : url.host() + u':' + QString::number(url.port());
    return host.endsWith(u'.' + usualRegistry) ? QString(usualRegistry) : host;
}

std::optional<RegistryCredentials> fromDockerConfig(const QString &text, const QString &image)
{
    const QJsonObject auths
        = QJsonDocument::fromJson(text.toUtf8()).object().value(QStringLiteral("auths")).toObject();
    for (auto auth = auths.begin(); auth != auths.end(); ++auth) {
        if (registryOfKey(auth.key()) != registryOf(image))
            continue;
        const QJsonObject entry = auth.value().toObject();
        const QString pair = QString::fromUtf8(
            QByteArray::fromBase64(entry.value(QStringLiteral("auth")).toString().toLatin1()));
        if (pair.contains(u':'))
            return RegistryCredentials{pair.section(u':', 0, 0), pair.section(u':', 1)};
        return RegistryCredentials{entry.value(QStringLiteral("username")).toString(),
                                   entry.value(QStringLiteral("password")).toString()};
    }
    return std::nullopt;
}

ImageWish::Policy policyOf(const QString &imagePullPolicy)
{
    if (imagePullPolicy == u"Always")
        return ImageWish::Policy::Always;
    return imagePullPolicy == u"Never" ? ImageWish::Policy::Never : ImageWish::Policy::IfMissing;
}

} // namespace

Result<std::optional<RegistryCredentials>>
registryCredentials(const SecretStore &store, const QString &name, const QString &image)
{
    const auto members = store.object(name);
    if (!members)
        return tl::unexpected(members.error());
    if (const auto config = members->constFind(QStringLiteral(".dockerconfigjson"));
        config != members->cend())
        return fromDockerConfig(*config, image);
    const RegistryCredentials credentials{members->value(QStringLiteral("username")),
                                          members->value(QStringLiteral("password"))};
    if (credentials.user.isEmpty() || credentials.password.isEmpty())
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("The secret \"%1\" has no username and password for the "
                                      "registry of %2.")
                           .arg(name.left(200), image.left(200)));
    return credentials;
}

Result<ImageWish> imageWish(const batch::EcsTaskProperties &task, qsizetype index,
                            const SecretStore &store)
{
    const batch::TaskContainerProperties &container = task.containers.at(index);
    ImageWish wish{container.image, dockerPlatform(task)};
    if (container.pod)
        wish.policy = policyOf(container.pod->imagePullPolicy);
    QStringList names;
    if (container.repositoryCredentials)
        names.append(container.repositoryCredentials->credentialsParameter);
    if (task.pod)
        names += task.pod->imagePullSecrets;
    for (const QString &name : std::as_const(names)) {
        const auto credentials = registryCredentials(store, name, wish.image);
        if (!credentials)
            return tl::unexpected(credentials.error());
        wish.credentials = *credentials;
        if (wish.credentials)
            break;
    }
    return wish;
}

} // namespace batchyard::executor
