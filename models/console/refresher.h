// Keeps something fresh with one request at a time: what is asked for while one is under way is
// done once after it, so that answers never overtake each other and a flood of changes costs a few
// calls.
#pragma once

#include <QObject>
#include <QTimer>

#include <functional>

namespace batchyard::models {

class Refresher final : public QObject
{
    Q_OBJECT

public:
    // run starts a request and calls its argument once when the answer was taken.
    using Run = std::function<void(std::function<void()> done)>;

    // intervalMs: the shortest time from one request's end to the next one's start.
    Refresher(Run run, int intervalMs, QObject *parent);

    void ask();

private:
    void begin();

    Run m_run;
    QTimer m_timer;
    bool m_running = false;
    bool m_again = false;
};

} // namespace batchyard::models
