#include "backend/logs/logwriter.h"

#include <QDir>
#include <QFileInfo>

#include <sys/file.h>
#include <unistd.h>

namespace batchyard::logs {

namespace {

constexpr qsizetype maximumPendingBytes = 1024 * 1024;
constexpr qsizetype spillBlockBytes = 1024 * 1024;

constexpr size_t indexOf(Stream stream)
{
    return stream == Stream::Stdout ? 0 : 1;
}

QString spillPath(const QString &path, Stream stream)
{
    return path + (stream == Stream::Stdout ? u".out-part" : u".err-part");
}

} // namespace

Result<std::unique_ptr<LogWriter>> LogWriter::open(const QString &path)
{
    const QString directory = QFileInfo(path).absolutePath();
    if (!QDir().mkpath(directory))
        return failure(ErrorCode::Io,
                       QStringLiteral("The log directory %1 cannot be made.").arg(directory));
    std::unique_ptr<LogWriter> writer(new LogWriter);
    writer->m_file.setFileName(path);
    for (const Stream stream : {Stream::Stdout, Stream::Stderr})
        QFile::remove(spillPath(path, stream));
    if (!writer->m_file.exists())
        return writer;
    const auto opened = writer->openFile().and_then([&] { return writer->countStored(); });
    if (!opened)
        return tl::unexpected(opened.error());
    return writer;
}

Result<void> LogWriter::openFile()
{
    // Unbuffered: what write() accepted is with the kernel, so a killed executor loses none of it.
    if (!m_file.open(QIODevice::ReadWrite | QIODevice::Unbuffered,
                     QFileDevice::ReadOwner | QFileDevice::WriteOwner))
        return fileError(m_file);
    // Says to whoever makes room that the file is in use; released with the file.
    static_cast<void>(::flock(m_file.handle(), LOCK_EX | LOCK_NB));
    return {};
}

// One pass in blocks: the head of each line tells its stream, the newlines its length.
Result<void> LogWriter::countStored()
{
    QByteArray head;
    qint64 lineBegin = 0;
    qint64 position = 0;
    QByteArray block(spillBlockBytes, Qt::Uninitialized);
    for (;;) {
        const qint64 got = m_file.read(block.data(), block.size());
        if (got < 0)
            return fileError(m_file);
        if (got == 0)
            break;
        QByteArrayView rest(block.constData(), got);
        while (!rest.isEmpty()) {
            const qsizetype newline = rest.indexOf('\n');
            const QByteArrayView piece = newline < 0 ? rest : rest.first(newline);
            if (head.size() < headBytes)
                head += piece.first(std::min(piece.size(), headBytes - head.size()));
            position += piece.size();
            rest = rest.sliced(piece.size());
            if (newline < 0)
                continue;
            ++position;
            rest = rest.sliced(1);
            if (const auto line = parseLine(head)) {
                m_stored[indexOf(line->stream)] += position - lineBegin - headBytes;
                m_firstTime = m_firstTime.value_or(line->time);
                m_lastTime = line->time;
            }
            head.clear();
            lineBegin = position;
        }
    }
    if (lineBegin != position && !m_file.resize(lineBegin))
        return fileError(m_file);
    if (!m_file.seek(lineBegin))
        return fileError(m_file);
    m_fileBytes = lineBegin;
    m_received = m_stored;
    return {};
}

qint64 LogWriter::storedBytes(Stream stream) const
{
    return m_stored[indexOf(stream)];
}

qint64 LogWriter::receivedBytes(Stream stream) const
{
    return m_received[indexOf(stream)];
}

Result<void> LogWriter::write(Stream stream, QByteArrayView bytes, Timestamp time)
{
    m_received[indexOf(stream)] += bytes.size();
    const Timestamp stamp = inOrder(time);
    const QByteArray head = formatHead(stream, stamp);
    Pending &pending = m_pending[indexOf(stream)];
    QByteArray lines;
    for (qsizetype newline = bytes.indexOf('\n'); newline >= 0; newline = bytes.indexOf('\n')) {
        const QByteArrayView rest = bytes.first(newline);
        bytes = bytes.sliced(newline + 1);
        if (pending.spill) {
            if (const auto done = appendSpilled(stream, rest, stamp); !done)
                return done;
            continue;
        }
        lines += head;
        lines += pending.bytes;
        lines += rest;
        lines += '\n';
        pending.bytes.clear();
    }
    if (!lines.isEmpty())
        m_firstTime = m_firstTime.value_or(stamp);
    if (const auto done = writeOut(lines); !done)
        return done;
    return keep(stream, bytes);
}

Result<void> LogWriter::finish(Timestamp time)
{
    const Timestamp stamp = inOrder(time);
    for (const Stream stream : {Stream::Stdout, Stream::Stderr}) {
        if (!m_pending[indexOf(stream)].isEmpty()) {
            if (const auto done = appendSpilled(stream, {}, stamp); !done)
                return done;
        }
    }
    if (m_file.isOpen() && ::fdatasync(m_file.handle()) != 0)
        return failure(
            ErrorCode::Io,
            QStringLiteral("The log file %1 cannot be flushed to disk.").arg(m_file.fileName()),
            QString::fromLocal8Bit(::strerror(errno)));
    return {};
}

// Writes the pending line of the stream with `rest` as its end.
Result<void> LogWriter::appendSpilled(Stream stream, QByteArrayView rest, Timestamp time)
{
    m_firstTime = m_firstTime.value_or(time);
    Pending pending = std::exchange(m_pending[indexOf(stream)], {});
    if (const auto done = writeOut(formatHead(stream, time)); !done)
        return done;
    if (pending.spill) {
        if (!pending.spill->seek(0))
            return fileError(*pending.spill);
        while (!pending.spill->atEnd()) {
            const QByteArray block = pending.spill->read(spillBlockBytes);
            if (block.isEmpty())
                return fileError(*pending.spill);
            if (const auto done = writeOut(block); !done)
                return done;
        }
        pending.spill->remove();
    }
    return writeOut(pending.bytes + rest.toByteArray() + '\n');
}

Result<void> LogWriter::keep(Stream stream, QByteArrayView bytes)
{
    Pending &pending = m_pending[indexOf(stream)];
    pending.bytes += bytes;
    if (pending.bytes.size() <= maximumPendingBytes)
        return {};
    if (!pending.spill) {
        pending.spill = std::make_unique<QFile>(spillPath(m_file.fileName(), stream));
        if (!pending.spill->open(QIODevice::ReadWrite | QIODevice::Truncate
                                 | QIODevice::Unbuffered))
            return fileError(*pending.spill);
    }
    if (pending.spill->write(pending.bytes) != pending.bytes.size())
        return fileError(*pending.spill);
    pending.bytes.clear();
    return {};
}

Result<void> LogWriter::writeOut(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return {};
    if (!m_file.isOpen()) {
        if (const auto opened = openFile(); !opened)
            return opened;
    }
    if (m_file.write(bytes) != bytes.size())
        return fileError(m_file);
    m_fileBytes += bytes.size();
    return {};
}

tl::unexpected<Error> LogWriter::fileError(const QFile &file) const
{
    return failure(ErrorCode::Io,
                   QStringLiteral("The log file %1 cannot be written: %2.")
                       .arg(file.fileName(),
                            file.error() == QFileDevice::NoError // it took a part
                                ? QStringLiteral("the disk is full")
                                : file.errorString()));
}

Timestamp LogWriter::inOrder(Timestamp time)
{
    m_lastTime = std::max(m_lastTime, time);
    return m_lastTime;
}

} // namespace batchyard::logs
