// A job that is not over, as the dispatcher keeps it: its row, what its documents come to, and what
// it waits for.
#pragma once

#include "backend/batch/job.h"
#include "backend/executor/core/jobscheduler.h"
#include "backend/executor/store/store.h"

#include <QHash>

#include <array>
#include <memory>

namespace batchyard::executor {

// What the documents of a job say about running it, overrides and parameters applied. One object
// serves all children of an array, and all jobs for which it comes to the same.
struct JobPlan {
    struct Task {
        batch::EcsTaskProperties task;
        core::Resources asked; // by all its containers together
        friend bool operator==(const Task &, const Task &) = default;
    };

    QString definitionName;
    bool fargate = false;
    std::optional<batch::RetryStrategy> retryStrategy;
    std::optional<int> timeoutSeconds;
    QList<core::ConsumableNeed> consumables; // of the whole job
    QMap<QString, QString> hostPaths; // JobDefinition's
    QList<Task> tasks; // one, or one for each node
    int mainNode = 0;
    bool overridesTooLong = false; // so that it fails when it would start
    friend bool operator==(const JobPlan &, const JobPlan &) = default;
};

// The parts of a job's documents that the dispatcher keeps.
struct JobDocuments {
    std::shared_ptr<const JobPlan> plan;
    QList<batch::JobDependency> dependsOn;
};

// Reads documents, each definition once, and shares what is equal.
class JobPlans
{
public:
    // Error: Protocol, a document of the row that cannot be read or has nothing to run.
    [[nodiscard]] Result<JobDocuments> read(const JobRecord &record);

private:
    struct Definition {
        std::shared_ptr<const batch::JobDefinition> definition;
        std::weak_ptr<const JobPlan> last;
    };
    [[nodiscard]] Result<Definition *> definitionOf(const JobRecord &record);

    QHash<QByteArray, Definition> m_definitions;
};

struct ActiveJob {
    JobRecord record; // without its documents
    std::shared_ptr<const JobPlan> plan;
    QList<batch::JobDependency> dependsOn;
    QStringList open; // the jobs whose success it still waits for, by id
    QString failedDependency; // the first one, by id
    bool touched = false; // evaluate() is to look at it
    std::array<int, batch::jobStatusCount> children{}; // of an array's parent: how many are in each

    [[nodiscard]] const QString &id() const { return record.id; }
    // STARTING or RUNNING: it holds its resources.
    [[nodiscard]] bool isPlaced() const;
    [[nodiscard]] bool isToEnd() const
    {
        return record.cancelRequested || record.terminateRequested;
    }
    // The scheduler is asked for a place for it, rather than for its children or its parent.
    [[nodiscard]] bool isScheduled() const
    {
        return record.kind != JobKind::ArrayParent && record.kind != JobKind::Node;
    }
    [[nodiscard]] const JobPlan::Task &task() const; // its own, not a parent's
    [[nodiscard]] core::WaitingJob waiting(Timestamp runnableSince) const;
};

// The children or nodes of a parent, in order.
[[nodiscard]] QString childId(const JobRecord &parent, int index);

} // namespace batchyard::executor
