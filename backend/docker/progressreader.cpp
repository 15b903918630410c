#include "backend/docker/progressreader.h"

namespace batchyard::docker {

void ProgressReader::feed(const QByteArray &bytes)
{
    const Result<QList<QByteArray>> complete = m_lines.feed(bytes);
    if (!complete) {
        m_error = m_error.value_or(complete.error());
        return;
    }
    for (const QByteArray &line : *complete)
        read(line);
}

void ProgressReader::read(const QByteArray &line)
{
    if (m_error)
        return;
    const Result<ProgressLine> entry = readProgress(line);
    if (!entry)
        m_error = entry.error();
    else if (entry->error)
        m_error = progressError(*entry->error);
    else if (const QString text = m_layers.after(*entry); m_progress && !text.isEmpty())
        m_progress(text);
}

Result<void> ProgressReader::outcome(const Result<net::HttpReply> &reply)
{
    if (!reply)
        return tl::unexpected(m_error.value_or(reply.error()));
    if (reply->status != 200)
        return tl::unexpected(readError(reply->status, reply->body));
    if (const QByteArray rest = m_lines.rest().trimmed(); !rest.isEmpty())
        read(rest);
    return m_error ? Result<void>(tl::unexpected(*m_error)) : Result<void>();
}

} // namespace batchyard::docker
