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

    // Both inside a transaction of the caller.
    // Writes the job's status, reason, times and attempt, and the change of status, if it is one,
    // to the history. Errors: NotFound, Conflict (no such transition).
    [[nodiscard]] Result<void> moveJob(const JobRecord &job, Timestamp at);
    [[nodiscard]] Result<void> noteChange(const JobRecord &job, Timestamp at);
    [[nodiscard]] Result<void> updateAttempt(const AttemptRecord &attempt);
    [[nodiscard]] Result<QList<AttemptRecord>> withContainers(QList<AttemptRecord> attempts);
};

} // namespace batchyard::executor
