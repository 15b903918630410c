// A request as it arrives on a connection, in pieces of any size. What is wrong with it shows as
// early as it can: before the body, and before the end of a head that is none.
#pragma once

#include "backend/executor/api/httpmessage.h"

#include <optional>

namespace batchyard::executor::api {

class RequestReader
{
public:
    enum class Phase { Nothing, Head, Body }; // what has arrived of it so far

    RequestReader(const HttpLimits &limits, quint16 port); // the limits must outlive it

    // Nothing: it is not whole yet. What comes together with a request and goes beyond it is
    // dropped, never taken for another one; the connection is not to be kept then. After a request
    // or a refusal the reader is as new.
    [[nodiscard]] tl::expected<std::optional<Request>, Refusal> take(QByteArrayView bytes);
    [[nodiscard]] Phase phase() const { return m_phase; }
    // The client waits to be told that it may send the body; only meant while nothing of it is
    // here.
    [[nodiscard]] bool expectsContinue() const;
    [[nodiscard]] qint64 size() const { return m_bytes.size(); } // bytes that are kept

    // The answer when the client sends nothing more, and when its time is up; nothing to a client
    // that has sent nothing.
    [[nodiscard]] std::optional<Refusal> ended() const;
    [[nodiscard]] std::optional<Refusal> late() const;

private:
    [[nodiscard]] tl::expected<bool, Refusal> takeHead(qsizetype from);
    void reset();

    const HttpLimits &m_limits;
    quint16 m_port;
    Phase m_phase = Phase::Nothing;
    QByteArray m_bytes; // of the head, then of the body
    RequestHead m_head;
};

} // namespace batchyard::executor::api
