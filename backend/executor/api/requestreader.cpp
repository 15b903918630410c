#include "backend/executor/api/requestreader.h"

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

Refusal incompleteBody()
{
    return {400,
            "BadRequestException",
            u"The body of the request did not arrive as its Content-Length says."_s,
            {}};
}

} // namespace

RequestReader::RequestReader(const HttpLimits &limits, quint16 port)
    : m_limits(limits)
    , m_port(port)
{
}

tl::expected<std::optional<Request>, Refusal> RequestReader::take(QByteArrayView bytes)
{
    const qsizetype before = m_bytes.size();
    m_bytes.append(bytes);
    if (m_phase != Phase::Body) {
        const auto isWhole = takeHead(std::max<qsizetype>(before - 3, 0));
        if (!isWhole) {
            reset();
            return tl::unexpected(isWhole.error());
        }
        m_phase = *isWhole ? Phase::Body : Phase::Head;
        if (!*isWhole)
            return std::nullopt;
    }
    if (m_bytes.size() < m_head.contentLength)
        return std::nullopt;
    m_head.keepsAlive = m_head.keepsAlive && m_bytes.size() == m_head.contentLength;
    m_bytes.truncate(m_head.contentLength);
    Request request{std::move(m_head), std::move(m_bytes)};
    reset();
    return request;
}

// False: more is to come.
tl::expected<bool, Refusal> RequestReader::takeHead(qsizetype from)
{
    const qsizetype end = m_bytes.indexOf("\r\n\r\n", from);
    const bool isRequest = m_bytes.isEmpty() || (m_bytes[0] >= 'A' && m_bytes[0] <= 'Z');
    if (end < 0 && isRequest && m_bytes.size() <= m_limits.head)
        return false;
    auto head = parseRequestHead(end < 0 ? m_bytes : m_bytes.left(end + 4), m_limits);
    if (!head)
        return tl::unexpected(head.error());
    if (const auto ok = checkRequestHead(*head, m_port, m_limits); !ok)
        return tl::unexpected(ok.error());
    m_head = *std::move(head);
    m_bytes.remove(0, end + 4);
    return true;
}

bool RequestReader::expectsContinue() const
{
    return m_phase == Phase::Body
        && m_head.header("expect").compare("100-continue", Qt::CaseInsensitive) == 0;
}

std::optional<Refusal> RequestReader::ended() const
{
    switch (m_phase) {
    case Phase::Nothing:
        return std::nullopt;
    case Phase::Head:
        return parseRequestHead(m_bytes, m_limits).error();
    case Phase::Body:
        break;
    }
    return incompleteBody();
}

std::optional<Refusal> RequestReader::late() const
{
    switch (m_phase) {
    case Phase::Nothing:
        return std::nullopt;
    case Phase::Head:
        return Refusal{408,
                       "RequestTimeoutException",
                       u"The request's headers took too long to arrive."_s,
                       {}};
    case Phase::Body:
        break;
    }
    return incompleteBody();
}

void RequestReader::reset()
{
    m_phase = Phase::Nothing;
    m_bytes = {};
    m_head = {};
}

} // namespace batchyard::executor::api
