#include "backend/docker/tar.h"

#include <QList>
#include <QStringBuilder>

#include <algorithm>
#include <numeric>
#include <optional>

namespace batchyard::docker {

namespace {

constexpr qsizetype blockSize = 512;
constexpr qsizetype nameSize = 100;
constexpr qsizetype prefixSize = 155;
constexpr qint64 sizeLimit = 8LL * 1024 * 1024 * 1024; // eleven octal digits

struct SplitPath {
    QByteArray prefix;
    QByteArray name;
};

bool isSafe(const QByteArray &path)
{
    if (path.isEmpty() || path.startsWith('/') || path.endsWith('/') || path.contains('\0'))
        return false;
    const QList<QByteArray> parts = path.split('/');
    return std::ranges::none_of(parts, [](const QByteArray &part) {
        return part.isEmpty() || part == ".." || part == ".";
    });
}

std::optional<SplitPath> split(const QByteArray &path)
{
    if (path.size() <= nameSize)
        return SplitPath{{}, path};
    // The first slash that leaves a name that fits gives the shortest prefix.
    const qsizetype slash = path.indexOf('/', path.size() - nameSize - 1);
    if (slash < 0 || slash > prefixSize)
        return std::nullopt;
    return SplitPath{path.left(slash), path.mid(slash + 1)};
}

void put(QByteArray &block, qsizetype offset, const QByteArray &text)
{
    std::ranges::copy(text, block.begin() + offset);
}

QByteArray octal(qint64 value, int digits)
{
    return QByteArray::number(value, 8).rightJustified(digits, '0');
}

} // namespace

bool TarWriter::addHeader(const QByteArray &path, char type, qsizetype size, int mode,
                          const QByteArray &linkTarget)
{
    const std::optional<SplitPath> parts = isSafe(path) ? split(path) : std::nullopt;
    if (!parts || size >= sizeLimit || linkTarget.size() > nameSize)
        return false;
    QByteArray block(blockSize, '\0');
    put(block, 0, parts->name);
    put(block, 100, octal(mode & 07777, 7));
    put(block, 108, octal(0, 7)); // user
    put(block, 116, octal(0, 7)); // group
    put(block, 124, octal(size, 11));
    put(block, 136, octal(0, 11)); // time
    put(block, 148, QByteArray(8, ' ')); // the checksum counts itself as spaces
    block[156] = type;
    put(block, 157, linkTarget);
    put(block, 257,
        QByteArrayLiteral("ustar\0"
                          "00"));
    put(block, 345, parts->prefix);
    const int sum = std::accumulate(block.cbegin(), block.cend(), 0, [](int total, char c) {
        return total + static_cast<unsigned char>(c);
    });
    put(block, 148, octal(sum, 6) + QByteArrayLiteral("\0 "));
    m_bytes += block;
    return true;
}

bool TarWriter::addFile(const QByteArray &path, const QByteArray &bytes, int mode)
{
    if (!addHeader(path, '0', bytes.size(), mode, {}))
        return false;
    m_bytes += bytes;
    m_bytes += QByteArray((blockSize - bytes.size() % blockSize) % blockSize, '\0');
    return true;
}

bool TarWriter::addSymlink(const QByteArray &path, const QByteArray &target)
{
    return !target.isEmpty() && addHeader(path, '2', 0, 0777, target);
}

QByteArray TarWriter::archive() const
{
    return m_bytes + QByteArray(2 * blockSize, '\0');
}

} // namespace batchyard::docker
