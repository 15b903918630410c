// The long reply to a pull or a build: 200 at once, and what came of it in its last lines.
#pragma once

#include "backend/docker/engine.h"
#include "backend/docker/replies.h"
#include "backend/net/httpclient.h"

namespace batchyard::docker {

class ProgressReader
{
public:
    explicit ProgressReader(Progress progress)
        : m_progress(std::move(progress))
    {
    }

    void feed(const QByteArray &bytes);
    // Once the transfer has ended. Errors: the first that the stream told, that of the transfer,
    // the daemon's when the status is not 200.
    [[nodiscard]] Result<void> outcome(const Result<net::HttpReply> &reply);

private:
    void read(const QByteArray &line);

    LineSplitter m_lines;
    PullProgress m_layers;
    std::optional<Error> m_error;
    Progress m_progress;
};

} // namespace batchyard::docker
