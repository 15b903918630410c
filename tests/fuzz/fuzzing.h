// What the fuzz targets share: taking the input apart, and saying what does not hold.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <cstddef>
#include <cstdint>

namespace batchyard::fuzz {

// Ends the program with the words unless the condition holds; libFuzzer then keeps the input.
void require(bool condition, const char *words);

// Bytes as libFuzzer hands them out. The choices stand at the front, one byte each, so that a seed
// is a text a person can write: 'a' is the first possibility, 'b' the second.
class Input
{
public:
    Input(const uint8_t *data, size_t size)
        : m_bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size))
    {
    }

    [[nodiscard]] int choice(int count);
    [[nodiscard]] const QByteArray &rest() const { return m_bytes; }

private:
    QByteArray m_bytes;
};

// The same bytes cut into pieces, as a socket may deliver them.
[[nodiscard]] QList<QByteArray> pieces(const QByteArray &bytes, int seed);

// A file in memory with these bytes, 0600. Gone with the object.
class MemoryFile
{
public:
    explicit MemoryFile(const QByteArray &content);
    ~MemoryFile();
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;

    [[nodiscard]] QString path() const;

private:
    int m_descriptor;
};

} // namespace batchyard::fuzz

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
