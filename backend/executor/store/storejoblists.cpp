// Listing jobs: what a query asks for as a condition, and the page of rows.
#include "backend/executor/store/storeprivate.h"

#include <algorithm>
#include <limits>

namespace batchyard::executor {

using batch::JobStatus;

namespace {

QList<JobStatus> allStates()
{
    QList<JobStatus> states;
    for (int i = 0; i < batch::jobStatusCount; ++i)
        states.append(static_cast<JobStatus>(i));
    return states;
}

struct Condition {
    QString sql;
    QVariantList values;

    void add(const QString &term, const QVariantList &termValues = {})
    {
        sql += (sql.isEmpty() ? QString() : QStringLiteral(" AND ")) + term;
        values += termValues;
    }
};

// Not LIKE: a name may have an underscore.
void addName(Condition &condition, const QString &column, const QString &pattern,
             const QString &collation)
{
    if (pattern.endsWith(u'*')) {
        const QString prefix = pattern.chopped(1);
        condition.add(QStringLiteral("substr(%1, 1, ?) = ? COLLATE %2").arg(column, collation),
                      {prefix.size(), sqlText(prefix)});
    } else {
        condition.add(QStringLiteral("%1 = ? COLLATE %2").arg(column, collation), {pattern});
    }
}

void addDefinition(Condition &condition, const QString &definition)
{
    if (definition.startsWith(QStringLiteral("arn:"))) {
        condition.add(QStringLiteral("definition_arn = ?"), {definition});
        return;
    }
    // Between the last slash and the revision's colon; names have neither.
    const QString rest = QStringLiteral("substr(definition_arn, instr(definition_arn, '/') + 1)");
    addName(condition, QStringLiteral("substr(%1, 1, instr(%1, ':') - 1)").arg(rest), definition,
            QStringLiteral("BINARY"));
}

Condition conditionOf(const JobQuery &query)
{
    Condition condition;
    if (!query.parentId.isEmpty())
        condition.add(QStringLiteral("parent_id = ? AND parent_id <> ''"), {query.parentId});
    else if (!query.queue.isEmpty())
        condition.add(QStringLiteral("queue = ? AND parent_id = ''"), {query.queue});
    else if (!query.consumableResource.isEmpty())
        condition.add(QStringLiteral("consumables <> '' AND instr(consumables, ?) > 0"),
                      {sqlLines({query.consumableResource})});
    if (!query.name.isEmpty())
        addName(condition, QStringLiteral("name"), query.name, QStringLiteral("NOCASE"));
    if (!query.definition.isEmpty())
        addDefinition(condition, query.definition);
    if (!query.shareIdentifier.isEmpty())
        condition.add(QStringLiteral("share_identifier = ?"), {query.shareIdentifier});
    if (query.createdBefore)
        condition.add(QStringLiteral("created_at < ?"), {sqlTime(query.createdBefore)});
    if (query.createdAfter)
        condition.add(QStringLiteral("created_at > ?"), {sqlTime(query.createdAfter)});
    condition.add(QStringLiteral("sequence < ?"),
                  {query.before > 0 ? query.before : std::numeric_limits<qint64>::max()});
    return condition;
}

} // namespace

// The newest numbers of each status come from an index; only the rows of the page are read whole.
Result<QList<JobRecord>> Store::listJobs(const JobQuery &query) const
{
    const qsizetype wanted = std::max(0, query.limit);
    const Condition condition = conditionOf(query);
    QList<qint64> sequences;
    for (const JobStatus status : query.states.isEmpty() ? allStates() : query.states) {
        const auto found = d->database->select(
            QStringLiteral("SELECT sequence FROM job WHERE status = ? AND ") + condition.sql
                + QStringLiteral(" ORDER BY sequence DESC LIMIT ?"),
            QVariantList{toString(status)} + condition.values + QVariantList{wanted}, &readNumber);
        if (!found)
            return tl::unexpected(found.error());
        sequences.append(*found);
    }
    std::sort(sequences.begin(), sequences.end(), std::greater<>());
    sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
    if (sequences.size() > wanted)
        sequences.resize(wanted);
    return d->selectJobs(
        QStringLiteral("sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence DESC"),
        {sqlList(sequences)});
}

} // namespace batchyard::executor
