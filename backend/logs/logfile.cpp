#include "backend/logs/logfile.h"

#include <QFile>

namespace batchyard::logs {

namespace {

constexpr qint64 blockBytes = 64 * 1024;

Result<std::unique_ptr<QFile>> openForReading(const QString &path)
{
    auto file = std::make_unique<QFile>(path);
    if (!file->exists())
        return failure(ErrorCode::NotFound, QStringLiteral("There is no log file %1.").arg(path));
    if (!file->open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failure(
            ErrorCode::Io,
            QStringLiteral("The log file %1 cannot be read: %2.").arg(path, file->errorString()));
    return file;
}

// The offset of the first line start at or after `offset`; the file's size when there is none.
qint64 nextLineStart(QFile &file, qint64 offset)
{
    if (offset <= 0)
        return 0;
    qint64 at = offset - 1; // a newline just before `offset` makes it a line start
    file.seek(at);
    for (;;) {
        const QByteArray block = file.read(blockBytes);
        if (block.isEmpty())
            return at;
        if (const qsizetype newline = block.indexOf('\n'); newline >= 0)
            return at + newline + 1;
        at += block.size();
    }
}

// The start of the line that ends (with its newline) at `end`.
qint64 lineStartBefore(QFile &file, qint64 end)
{
    qint64 at = end - 1;
    while (at > 0) {
        const qint64 begin = std::max<qint64>(0, at - blockBytes);
        file.seek(begin);
        const QByteArray block = file.read(at - begin);
        if (const qsizetype newline = block.lastIndexOf('\n'); newline >= 0)
            return begin + newline + 1;
        at = begin;
    }
    return 0;
}

// Behind the last complete line before `offset`.
qint64 completeEnd(QFile &file, qint64 offset)
{
    if (offset <= 0)
        return 0;
    file.seek(offset - 1);
    return file.read(1) == "\n" ? offset : lineStartBefore(file, offset);
}

std::optional<Timestamp> timeAt(QFile &file, qint64 lineStart)
{
    file.seek(lineStart);
    const auto line = parseLine(file.read(headBytes));
    return line ? std::optional(line->time) : std::nullopt;
}

} // namespace

QString logFilePath(const QString &logsDirectory, const QString &jobId, int attempt, int index)
{
    return QStringLiteral("%1/%2/%3/%4.log")
        .arg(logsDirectory, jobId, QString::number(attempt), QString::number(index));
}

Result<Lines> readForward(const QString &path, qint64 offset, int maximumLines, qint64 maximumBytes)
{
    const auto file = openForReading(path);
    if (!file)
        return tl::unexpected(file.error());
    Lines lines;
    lines.begin = lines.end = offset;
    if (!(*file)->seek(offset))
        return lines;
    QByteArray buffer;
    qsizetype searched = 0;
    while (lines.lines.size() < maximumLines && lines.end - lines.begin < maximumBytes) {
        const qsizetype newline = buffer.indexOf('\n', searched);
        if (newline < 0) {
            searched = buffer.size();
            const QByteArray block = (*file)->read(blockBytes);
            if (block.isEmpty())
                break;
            buffer += block;
            continue;
        }
        if (auto line = parseLine(QByteArrayView(buffer).first(newline)))
            lines.lines.append(std::move(*line));
        lines.end += newline + 1;
        buffer.remove(0, newline + 1);
        searched = 0;
    }
    return lines;
}

Result<Lines> readBackward(const QString &path, qint64 offset, int maximumLines,
                           qint64 maximumBytes)
{
    const auto file = openForReading(path);
    if (!file)
        return tl::unexpected(file.error());
    const qint64 size = (*file)->size();
    const qint64 end = completeEnd(**file, offset < 0 ? size : std::min(offset, size));
    qint64 begin = end;
    for (int count = 0; begin > 0 && count < maximumLines && end - begin < maximumBytes; ++count)
        begin = lineStartBefore(**file, begin);
    Lines lines;
    lines.begin = begin;
    lines.end = end;
    (*file)->seek(begin);
    const QByteArray bytes = (*file)->read(end - begin);
    qsizetype at = 0;
    for (qsizetype newline = bytes.indexOf('\n'); newline >= 0; newline = bytes.indexOf('\n', at)) {
        if (auto line = parseLine(QByteArrayView(bytes).sliced(at, newline - at)))
            lines.lines.append(std::move(*line));
        at = newline + 1;
    }
    return lines;
}

Result<std::optional<Timestamp>> firstTime(const QString &path)
{
    const auto file = openForReading(path);
    if (!file)
        return tl::unexpected(file.error());
    return timeAt(**file, 0);
}

Result<qint64> offsetOfTime(const QString &path, Timestamp time)
{
    const auto file = openForReading(path);
    if (!file)
        return tl::unexpected(file.error());
    // Lines that start before `low` are too early, the line found from `high` on is not.
    const qint64 end = completeEnd(**file, (*file)->size());
    qint64 low = 0;
    qint64 high = end;
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        const qint64 start = nextLineStart(**file, middle);
        const auto stamp = start < high ? timeAt(**file, start) : std::nullopt;
        if (stamp && *stamp < time)
            low = start + 1;
        else
            high = middle;
    }
    return std::min(nextLineStart(**file, low), end);
}

} // namespace batchyard::logs
