#include "backend/docker/demultiplexer.h"

#include <QtEndian>

#include <charconv>

namespace batchyard::docker {

namespace {

constexpr qsizetype headerSize = 8;
// Docker's frames are at most 16 KiB plus a time; what is far beyond is no frame.
constexpr quint32 frameLimit = 16 * 1024 * 1024;

// A frame of a stored log is "TIME payload". Without a readable time the payload is kept whole.
OutputChunk stampedChunk(OutputChunk::Stream stream, const QByteArray &frame)
{
    const qsizetype space = frame.indexOf(' ');
    if (space > 0)
        if (const auto time = parseTimestamp(QByteArrayView(frame).first(space)))
            return {stream, frame.mid(space + 1), time};
    return {stream, frame, std::nullopt};
}

// The number in text[from, from + count), all digits.
std::optional<int> number(QByteArrayView text, qsizetype from, qsizetype count)
{
    if (from + count > text.size())
        return std::nullopt;
    const char *first = text.data() + from;
    int value = 0;
    const auto [end, error] = std::from_chars(first, first + count, value);
    if (error != std::errc() || end != first + count || *first == '-')
        return std::nullopt;
    return value;
}

// "Z", "+hh:mm" or "-hh:mm".
std::optional<std::chrono::minutes> parseOffset(QByteArrayView text)
{
    if (text == "Z")
        return std::chrono::minutes(0);
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    const auto hours = number(text, 1, 2);
    const auto minutes = number(text, 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59)
        return std::nullopt;
    const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return text[0] == '-' ? -offset : offset;
}

} // namespace

std::optional<Timestamp> parseTimestamp(QByteArrayView text)
{
    using namespace std::chrono;
    const auto y = number(text, 0, 4);
    const auto mo = number(text, 5, 2);
    const auto d = number(text, 8, 2);
    const auto h = number(text, 11, 2);
    const auto mi = number(text, 14, 2);
    const auto s = number(text, 17, 2);
    if (!y || !mo || !d || !h || !mi || !s || text[4] != '-' || text[7] != '-' || text[10] != 'T'
        || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)),
                              day(static_cast<unsigned>(*d))};
    // Nanoseconds in 64 bits reach from 1678 to 2261.
    if (!date.ok() || *y < 1678 || *y > 2261 || *h > 23 || *mi > 59 || *s > 60)
        return std::nullopt;

    QByteArrayView rest = text.sliced(19);
    nanoseconds fraction{0};
    if (rest.startsWith('.')) {
        rest = rest.sliced(1);
        nanoseconds unit = milliseconds(100);
        qsizetype digits = 0;
        while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
            fraction += unit * (rest[digits] - '0');
            unit /= 10;
            ++digits;
        }
        if (digits == 0)
            return std::nullopt;
        rest = rest.sliced(digits);
    }
    const auto offset = parseOffset(rest);
    if (!offset)
        return std::nullopt;
    return Timestamp(sys_days(date)) + hours(*h) + minutes(*mi) + seconds(*s) + fraction - *offset;
}

void Demultiplexer::beginFrame()
{
    const auto stream = static_cast<unsigned char>(m_header[0]);
    const quint32 length = qFromBigEndian<quint32>(m_header.constData() + 4);
    if (stream > 2 || m_header.mid(1, 3) != QByteArray(3, '\0') || length > frameLimit) {
        m_fault = Error{ErrorCode::Protocol,
                        QStringLiteral("The engine sent an invalid reply: the container's output "
                                       "is not framed as Docker frames it."),
                        QString::fromLatin1(m_header.toHex(' '))};
        return;
    }
    m_stream = stream == 2 ? OutputChunk::Stream::Stderr : OutputChunk::Stream::Stdout;
    m_remaining = length;
    m_header.clear();
}

QList<OutputChunk> Demultiplexer::feed(QByteArrayView bytes)
{
    QList<OutputChunk> chunks;
    if (m_format == Format::Raw) {
        if (!bytes.isEmpty())
            chunks.append({OutputChunk::Stream::Stdout, bytes.toByteArray(), std::nullopt});
        return chunks;
    }
    while (!bytes.isEmpty() && !m_fault) {
        if (m_remaining == 0) {
            const qsizetype count = qMin(headerSize - m_header.size(), bytes.size());
            m_header.append(bytes.first(count));
            bytes = bytes.sliced(count);
            if (m_header.size() == headerSize)
                beginFrame();
            continue;
        }
        const qsizetype count = qMin(static_cast<qsizetype>(m_remaining), bytes.size());
        m_remaining -= count;
        if (m_format == Format::Framed) {
            chunks.append({m_stream, bytes.first(count).toByteArray(), std::nullopt});
        } else {
            m_frame.append(bytes.first(count));
            if (m_remaining == 0)
                chunks.append(stampedChunk(m_stream, std::exchange(m_frame, {})));
        }
        bytes = bytes.sliced(count);
    }
    return chunks;
}

} // namespace batchyard::docker
