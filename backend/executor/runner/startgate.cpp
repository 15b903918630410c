#include "backend/executor/runner/startgate.h"

namespace batchyard::executor {

StartGate::StartGate(int limit, QObject *parent)
    : QObject(parent)
    , m_limit(limit)
{
}

void StartGate::setLimit(int limit)
{
    m_limit = limit;
    admit();
}

void StartGate::enter(QObject *context, std::function<void(Pass)> act)
{
    m_waiting.push_back({context, std::move(act)});
    admit();
}

StartGate::Pass StartGate::makePass()
{
    ++m_inside;
    // Not in the caller's stack: whoever drops a pass is in the middle of something.
    return Pass(nullptr, [gate = QPointer(this)](void *) {
        if (!gate)
            return;
        --gate->m_inside;
        QMetaObject::invokeMethod(gate, &StartGate::admit, Qt::QueuedConnection);
    });
}

void StartGate::admit()
{
    while (m_inside < m_limit && !m_waiting.empty()) {
        const Waiting next = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (next.context)
            next.act(makePass());
    }
}

} // namespace batchyard::executor
