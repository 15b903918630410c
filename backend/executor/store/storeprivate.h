// What the store's files share.
#pragma once

#include "backend/executor/store/database.h"
#include "backend/executor/store/store.h"

namespace batchyard::executor {

class Store::Private
{
public:
    ~Private();

    std::unique_ptr<Database> database;
    QString installId;
    bool isNew = false;
    bool isOpen = false; // and noted as such in the database

    // Runs fn, which returns a Result, so that all it writes is kept, or nothing when it fails.
    template <typename Function>
    [[nodiscard]] auto change(Function fn) -> decltype(fn())
    {
        return database->transact(fn);
    }

    // All of these inside change().
    [[nodiscard]] Result<qint64> insertJob(const JobRecord &job);
    // Writes the job's status, reason, times and attempt, and the change of status, if it is one,
    // to the history. Errors: NotFound, Conflict (no such transition).
    [[nodiscard]] Result<void> moveJob(const JobRecord &job, Timestamp at);
    [[nodiscard]] Result<void> noteChange(const JobRecord &job, Timestamp at);
    [[nodiscard]] Result<void> putResource(ResourceKind kind, const ResourceRecord &record);
    [[nodiscard]] Result<void> putContainer(const ContainerRecord &container);
    [[nodiscard]] Result<void> updateAttempt(const AttemptRecord &attempt);

    [[nodiscard]] Result<QList<JobRecord>> selectJobs(const QString &sql,
                                                      const QVariantList &values);
    [[nodiscard]] Result<QList<AttemptRecord>> selectAttempts(const QString &condition,
                                                              const QVariantList &values);
};

} // namespace batchyard::executor
