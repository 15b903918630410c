#include "backend/resolvedpath.h"

#include <QDir>
#include <QFileInfo>

namespace batchyard {

QString resolvedPath(const QString &path)
{
    QString existing = QDir::cleanPath(path);
    QString rest;
    for (;;) {
        const QString canonical = QFileInfo(existing).canonicalFilePath();
        if (!canonical.isEmpty())
            return rest.isEmpty() ? canonical : QDir::cleanPath(canonical + u'/' + rest);
        const qsizetype slash = existing.lastIndexOf(u'/');
        if (slash < 0)
            return QDir::cleanPath(path);
        rest = existing.mid(slash + 1) + (rest.isEmpty() ? QString() : u'/' + rest);
        existing = slash == 0 ? QStringLiteral("/") : existing.left(slash);
    }
}

bool isWithin(const QString &path, const QString &directory)
{
    return directory == u"/" || path == directory || path.startsWith(directory + u'/');
}

} // namespace batchyard
