// Numbered notices of what changed, for the extension's long poll. Written on the executor's
// thread, read by HTTP threads that wait for the next one.
#pragma once

#include <QStringList>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

namespace batchyard::executor {

struct Change {
    enum class Kind { Job, Log, Resource, Engine };
    qint64 sequence = 0;
    Kind kind = Kind::Job;
    QString id; // job id; empty for resources and the engine
};

class ChangeFeed
{
public:
    ChangeFeed();
    void add(Change::Kind kind, const QString &id = {});

    struct Batch {
        QList<Change> changes; // after `since`, folded: each (kind, id) once
        qint64 sequence = 0; // to pass next time
        // False: notices after `since` are gone, or `since` is none of ours (0, or of an executor
        // before this one). Read everything anew; the answer does not wait.
        bool complete = true;
    };
    // Waits until there is a change after `since`, the time is up, or close() is called.
    [[nodiscard]] Batch waitForChanges(qint64 since, std::chrono::milliseconds timeout);
    void close();

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Change> m_changes; // the newest 4096
    qint64 m_sequence;
    qint64 m_first; // the oldest `since` that can be answered completely
    bool m_closed = false;
};

} // namespace batchyard::executor
