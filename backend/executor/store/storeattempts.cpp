// Attempts, their containers and log streams.
#include "backend/executor/store/storeprivate.h"

namespace batchyard::executor {

namespace {

AttemptRecord readAttempt(Row &row)
{
    AttemptRecord attempt;
    attempt.jobId = row.text();
    attempt.number = row.integer();
    attempt.taskId = row.text();
    attempt.computeEnvironment = row.text();
    attempt.instanceId = row.text();
    attempt.address = row.text();
    attempt.ended = row.flag();
    attempt.cleaned = row.flag();
    attempt.createdAt = row.optionalTime();
    attempt.startedAt = row.optionalTime();
    attempt.stoppedAt = row.optionalTime();
    attempt.statusReason = row.text();
    attempt.desiredStopped = row.flag();
    attempt.stopReason = row.text();
    attempt.stopBy = row.optionalTime();
    attempt.decidingContainer = row.integer();
    attempt.shareVcpus = row.real();
    return attempt;
}

core::PastUse readPastUse(Row &row)
{
    core::PastUse use;
    use.queue = row.text();
    use.share = row.text();
    use.vcpus = row.real();
    use.from = row.time();
    use.until = row.time();
    return use;
}

// The columns that readAttempt reads, in its order.
QString selectAttempt(const QString &condition)
{
    return QStringLiteral(
               "SELECT job_id, number, task_id, compute_environment, instance_id, "
               "address, ended, cleaned, created_at, started_at, stopped_at, "
               "status_reason, desired_stopped, "
               "stop_reason, stop_by, deciding_container, share_vcpus FROM attempt WHERE ")
        + condition;
}

ContainerRecord readContainer(Row &row)
{
    ContainerRecord container;
    container.jobId = row.text();
    container.attempt = row.integer();
    container.index = row.integer();
    container.name = row.text();
    container.dockerName = row.text();
    container.dockerId = row.text();
    container.intent = row.oneOf(&core::containerStatus);
    container.state.known = row.oneOf(&core::containerStatus);
    container.state.desired = row.oneOf(&core::containerStatus);
    container.state.exitCode = row.optionalInteger();
    container.state.error = row.text();
    container.state.oomKilled = row.flag();
    container.state.stopRequested = row.flag();
    container.state.startedAt = row.optionalTime();
    container.state.stoppedAt = row.optionalTime();
    container.logStreamName = row.text();
    container.logComplete = row.flag();
    container.removed = row.flag();
    return container;
}

// The columns that readContainer reads and putContainer writes, in their order; the first three are
// the key.
const QStringList &containerColumns()
{
    static const QStringList columns{
        QStringLiteral("job_id"),         QStringLiteral("attempt"),
        QStringLiteral("place"),          QStringLiteral("name"),
        QStringLiteral("docker_name"),    QStringLiteral("docker_id"),
        QStringLiteral("intent"),         QStringLiteral("known"),
        QStringLiteral("desired"),        QStringLiteral("exit_code"),
        QStringLiteral("error"),          QStringLiteral("oom_killed"),
        QStringLiteral("stop_requested"), QStringLiteral("started_at"),
        QStringLiteral("stopped_at"),     QStringLiteral("log_stream"),
        QStringLiteral("log_complete"),   QStringLiteral("removed"),
    };
    return columns;
}

// Not REPLACE, which would also remove another container's row that has the same log stream.
QString writeContainer()
{
    const QStringList &columns = containerColumns();
    QStringList placeholders;
    QStringList changes;
    for (qsizetype i = 0; i < columns.size(); ++i) {
        placeholders.append(QStringLiteral("?"));
        if (i >= 3)
            changes.append(columns[i] + QStringLiteral(" = excluded.") + columns[i]);
    }
    const QString comma = QStringLiteral(", ");
    return QStringLiteral("INSERT INTO container (") + columns.join(comma)
        + QStringLiteral(") VALUES (") + placeholders.join(comma)
        + QStringLiteral(") ON CONFLICT (job_id, attempt, place) DO UPDATE SET ")
        + changes.join(comma);
}

JobOutcome readOutcome(Row &row)
{
    JobOutcome outcome;
    outcome.jobId = row.text();
    outcome.exitCode = row.optionalInteger();
    outcome.reason = row.text();
    return outcome;
}

LogStreamRecord readLogStream(Row &row)
{
    LogStreamRecord stream;
    stream.name = row.text();
    stream.jobId = row.text();
    stream.attempt = row.integer();
    stream.index = row.integer();
    return stream;
}

QString selectContainer(const QString &condition)
{
    return QStringLiteral("SELECT ") + containerColumns().join(QStringLiteral(", "))
        + QStringLiteral(" FROM container WHERE ") + condition;
}

} // namespace

Result<void> Store::beginAttempt(const JobRecord &job, const AttemptRecord &attempt, Timestamp at)
{
    return d->takeUp([&]() -> Result<void> {
        JobRecord starting = job;
        starting.status = batch::JobStatus::Starting;
        starting.attempt = attempt.number;
        if (const auto moved = d->moveJob(starting, at); !moved)
            return moved;
        const auto inserted = d->database->execute(
            QStringLiteral(
                "INSERT INTO attempt (job_id, number, task_id, compute_environment, instance_id,"
                " address, ended, cleaned, created_at, started_at, stopped_at, status_reason,"
                " desired_stopped, stop_reason, stop_by, deciding_container, share_vcpus)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            {sqlText(attempt.jobId), attempt.number, sqlText(attempt.taskId),
             sqlText(attempt.computeEnvironment), sqlText(attempt.instanceId),
             sqlText(attempt.address), attempt.ended, attempt.cleaned, sqlTime(attempt.createdAt),
             sqlTime(attempt.startedAt), sqlTime(attempt.stoppedAt), sqlText(attempt.statusReason),
             attempt.desiredStopped, sqlText(attempt.stopReason), sqlTime(attempt.stopBy),
             attempt.decidingContainer, attempt.shareVcpus});
        if (!inserted)
            return tl::unexpected(inserted.error());
        for (const ContainerRecord &container : attempt.containers) {
            if (const auto put = d->putContainer(container); !put)
                return put;
        }
        return {};
    });
}

Result<void> Store::putContainer(const ContainerRecord &container)
{
    return d->change([&] { return d->putContainer(container); });
}

Result<void> Store::putAttempt(const AttemptRecord &attempt)
{
    return d->change([&] { return d->updateAttempt(attempt); });
}

Result<void> Store::endAttempt(const AttemptRecord &attempt, const JobRecord &job, Timestamp at)
{
    return d->change(
        [&] { return d->updateAttempt(attempt).and_then([&] { return d->moveJob(job, at); }); });
}

Result<QList<AttemptRecord>> Store::attempts(const QString &jobId) const
{
    return d->selectAttempts(QStringLiteral("job_id = ?"), {sqlText(jobId)});
}

Result<QHash<QString, QList<AttemptRecord>>> Store::attempts(const QStringList &jobIds) const
{
    return d
        ->selectAttempts(QStringLiteral("job_id IN (SELECT value FROM json_each(?))"),
                         {sqlList(jobIds)})
        .map([](QList<AttemptRecord> found) {
            QHash<QString, QList<AttemptRecord>> byJob;
            for (AttemptRecord &attempt : found)
                byJob[attempt.jobId].append(std::move(attempt));
            return byJob;
        });
}

Result<QList<AttemptRecord>> Store::unfinishedAttempts() const
{
    return d
        ->selectAttempts(QStringLiteral("(job_id, number) IN (SELECT job_id, number FROM attempt "
                                        "WHERE cleaned = 0)"),
                         {})
        .map([](QList<AttemptRecord> found) {
            std::stable_sort(found.begin(), found.end(),
                             [](const AttemptRecord &a, const AttemptRecord &b) {
                                 return a.createdAt < b.createdAt;
                             });
            return found;
        });
}

Result<QList<core::PastUse>> Store::pastUse(Timestamp since) const
{
    return d->database->select(
        QStringLiteral("SELECT job.queue, job.share_identifier, attempt.share_vcpus,"
                       " attempt.created_at, attempt.stopped_at FROM attempt "
                       "CROSS JOIN job ON job.id = attempt.job_id "
                       "WHERE attempt.share_vcpus > 0 AND attempt.stopped_at > ?"),
        {sqlTime(since)}, &readPastUse);
}

// CROSS JOIN keeps this order, in which each step is a look into a primary key or unique index.
Result<QHash<QString, JobOutcome>> Store::outcomes(const QStringList &jobIds) const
{
    return d->database
        ->select(QStringLiteral("SELECT job.id, container.exit_code, container.error "
                                "FROM json_each(?) AS wanted "
                                "CROSS JOIN job ON job.id = wanted.value "
                                "CROSS JOIN attempt ON attempt.job_id = job.id "
                                " AND attempt.number = job.attempt "
                                "CROSS JOIN container ON container.job_id = job.id "
                                " AND container.attempt = attempt.number "
                                " AND container.place = attempt.deciding_container "
                                "WHERE attempt.deciding_container >= 0"),
                 {sqlList(jobIds)}, &readOutcome)
        .map([](const QList<JobOutcome> &rows) {
            QHash<QString, JobOutcome> byJob;
            for (const JobOutcome &row : rows)
                byJob.insert(row.jobId, row);
            return byJob;
        });
}

Result<std::optional<ContainerRecord>>
Store::containerOfLogStream(const QString &logStreamName) const
{
    if (logStreamName.isEmpty())
        return std::optional<ContainerRecord>();
    return d->database->selectOne(
        selectContainer(QStringLiteral("log_stream = ? AND log_stream <> ''")),
        {sqlText(logStreamName)}, &readContainer);
}

Result<QList<LogStreamRecord>> Store::logStreams(const QString &prefix, const QString &after,
                                                 int limit) const
{
    // U+10FFFF is the last code point, so this is the end of the range of names with the prefix.
    return d->database->select(
        QStringLiteral("SELECT log_stream, job_id, attempt, place FROM container "
                       "WHERE log_stream <> '' "
                       "AND log_stream >= ? AND log_stream < ? || char(1114111) "
                       "AND log_stream > ? ORDER BY log_stream LIMIT ?"),
        {sqlText(prefix), sqlText(prefix), sqlText(after), std::max(0, limit)}, &readLogStream);
}

Result<void> Store::Private::updateAttempt(const AttemptRecord &attempt)
{
    return database
        ->execute(
            QStringLiteral("UPDATE attempt SET task_id = ?, compute_environment = ?, "
                           "instance_id = ?, address = ?, ended = ?, cleaned = ?, created_at "
                           "= ?, started_at = ?, stopped_at = ?, "
                           "status_reason = ?, desired_stopped = ?, stop_reason = ?, "
                           "stop_by = ?, deciding_container = ? WHERE job_id = ? AND number = ?"),
            {sqlText(attempt.taskId), sqlText(attempt.computeEnvironment),
             sqlText(attempt.instanceId), sqlText(attempt.address), attempt.ended, attempt.cleaned,
             sqlTime(attempt.createdAt), sqlTime(attempt.startedAt), sqlTime(attempt.stoppedAt),
             sqlText(attempt.statusReason), attempt.desiredStopped, sqlText(attempt.stopReason),
             sqlTime(attempt.stopBy), attempt.decidingContainer, sqlText(attempt.jobId),
             attempt.number})
        .and_then([&](int changed) -> Result<void> {
            if (changed == 0)
                return failure(ErrorCode::NotFound,
                               QStringLiteral("Job %1 has no attempt %2.")
                                   .arg(attempt.jobId, QString::number(attempt.number)));
            return {};
        });
}

Result<void> Store::Private::putContainer(const ContainerRecord &container)
{
    static const QString statement = writeContainer();
    const core::ContainerState &state = container.state;
    return database
        ->execute(statement,
                  {sqlText(container.jobId), container.attempt, container.index,
                   sqlText(container.name), sqlText(container.dockerName),
                   sqlText(container.dockerId), toString(container.intent), toString(state.known),
                   toString(state.desired), sqlNumber(state.exitCode), sqlText(state.error),
                   state.oomKilled, state.stopRequested, sqlTime(state.startedAt),
                   sqlTime(state.stoppedAt), sqlText(container.logStreamName),
                   container.logComplete, container.removed})
        .map([](int) {});
}

// Two statements, however many attempts; both have the columns job and attempt in front, in order.
Result<QList<AttemptRecord>> Store::Private::selectAttempts(const QString &condition,
                                                            const QVariantList &values)
{
    auto attempts
        = database->select(selectAttempt(condition + QStringLiteral(" ORDER BY job_id, number")),
                           values, &readAttempt);
    if (!attempts || attempts->isEmpty())
        return attempts;
    const QString ofContainers = QString(condition).replace(QStringLiteral("(job_id, number) IN"),
                                                            QStringLiteral("(job_id, attempt) IN"));
    auto containers = database->select(
        selectContainer(ofContainers
                        + QStringLiteral(" ORDER BY job_id, attempt, place < 0, place")),
        values, &readContainer);
    if (!containers)
        return tl::unexpected(containers.error());
    auto container = containers->begin();
    for (AttemptRecord &attempt : *attempts) {
        for (; container != containers->end() && container->jobId == attempt.jobId
             && container->attempt == attempt.number;
             ++container)
            attempt.containers.append(std::move(*container));
    }
    return attempts;
}

} // namespace batchyard::executor
