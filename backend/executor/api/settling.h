// The moment for which a resource is on its way: AWS takes a while to create, change and delete
// compute environments and job queues, and its clients wait until the status says VALID or the
// resource is gone. Here the moment is short, and the resource can be used at once.
#pragma once

#include "backend/executor/changefeed.h"
#include "backend/executor/store/store.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <chrono>

namespace batchyard::executor::api {

class Settling
{
public:
    // A change is noted in the feed when something has settled. time 0: all is settled at once.
    Settling(std::chrono::milliseconds time, ChangeFeed &feed);

    // status: CREATING, UPDATING or DELETING.
    void begin(ResourceKind kind, const QString &name, const QString &status);
    // Empty when it has settled, or was never on its way.
    [[nodiscard]] QString statusOf(ResourceKind kind, const QString &name) const;

private:
    struct Moment {
        ResourceKind kind;
        QString name;
        QString status;
        QDeadlineTimer end;
    };
    void settle();

    const std::chrono::milliseconds m_time;
    ChangeFeed &m_feed;
    QList<Moment> m_moments; // the latest last
    QTimer m_timer;
};

} // namespace batchyard::executor::api
