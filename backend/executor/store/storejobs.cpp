// Jobs and the history of their states.
#include "backend/executor/core/jobtransitions.h"
#include "backend/executor/store/storeprivate.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace batchyard::executor {

using batch::JobStatus;

namespace {

constexpr std::array<std::pair<JobKind, QLatin1StringView>, 5> kinds{{
    {JobKind::Single, QLatin1StringView("SINGLE")},
    {JobKind::ArrayParent, QLatin1StringView("ARRAY_PARENT")},
    {JobKind::ArrayChild, QLatin1StringView("ARRAY_CHILD")},
    {JobKind::MultiNodeParent, QLatin1StringView("MULTI_NODE_PARENT")},
    {JobKind::Node, QLatin1StringView("NODE")},
}};

const QString noTags = QStringLiteral("{}");

// The highest number that a change has, or had in a history that was lost.
const QString lastNumber
    = QStringLiteral("max(ifnull((SELECT max(number) FROM state_change), 0),"
                     " ifnull((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'last_change'), "
                     "0))");
const QString changeInsert
    = QStringLiteral("INSERT INTO state_change (number, job_id, status, attempt, at, reason) ");
const QString firstChanges = changeInsert + QStringLiteral("SELECT ") + lastNumber
    + QStringLiteral(" + row_number() OVER (ORDER BY sequence), id, status, attempt, created_at,"
                     " status_reason FROM job WHERE sequence >= ? ORDER BY sequence");
const QString laterChange = changeInsert + QStringLiteral("VALUES (") + lastNumber
    + QStringLiteral(" + 1, ?, ?, ?, ?, ?)");

QString kindText(JobKind kind)
{
    const auto *found = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const auto &each) { return each.first == kind; });
    return found->second;
}

std::optional<JobKind> jobKind(QStringView text)
{
    const auto *found = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const auto &each) { return each.second == text; });
    return found == kinds.end() ? std::nullopt : std::optional(found->first);
}

