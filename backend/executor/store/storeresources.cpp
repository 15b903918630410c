// Compute environments, job queues, job definitions and what blocks queues.
#include "backend/executor/store/storeprivate.h"

namespace batchyard::executor {

namespace {

QString kindName(ResourceKind kind)
{
    switch (kind) {
    case ResourceKind::ComputeEnvironment:
        return QStringLiteral("COMPUTE_ENVIRONMENT");
    case ResourceKind::JobQueue:
        return QStringLiteral("JOB_QUEUE");
    case ResourceKind::JobDefinition:
        return QStringLiteral("JOB_DEFINITION");
    case ResourceKind::SchedulingPolicy:
        return QStringLiteral("SCHEDULING_POLICY");
    case ResourceKind::ConsumableResource:
        return QStringLiteral("CONSUMABLE_RESOURCE");
    }
    Q_UNREACHABLE();
}

ResourceRecord readResource(Row &row)
{
    ResourceRecord record;
    record.name = row.text();
    record.revision = row.integer();
    record.status = row.text();
    record.document = row.bytes();
    record.createdAt = row.time();
    return record;
}

core::BlockedHead readBlockedHead(Row &row)
{
    core::BlockedHead head;
    head.queue = row.text();
    head.jobId = row.text();
    head.reason = row.text();
    head.since = row.time();
    return head;
}

int readRevision(Row &row)
{
    return row.integer();
}

} // namespace

Result<void> Store::putResource(ResourceKind kind, const ResourceRecord &record)
{
    return d->takeUp([&] { return d->putResource(kind, record); });
}

Result<int> Store::addJobDefinition(const ResourceRecord &record)
{
    return d->takeUp([&]() -> Result<int> {
        const auto revision = d->database->selectOne(
            QStringLiteral("INSERT INTO last_revision (name, revision) VALUES (?, 1) "
                           "ON CONFLICT (name) DO UPDATE SET revision = revision + 1 "
                           "RETURNING revision"),
            {sqlText(record.name)}, &readRevision);
        if (!revision)
            return tl::unexpected(revision.error());
        ResourceRecord numbered = record;
        numbered.revision = revision->value_or(1);
        return d->putResource(ResourceKind::JobDefinition, numbered).map([&] {
            return numbered.revision;
        });
    });
}

Result<void> Store::removeResource(ResourceKind kind, const QString &name)
{
    return d->change([&] {
        return d->database
            ->execute(QStringLiteral("DELETE FROM resource WHERE kind = ? AND name = ?"),
                      {kindName(kind), sqlText(name)})
            .map([](int) {});
    });
}

Result<void> Store::Private::putResource(ResourceKind kind, const ResourceRecord &record)
{
    return database
        ->execute(QStringLiteral(
                      "INSERT INTO resource (kind, name, revision, status, document, created_at) "
                      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, name, revision) DO UPDATE SET "
                      "status = excluded.status, document = excluded.document, "
                      "created_at = excluded.created_at"),
                  {kindName(kind), sqlText(record.name), record.revision, sqlText(record.status),
                   sqlBytes(record.document), sqlTime(record.createdAt)})
        .map([](int) {});
}

Result<std::optional<ResourceRecord>> Store::resource(ResourceKind kind, const QString &name,
                                                      int revision) const
{
    return d->database->selectOne(
        QStringLiteral("SELECT name, revision, status, document, created_at FROM resource "
                       "WHERE kind = ? AND name = ? AND revision = ?"),
        {kindName(kind), sqlText(name), revision}, &readResource);
}

Result<QList<ResourceRecord>> Store::resources(ResourceKind kind) const
{
    return d->database->select(
        QStringLiteral("SELECT name, revision, status, document, created_at FROM resource "
                       "WHERE kind = ? ORDER BY name, revision"),
        {kindName(kind)}, &readResource);
}

Result<std::optional<ResourceRecord>> Store::activeDefinition(const QString &name) const
{
    return d->database->selectOne(
        QStringLiteral("SELECT name, revision, status, document, created_at FROM resource "
                       "WHERE kind = ? AND name = ? AND status = 'ACTIVE' "
                       "ORDER BY revision DESC LIMIT 1"),
        {kindName(ResourceKind::JobDefinition), sqlText(name)}, &readResource);
}

Result<void> Store::setBlockedHeads(const QList<core::BlockedHead> &heads)
{
    return d->change([&]() -> Result<void> {
        auto done = d->database->execute(QStringLiteral("DELETE FROM blocked_head"));
        for (const core::BlockedHead &head : heads) {
            if (!done)
                break;
            done = d->database->execute(
                QStringLiteral("INSERT INTO blocked_head (queue, job_id, reason, since) "
                               "VALUES (?, ?, ?, ?)"),
                {sqlText(head.queue), sqlText(head.jobId), sqlText(head.reason),
                 sqlTime(head.since)});
        }
        return done.map([](int) {});
    });
}

Result<QList<core::BlockedHead>> Store::blockedHeads() const
{
    return d->database->select(
        QStringLiteral("SELECT queue, job_id, reason, since FROM blocked_head ORDER BY queue"), {},
        &readBlockedHead);
}

} // namespace batchyard::executor
