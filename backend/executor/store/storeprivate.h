// What the store's files share.
#pragma once

#include "backend/executor/store/databasecheck.h"
#include "backend/executor/store/groupcommit.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

class Store::Private
{
public:
    explicit Private(std::unique_ptr<Database> opened)
        : database(std::move(opened))
        , commits(*database)
    {
    }
    ~Private();

    // See GroupCommit.
    template <typename Function>
    [[nodiscard]] auto change(Function fn) -> decltype(fn())
    {
        return commits.change(std::move(fn));
    }
    template <typename Function>
    [[nodiscard]] auto takeUp(Function fn) -> decltype(fn())
    {
        return commits.takeUp(std::move(fn));
    }

    std::unique_ptr<Database> database;
    GroupCommit commits;
    std::unique_ptr<DatabaseCheck> check; // of a large file, while the store is used
    QString installId;
    bool isNew = false;
    bool isOpen = false; // and noted as such in the database

    // All of these inside change() or takeUp().
    [[nodiscard]] Result<void> insertJob(const JobRecord &job);
    // Writes the job's status, reason, times and attempt, and the change of status, if it is one,
    // to the history. Errors: NotFound, Conflict (no such transition).
    [[nodiscard]] Result<void> moveJob(const JobRecord &job, Timestamp at);
    [[nodiscard]] Result<int> updateJob(const JobRecord &job, const QString &condition);
    [[nodiscard]] Result<void> noteFirst(qint64 sequence);
    [[nodiscard]] Result<void> noteChange(const JobRecord &job, Timestamp at);
    [[nodiscard]] Result<void> putResource(ResourceKind kind, const ResourceRecord &record);
    [[nodiscard]] Result<void> putContainer(const ContainerRecord &container);
    [[nodiscard]] Result<void> updateAttempt(const AttemptRecord &attempt);

    [[nodiscard]] Result<QList<JobRecord>> selectJobs(const QString &condition,
                                                      const QVariantList &values);
    [[nodiscard]] Result<QList<AttemptRecord>> selectAttempts(const QString &condition,
                                                              const QVariantList &values);
};

} // namespace batchyard::executor
