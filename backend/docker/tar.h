// Writes the tar archives (POSIX ustar) that image builds and imports take. The same files give the
// same bytes: owner 0, time 0, in the order added, so the daemon's build cache holds.
#pragma once

#include <QByteArray>

namespace batchyard::docker {

class TarWriter
{
public:
    // `path` is relative to the archive, UTF-8, at most 100 bytes, or longer when it can be cut at
    // a slash into at most 155 and 100; false when it cannot, is empty, absolute or has a "..", or
    // when the bytes pass 8 GiB. Missing directories need no entry.
    [[nodiscard]] bool addFile(const QByteArray &path, const QByteArray &bytes, int mode = 0644);
    [[nodiscard]] bool addSymlink(const QByteArray &path, const QByteArray &target);

    // The archive with its end mark.
    [[nodiscard]] QByteArray archive() const;

private:
    bool addHeader(const QByteArray &path, char type, qsizetype size, int mode,
                   const QByteArray &linkTarget);

    QByteArray m_bytes;
};

} // namespace batchyard::docker