QString tagsText(const batch::Tags &tags)
{
    if (tags.isEmpty())
        return noTags;
    QJsonObject object;
    for (auto tag = tags.begin(); tag != tags.end(); ++tag)
        object.insert(tag.key(), tag.value());
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

batch::Tags readTags(const QString &text)
{
    batch::Tags tags;
    if (text == noTags)
        return tags;
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    for (auto tag = object.begin(); tag != object.end(); ++tag)
        tags.insert(tag.key(), tag.value().toString());
    return tags;
}

JobRecord readJob(Row &row)
{
    JobRecord job;
    job.sequence = row.number();
    job.id = row.text();
    job.kind = row.oneOf(&jobKind);
    job.parentId = row.text();
    job.index = row.integer();
    job.size = row.integer();
    job.name = row.text();
    job.queue = row.text();
    job.definitionArn = row.text();
    job.shareIdentifier = row.text();
    job.schedulingPriority = row.integer();
    job.consumableResources = row.text().split(u'\n', Qt::SkipEmptyParts);
    job.tags = readTags(row.text());
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
               "SELECT sequence, id, kind, parent_id, place, size, name, queue, definition_arn, "
               "share_identifier, scheduling_priority, consumables, tags, status, status_reason, "
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

NumberedChange readNumberedChange(Row &row)
{
    NumberedChange numbered;
    numbered.number = row.number();
    numbered.jobId = row.text();
    numbered.change = readChange(row);
    return numbered;
}

JobStatus readStatus(Row &row)
{
    return row.oneOf(&batch::jobStatus);
}

std::pair<JobStatus, int> readCount(Row &row)
{
    const JobStatus status = row.oneOf(&batch::jobStatus);
    return {status, row.integer()};
}

// Request and definition.
std::pair<QByteArray, QByteArray> readDocuments(Row &row)
{
    const QByteArray request = row.bytes();
    return {request, row.bytes()};
}

QString movableTo(JobStatus status)
{
    QStringList states;
    for (int i = 0; i < batch::jobStatusCount; ++i) {
        if (const auto from = static_cast<JobStatus>(i); core::isLegalTransition(from, status))
            states.append(u'\'' + toString(from) + u'\'');
    }
    return QStringLiteral(" AND status IN (%1)").arg(states.join(u','));
}

// By status, the condition that a row stands where it can become it.
const std::array<QString, batch::jobStatusCount> &movable()
{
    static const auto conditions = [] {
        std::array<QString, batch::jobStatusCount> made;
        for (size_t i = 0; i < made.size(); ++i)
            made[i] = movableTo(static_cast<JobStatus>(i));
        return made;
    }();
    return conditions;
}

tl::unexpected<Error> noSuchJob(const QString &id)
{
    return failure(ErrorCode::NotFound, QStringLiteral("There is no job %1.").arg(id));
}

} // namespace

Result<qint64> Store::addJob(const JobRecord &job, const QList<JobRecord> &children)
{
    return d->takeUp([&]() -> Result<qint64> {
        if (const auto inserted = d->insertJob(job); !inserted)
            return tl::unexpected(inserted.error());
        const auto sequence
            = d->database->selectOne(QStringLiteral("SELECT sequence FROM job WHERE id = ?"),
                                     {sqlText(job.id)}, &readNumber);
        if (!sequence)
            return tl::unexpected(sequence.error());
        for (const JobRecord &child : children) {
            if (const auto inserted = d->insertJob(child); !inserted)
                return tl::unexpected(inserted.error());
        }
        return d->noteFirst(sequence->value_or(0)).map([&] { return sequence->value_or(0); });
    });
}

Result<std::optional<JobRecord>> Store::job(const QString &id) const
{
    return d->selectJobs(QStringLiteral("id = ?"), {sqlText(id)}).map([](QList<JobRecord> found) {
        return found.isEmpty() ? std::optional<JobRecord>() : std::optional(found.takeFirst());
    });
}

Result<QList<JobRecord>> Store::jobs(const QStringList &ids) const
{
    return d->selectJobs(QStringLiteral("id IN (SELECT value FROM json_each(?)) ORDER BY sequence"),
                         {sqlList(ids)});
}

Result<QList<JobRecord>> Store::jobsInStates(const QList<JobStatus> &states) const
{
    QList<JobRecord> jobs;
    for (const JobStatus status : states) {
        auto found = d->selectJobs(QStringLiteral("status = ?"), {toString(status)});
        if (!found)
            return found;
        jobs.append(std::move(*found));
    }
    std::sort(jobs.begin(), jobs.end(),
              [](const JobRecord &a, const JobRecord &b) { return a.sequence < b.sequence; });
    return jobs;
}

Result<QList<JobRecord>> Store::children(const QString &parentId) const
{
    return d->selectJobs(QStringLiteral("parent_id = ? AND parent_id <> '' ORDER BY place"),
                         {sqlText(parentId)});
}

Result<QMap<JobStatus, int>> Store::childCounts(const QString &parentId) const
{
    return d->database
        ->select(QStringLiteral("SELECT status, count(*) FROM job "
                                "WHERE parent_id = ? AND parent_id <> '' GROUP BY status"),
                 {sqlText(parentId)}, &readCount)
        .map([](const QList<std::pair<JobStatus, int>> &rows) {
            return QMap<JobStatus, int>(
                std::map<JobStatus, int>(rows.constBegin(), rows.constEnd()));
        });
}

Result<void> Store::setJobStatus(const JobRecord &job, Timestamp at)
{
    return d->change([&] { return d->moveJob(job, at); });
}

Result<void> Store::setJobStatuses(const QList<JobRecord> &jobs, Timestamp at)
{
    return d->change([&]() -> Result<void> {
        for (const JobRecord &job : jobs) {
            if (const auto moved = d->moveJob(job, at); !moved)
                return moved;
        }
        return {};
    });
}

Result<void> Store::setJobTags(const QString &jobId, const batch::Tags &tags)
{
    return d->takeUp([&]() -> Result<void> {
        const auto changed
            = d->database->execute(QStringLiteral("UPDATE job SET tags = ? WHERE id = ?"),
                                   {tagsText(tags), sqlText(jobId)});
        if (!changed)
            return tl::unexpected(changed.error());
        return *changed == 0 ? noSuchJob(jobId) : Result<void>();
    });
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
    return d->change([&]() -> Result<void> {
        const auto changed = d->database->execute(sql, {sqlText(reason), sqlText(jobId)});
        if (!changed)
            return tl::unexpected(changed.error());
        return *changed == 0 ? noSuchJob(jobId) : Result<void>();
    });
}

Result<QList<StateChangeRecord>> Store::history(const QString &jobId) const
{
    return d->database->select(
        QStringLiteral("SELECT status, attempt, at, reason FROM state_change "
                       "WHERE job_id = ? ORDER BY number"),
        {sqlText(jobId)}, &readChange);
}

Result<QList<NumberedChange>> Store::changesAfter(qint64 after, int limit) const
{
    return d->database->select(
        QStringLiteral("SELECT number, job_id, status, attempt, at, reason FROM state_change "
                       "WHERE number > ? ORDER BY number LIMIT ?"),
        {after, limit}, &readNumberedChange);
}

Result<qint64> Store::lastChange() const
{
    return d->database->selectOne(QStringLiteral("SELECT ") + lastNumber, {}, &readNumber)
        .map([](const std::optional<qint64> &number) { return number.value_or(0); });
}

Result<void> Store::numberChangesAfter(qint64 number)
{
    return d->change([&] {
        return d->database
            ->execute(QStringLiteral("INSERT INTO meta (key, value) VALUES ('last_change', ?) "
                                     "ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
                      {QString::number(number)})
            .map([](int) {});
    });
}

// The parent's documents are not written again with a child.
Result<void> Store::Private::insertJob(const JobRecord &job)
{
    const bool isChild = !job.parentId.isEmpty();
    return database
        ->execute(
            QStringLiteral(
                "INSERT INTO job (id, kind, parent_id, place, size, name, queue, definition_arn,"
                " share_identifier, scheduling_priority, consumables, tags, status, status_reason,"
                " created_at, started_at, stopped_at, attempt, cancel_requested,"
                " terminate_requested, end_reason, request, definition) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            {sqlText(job.id),
             kindText(job.kind),
             sqlText(job.parentId),
             job.index,
             job.size,
             sqlText(job.name),
             sqlText(job.queue),
             sqlText(job.definitionArn),
             sqlText(job.shareIdentifier),
             job.schedulingPriority,
             sqlLines(job.consumableResources),
             tagsText(job.tags),
             toString(job.status),
             sqlText(job.statusReason),
             sqlTime(job.createdAt),
             sqlTime(job.startedAt),
             sqlTime(job.stoppedAt),
             job.attempt,
             job.cancelRequested,
             job.terminateRequested,
             sqlText(job.endReason),
             sqlBytes(isChild ? QByteArray() : job.request),
             sqlBytes(isChild ? QByteArray() : job.definition)})
        .map([](int) {});
}

// Children get their parent's documents, read once for all of them.
Result<QList<JobRecord>> Store::Private::selectJobs(const QString &condition,
                                                    const QVariantList &values)
{
    auto jobs = database->select(selectJob(condition), values, &readJob);
    if (!jobs)
        return jobs;
    QHash<QString, std::pair<QByteArray, QByteArray>> documents; // by parent
    for (JobRecord &job : *jobs) {
        if (job.parentId.isEmpty())
            continue;
        auto found = documents.find(job.parentId);
        if (found == documents.end()) {
            const auto read = database->selectOne(
                QStringLiteral("SELECT request, definition FROM job WHERE id = ?"),
                {sqlText(job.parentId)}, &readDocuments);
            if (!read)
                return tl::unexpected(read.error());
            if (!*read)
                return tl::unexpected(database->damaged(
                    QStringLiteral("%1 has no parent %2").arg(job.id, job.parentId)));
            found = documents.insert(job.parentId, **read);
        }
        std::tie(job.request, job.definition) = *found;
    }
    return jobs;
}

// What is usual in two statements: where the row stands is read only when it did not move.
Result<void> Store::Private::moveJob(const JobRecord &job, Timestamp at)
{
    const auto moved = updateJob(job, movable()[static_cast<size_t>(job.status)]);
    if (!moved)
        return tl::unexpected(moved.error());
    if (*moved > 0)
        return noteChange(job, at);
    const auto present = database->selectOne(QStringLiteral("SELECT status FROM job WHERE id = ?"),
                                             {sqlText(job.id)}, &readStatus);
    if (!present)
        return tl::unexpected(present.error());
    if (!*present)
        return noSuchJob(job.id);
    if (**present != job.status)
        return failure(ErrorCode::Conflict,
                       QStringLiteral("Job %1 is %2 and cannot become %3.")
                           .arg(job.id, toString(**present), toString(job.status)));
    return updateJob(job, QString()).map([](int) {});
}

// What a move changes of a job's row; the condition begins with AND. Returns the number of rows.
Result<int> Store::Private::updateJob(const JobRecord &job, const QString &condition)
{
    return database->execute(
        QStringLiteral("UPDATE job SET status = ?, status_reason = ?, started_at = ?, "
                       "stopped_at = ?, attempt = ? WHERE id = ?")
            + condition,
        {toString(job.status), sqlText(job.statusReason), sqlTime(job.startedAt),
         sqlTime(job.stoppedAt), job.attempt, sqlText(job.id)});
}

// Of the jobs that have been added, from this sequence on, in one go.
Result<void> Store::Private::noteFirst(qint64 sequence)
{
    return database->execute(firstChanges, {sequence}).map([](int) {});
}

Result<void> Store::Private::noteChange(const JobRecord &job, Timestamp at)
{
    return database
        ->execute(laterChange,
                  {sqlText(job.id), toString(job.status), job.attempt, sqlTime(at),
                   sqlText(job.statusReason)})
        .map([](int) {});
}

} // namespace batchyard::executor
