#include "backend/executor/api/logmerge.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

Result<LogMerge> LogMerge::open(const OperationContext &context, const QStringList &streams,
                                const QByteArray &position, std::optional<qint64> start)
{
    const QByteArrayList offsets = position.isEmpty() ? QByteArrayList() : position.split(',');
    LogMerge merge;
    for (qsizetype i = 0; i < streams.size(); ++i) {
        const auto file = findLogStream(context, streams[i]);
        if (!file)
            return tl::unexpected(file.error());
        Source source{.file = *file, .offset = offsets.value(i).toLongLong(), .ahead = {}};
        if (position.isEmpty() && start) {
            const auto offset = logs::offsetOfTime(file->path, batch::fromEpochMs(*start));
            source.offset = offset.value_or(0);
        }
        merge.m_sources.push_back(std::move(source));
    }
    return merge;
}

Result<std::optional<LogMerge::Event>> LogMerge::next()
{
    Source *earliest = nullptr;
    for (Source &source : m_sources) {
        if (const auto ok = readAhead(source); !ok)
            return tl::unexpected(ok.error());
        if (!source.ahead.empty()
            && (!earliest || source.ahead.front().time < earliest->ahead.front().time))
            earliest = &source;
    }
    if (!earliest)
        return std::optional<Event>();
    Event event{std::move(earliest->ahead.front()), earliest->file.name,
                earliest->file.name % u':' % QString::number(earliest->offset)};
    earliest->ahead.pop_front();
    earliest->offset += storedSize(event.line);
    return std::optional(std::move(event));
}

QByteArray LogMerge::position() const
{
    QByteArrayList offsets;
    for (const Source &source : m_sources)
        offsets += QByteArray::number(source.offset);
    return offsets.join(',');
}

Result<void> LogMerge::readAhead(Source &source)
{
    constexpr int lines = 512;
    constexpr qint64 bytes = 256 * 1024;
    if (source.ended || !source.ahead.empty())
        return {};
    const auto read = readLinesForward(source.file.path, source.offset, lines, bytes);
    if (!read)
        return tl::unexpected(read.error());
    source.ended = read->lines.isEmpty();
    source.ahead.assign(read->lines.cbegin(), read->lines.cend());
    return {};
}

} // namespace batchyard::executor::api
