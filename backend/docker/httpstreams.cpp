#include "backend/docker/httpstreams.h"

#include <QStringBuilder>

namespace batchyard::docker {

namespace {

constexpr qsizetype refusalLimit = 64 * 1024;

} // namespace

net::StreamCallbacks StreamReader::callbacks(std::shared_ptr<StreamReader> reader)
{
    return {.started = [reader](int status) { reader->onStarted(status); },
            .received = [reader](const QByteArray &bytes) { reader->onReceived(bytes); },
            .ended = [reader](Result<void> how) { reader->onEnded(std::move(how)); }};
}

Error StreamReader::refused(int status, const QByteArray &body) const
{
    return readError(status, body);
}

void StreamReader::onStarted(int status)
{
    m_status = status;
    if (status == 200)
        accepted();
}

void StreamReader::onReceived(const QByteArray &bytes)
{
    if (m_hasEnded)
        return;
    if (m_status != 200) {
        m_refusal.append(bytes.first(qMin(bytes.size(), refusalLimit - m_refusal.size())));
        return;
    }
    if (auto done = read(bytes); !done) {
        m_hasEnded = true;
        ended(std::move(done));
    }
}

void StreamReader::onEnded(Result<void> how)
{
    if (std::exchange(m_hasEnded, true))
        return;
    if (!how && how.error().code == ErrorCode::Protocol)
        ended(tl::unexpected(invalidReply(QStringLiteral("it is no valid HTTP"),
                                          how.error().message + u' ' + how.error().detail)));
    else if (!how)
        ended(std::move(how));
    else if (m_status != 200)
        ended(tl::unexpected(refused(m_status, m_refusal)));
    else
        ended(complete());
}

Result<void> OutputReader::read(const QByteArray &bytes)
{
    const QList<OutputChunk> chunks = m_demultiplexer.feed(bytes);
    for (const OutputChunk &chunk : chunks)
        m_sink(chunk);
    if (m_demultiplexer.fault())
        return tl::unexpected(*m_demultiplexer.fault());
    return {};
}

Result<void> OutputReader::complete() const
{
    if (m_demultiplexer.atBoundary())
        return {};
    return failure(ErrorCode::Unreachable,
                   QStringLiteral("The engine closed the output stream in the middle of a frame."));
}

Error OutputReader::refused(int status, const QByteArray &body) const
{
    return readAttachError(status, body);
}

Result<void> EventReader::read(const QByteArray &bytes)
{
    const Result<QList<QByteArray>> lines = m_lines.feed(bytes);
    if (!lines)
        return tl::unexpected(lines.error());
    for (const QByteArray &line : *lines) {
        const Result<Event> event = readEvent(line);
        if (!event)
            return tl::unexpected(event.error());
        m_sink(*event);
    }
    return {};
}

} // namespace batchyard::docker
