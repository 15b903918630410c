// Jobs and the history of their states.
#include "backend/executor/core/jobtransitions.h"
#include "backend/executor/store/storeprivate.h"

#include <algorithm>

namespace batchyard::executor {

using batch::JobStatus;

namespace {

JobRecord readJob(Row &row)
{
    JobRecord job;
    job.sequence = row.number();
    job.id = row.text();
    job.name = row.text();
    job.queue = row.text();
    job.definitionArn = row.text();
    job.status = row.oneOf(&batch::jobStatus);
    job.statusReason = row.text();
    job.createdAt = row.time();
    job.startedAt = row.optionalTime();
    job.stoppedAt = row.optionalTime();
    job.attempt = row.integer();
    job.cancelRequested = row.flag();
    job.terminateRequested = row.flag();
    job.endReason = row.text();
    job.request = row.bytes();
    job.definition = row.bytes();
    return job;
}

// The columns that readJob reads, in its order.
QString selectJob(const QString &condition)
{
    return QStringLiteral(
               "SELECT sequence, id, name, queue, definition_arn, status, status_reason, "
               "created_at, started_at, stopped_at, attempt, cancel_requested, "
               "terminate_requested, end_reason, request, definition FROM job WHERE ")
        + condition;
}

StateChangeRecord readChange(Row &row)
{
    StateChangeRecord change;
    change.status = row.oneOf(&batch::jobStatus);
    change.attempt = row.integer();
    change.at = row.time();
    change.reason = row.text();
    return change;
}

qint64 readSequence(Row &row)
{
    return row.number();
}

JobStatus readStatus(Row &row)
{
    return row.oneOf(&batch::jobStatus);
}

tl::unexpected<Error> noSuchJob(const QString &id)
{
    return failure(ErrorCode::NotFound, QStringLiteral("There is no job %1.").arg(id));
}

} // namespace

Result<qint64> Store::addJob(const JobRecord &job)
{
    return d->database->transact([&]() -> Result<qint64> {
        const auto sequence = d->database->selectOne(
            QStringLiteral(
                "INSERT INTO job (id, name, queue, definition_arn, status, status_reason,"
                " created_at, started_at, stopped_at, attempt, cancel_requested,"
                " terminate_requested, end_reason, request, definition) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "RETURNING sequence"),
            {sqlText(job.id), sqlText(job.name), sqlText(job.queue), sqlText(job.definitionArn),
             toString(job.status), sqlText(job.statusReason), sqlTime(job.createdAt),
             sqlTime(job.startedAt), sqlTime(job.stoppedAt), job.attempt, job.cancelRequested,
             job.terminateRequested, sqlText(job.endReason), sqlBytes(job.request),
             sqlBytes(job.definition)},
            &readSequence);
        if (!sequence)
            return tl::unexpected(sequence.error());
        return d->noteChange(job, job.createdAt).map([&] { return sequence->value_or(0); });
    });
}

Result<std::optional<JobRecord>> Store::job(const QString &id) const
{
    return d->database->selectOne(selectJob(QStringLiteral("id = ?")), {sqlText(id)}, &readJob);
}

Result<QList<JobRecord>> Store::jobsInStates(const QList<JobStatus> &states) const
{
    QList<JobRecord> jobs;
    for (const JobStatus status : states) {
        auto found = d->database->select(selectJob(QStringLiteral("status = ? ORDER BY sequence")),
                                         {toString(status)}, &readJob);
        if (!found)
            return found;
        jobs.append(std::move(*found));
    }
    std::sort(jobs.begin(), jobs.end(),
              [](const JobRecord &a, const JobRecord &b) { return a.sequence < b.sequence; });
    return jobs;
}

// The newest numbers of each status come from an index alone; only the rows of the page are read.
Result<QList<JobRecord>> Store::listJobs(const QString &queue, const QList<JobStatus> &states,
                                         qint64 before, int limit) const
{
    const qint64 below = before > 0 ? before : std::numeric_limits<qint64>::max();
    const int wanted = std::max(0, limit);
    QList<qint64> sequences;
    for (const JobStatus status : states) {
        const QVariantList page{toString(status), below, wanted};
        const auto found = queue.isEmpty()
            ? d->database->select(QStringLiteral("SELECT sequence FROM job WHERE status = ? "
                                                 "AND sequence < ? ORDER BY sequence DESC LIMIT ?"),
                                  page, &readSequence)
            : d->database->select(QStringLiteral("SELECT sequence FROM job WHERE queue = ? "
                                                 "AND status = ? AND sequence < ? "
                                                 "ORDER BY sequence DESC LIMIT ?"),
                                  QVariantList{sqlText(queue)} + page, &readSequence);
        if (!found)
            return tl::unexpected(found.error());
        sequences.append(*found);
    }
    std::sort(sequences.begin(), sequences.end(), std::greater<>());
    sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
    if (sequences.size() > wanted)
        sequences.resize(wanted);
    QList<JobRecord> jobs;
    for (const qint64 sequence : std::as_const(sequences)) {
        auto found
            = d->database->select(selectJob(QStringLiteral("sequence = ?")), {sequence}, &readJob);
        if (!found)
            return found;
        jobs.append(std::move(*found));
    }
    return jobs;
}

Result<void> Store::setJobStatus(const JobRecord &job, Timestamp at)
{
    return d->database->transact([&] { return d->moveJob(job, at); });
}

// The first reason stays, but that of a terminate takes the place of a cancel's.
Result<void> Store::requestEnd(const QString &jobId, bool terminate, const QString &reason)
{
    const QString sql = terminate
        ? QStringLiteral("UPDATE job SET "
                         "end_reason = CASE WHEN terminate_requested THEN end_reason ELSE ? END, "
                         "terminate_requested = 1 WHERE id = ?")
        : QStringLiteral("UPDATE job SET end_reason = CASE WHEN cancel_requested OR "
                         "terminate_requested THEN end_reason ELSE ? END, "
                         "cancel_requested = 1 WHERE id = ?");
    return d->database->execute(sql, {sqlText(reason), sqlText(jobId)})
        .and_then([&](int changed) -> Result<void> {
            if (changed == 0)
                return noSuchJob(jobId);
            return {};
        });
}

Result<QList<StateChangeRecord>> Store::history(const QString &jobId) const
{
    return d->database->select(
        QStringLiteral("SELECT status, attempt, at, reason FROM state_change "
                       "WHERE job_id = ? ORDER BY number"),
        {sqlText(jobId)}, &readChange);
}

Result<void> Store::Private::moveJob(const JobRecord &job, Timestamp at)
{
    const auto present = database->selectOne(QStringLiteral("SELECT status FROM job WHERE id = ?"),
                                             {sqlText(job.id)}, &readStatus);
    if (!present)
        return tl::unexpected(present.error());
    if (!*present)
        return noSuchJob(job.id);
    const JobStatus from = **present;
    if (from != job.status && !core::isLegalTransition(from, job.status))
        return failure(ErrorCode::Conflict,
                       QStringLiteral("Job %1 is %2 and cannot become %3.")
                           .arg(job.id, toString(from), toString(job.status)));
    const auto updated = database->execute(
        QStringLiteral("UPDATE job SET status = ?, status_reason = ?, started_at = ?, "
                       "stopped_at = ?, attempt = ? WHERE id = ?"),
        {toString(job.status), sqlText(job.statusReason), sqlTime(job.startedAt),
         sqlTime(job.stoppedAt), job.attempt, sqlText(job.id)});
    if (!updated)
        return tl::unexpected(updated.error());
    if (from == job.status)
        return {};
    return noteChange(job, at);
}

Result<void> Store::Private::noteChange(const JobRecord &job, Timestamp at)
{
    return database
        ->execute(QStringLiteral("INSERT INTO state_change (job_id, status, attempt, at, reason) "
                                 "VALUES (?, ?, ?, ?, ?)"),
                  {sqlText(job.id), toString(job.status), job.attempt, sqlTime(at),
                   sqlText(job.statusReason)})
        .map([](int) {});
}

} // namespace batchyard::executor
