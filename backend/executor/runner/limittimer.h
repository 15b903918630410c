// A time limit by the clock that nobody sets, of any length and never early: a QTimer counts no
// further than 24 days, and unless told otherwise comes up to a twentieth of its time too soon.
#pragma once

#include <QDeadlineTimer>
#include <QTimer>

#include <chrono>
#include <optional>

namespace batchyard::executor {

class LimitTimer : public QObject
{
    Q_OBJECT

public:
    // No QTimer is set for longer than a leg.
    explicit LimitTimer(std::chrono::milliseconds leg = std::chrono::hours(24),
                        QObject *parent = nullptr);

    void start(std::chrono::milliseconds time);
    [[nodiscard]] bool isStarted() const { return m_end.has_value(); }
    // Has it told again, for whoever could do nothing about it the first time. Pre-condition: it is
    // started.
    void resume();
    void stop();

signals:
    void expired();

private:
    void arm();
    void endLeg();

    const std::chrono::milliseconds m_leg;
    std::optional<QDeadlineTimer> m_end;
    QTimer m_timer;
};

} // namespace batchyard::executor
