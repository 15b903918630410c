#include "tests/fuzz/fuzzing.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace batchyard::fuzz {

void require(bool condition, const char *words)
{
    if (condition)
        return;
    std::fprintf(stderr, "This does not hold: %s\n", words);
    std::abort();
}

int Input::choice(int count)
{
    if (m_bytes.isEmpty())
        return 0;
    const auto byte = static_cast<unsigned char>(m_bytes.front());
    m_bytes.remove(0, 1);
    const int letter = byte >= 'a' ? byte - 'a' : byte;
    return letter % count;
}

QList<QByteArray> pieces(const QByteArray &bytes, int seed)
{
    QList<QByteArray> result;
    auto state = static_cast<quint32>(seed) * 2654435761U + 1;
    for (qsizetype at = 0; at < bytes.size();) {
        state = state * 1664525U + 1013904223U;
        const qsizetype length = 1 + static_cast<qsizetype>(state >> 16) % 17;
        result += bytes.mid(at, length);
        at += length;
    }
    return result;
}

MemoryFile::MemoryFile(const QByteArray &content)
    : m_descriptor(::memfd_create("fuzz", MFD_CLOEXEC))
{
    require(m_descriptor >= 0 && ::fchmod(m_descriptor, S_IRUSR | S_IWUSR) == 0,
            "a file in memory can be made");
    const ssize_t written
        = ::write(m_descriptor, content.constData(), static_cast<size_t>(content.size()));
    require(written == content.size(), "a file in memory takes its content");
}

MemoryFile::~MemoryFile()
{
    ::close(m_descriptor);
}

QString MemoryFile::path() const
{
    return QStringLiteral("/proc/self/fd/%1").arg(m_descriptor);
}

} // namespace batchyard::fuzz
