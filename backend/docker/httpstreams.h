// The daemon's long replies over HTTP: output of containers and events.
#pragma once

#include "backend/docker/demultiplexer.h"
#include "backend/docker/replies.h"
#include "backend/net/httpclient.h"

namespace batchyard::docker {

// One stream as the I/O thread brings it: tells a refusal from content, and ends once.
class StreamReader
{
public:
    virtual ~StreamReader() = default;

    // The callbacks that drive `reader`, which they keep alive.
    [[nodiscard]] static net::StreamCallbacks callbacks(std::shared_ptr<StreamReader> reader);

protected:
    virtual void accepted() = 0;
    // An error ends the stream: the rest is not read.
    [[nodiscard]] virtual Result<void> read(const QByteArray &bytes) = 0;
    // The transfer has ended well; the last word on whether the content has.
    [[nodiscard]] virtual Result<void> complete() const = 0;
    // The daemon's words of a status that is not 200.
    [[nodiscard]] virtual Error refused(int status, const QByteArray &body) const;
    virtual void ended(Result<void> how) = 0;

private:
    void onStarted(int status);
    void onReceived(const QByteArray &bytes);
    void onEnded(Result<void> how);

    int m_status = 0;
    QByteArray m_refusal;
    bool m_hasEnded = false;
};

class OutputReader final : public StreamReader
{
public:
    OutputReader(Demultiplexer::Format format, OutputStream::Sink sink)
        : m_demultiplexer(format)
        , m_sink(std::move(sink))
    {
    }

private:
    void accepted() override { m_sink(OutputStarted{}); }
    Result<void> read(const QByteArray &bytes) override;
    Result<void> complete() const override;
    Error refused(int status, const QByteArray &body) const override;
    void ended(Result<void> how) override { m_sink(std::move(how)); }

    Demultiplexer m_demultiplexer;
    OutputStream::Sink m_sink;
};

class EventReader final : public StreamReader
{
public:
    explicit EventReader(EventStream::Sink sink)
        : m_sink(std::move(sink))
    {
    }

private:
    void accepted() override { }
    Result<void> read(const QByteArray &bytes) override;
    Result<void> complete() const override { return {}; }
    void ended(Result<void> how) override { m_sink(std::move(how)); }

    LineSplitter m_lines;
    EventStream::Sink m_sink;
};

} // namespace batchyard::docker
