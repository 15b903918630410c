#include "models/console/refresher.h"

#include <QPointer>

namespace batchyard::models {

Refresher::Refresher(Run run, int intervalMs, QObject *parent)
    : QObject(parent)
    , m_run(std::move(run))
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(intervalMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (std::exchange(m_again, false))
            begin();
    });
}

void Refresher::ask()
{
    if (m_running || m_timer.isActive())
        m_again = true;
    else
        begin();
}

void Refresher::begin()
{
    m_running = true;
    m_run([self = QPointer<Refresher>(this)] {
        if (!self)
            return;
        self->m_running = false;
        self->m_timer.start();
    });
}

} // namespace batchyard::models
