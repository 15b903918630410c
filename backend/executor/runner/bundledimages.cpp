#include "backend/executor/runner/bundledimages.h"

#include "backend/docker/tar.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>

#include <algorithm>

namespace batchyard::executor {

namespace {

constexpr QLatin1StringView repositoryPrefix{"batchyard/"};

QStringList filesBelow(const QDir &folder)
{
    QStringList files;
    QDirIterator each(folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (each.hasNext())
        files.append(folder.relativeFilePath(each.next()));
    std::sort(files.begin(), files.end());
    return files;
}

// Only those that the Dockerfile asks for: the daemon warns of others, and the hash would change.
QMap<QString, QString> usedArguments(const QByteArray &dockerfile,
                                     const QMap<QString, QString> &arguments)
{
    QMap<QString, QString> used;
    for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
        if (dockerfile.contains(QByteArray("ARG " + argument.key().toUtf8())))
            used.insert(argument.key(), argument.value());
    }
    return used;
}

} // namespace

QString bundledFolder(const QString &image, const QString &simulationDirectory)
{
    if (!image.startsWith(repositoryPrefix))
        return {};
    const QString name = image.mid(repositoryPrefix.size()).section(u':', 0, 0);
    const QString tag = image.section(u':', 1);
    if (name.isEmpty() || name.contains(u'/') || name.startsWith(u'.'))
        return {};
    for (const QString &folder : {QString(name + u'-' + tag), name}) {
        const QString path = simulationDirectory + u'/' + folder;
        if (QFile::exists(path + u"/Dockerfile"))
            return path;
    }
    return {};
}

Result<docker::ImageBuild> bundledBuild(const QString &image, const QString &folder,
                                        const QMap<QString, QString> &buildArguments)
{
    docker::TarWriter tar;
    docker::ImageBuild build;
    build.tag = image;
    for (const QString &path : filesBelow(QDir(folder))) {
        QFile file(folder + u'/' + path);
        if (!file.open(QIODevice::ReadOnly))
            return failure(ErrorCode::Io,
                           QStringLiteral("%1 of the image %2 cannot be read: %3.")
                               .arg(file.fileName(), image, file.errorString()));
        const QByteArray bytes = file.readAll();
        if (!tar.addFile(path.toUtf8(), bytes, file.permissions() & QFile::ExeOwner ? 0755 : 0644))
            return failure(
                ErrorCode::Io,
                QStringLiteral("%1 of the image %2 cannot be packed.").arg(file.fileName(), image));
        if (path == u"Dockerfile")
            build.buildArguments = usedArguments(bytes, buildArguments);
    }
    build.contextTar = tar.archive();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(build.contextTar);
    for (auto each = build.buildArguments.begin(); each != build.buildArguments.end(); ++each)
        hash.addData((each.key() + u'=' + each.value() + u'\n').toUtf8());
    build.labels.insert(contextLabel, QString::fromLatin1(hash.result().toHex()));
    return build;
}

} // namespace batchyard::executor
