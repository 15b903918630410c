#include "backend/executor/api/resourcetable.h"

#include "backend/batch/wording.h"
#include "backend/executor/api/joblists.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int largestDescribePage = 100;

QByteArray positionOf(const ResourceRecord &record)
{
    return record.name.toUtf8() + ':' + QByteArray::number(record.revision);
}

// Whether the record comes behind the position in the store's order, by name and revision. The
// record at the position itself may be gone by now.
bool isBehind(const ResourceRecord &record, const QByteArray &position)
{
    const qsizetype colon = position.lastIndexOf(':');
    return std::pair(record.name.toUtf8(), record.revision)
        > std::pair(position.left(colon), position.mid(colon + 1).toInt());
}

// Whether a queue has jobs that have not ended. It has, as long as the store cannot tell.
bool hasJobs(const OperationContext &context, ResourceKind kind, const ResourceRecord &record)
{
    if (kind != ResourceKind::JobQueue)
        return false;
    JobQuery query;
    query.queue = record.name;
    query.states = unfinishedStates();
    query.limit = 1;
    const auto unfinished = context.store.listJobs(query);
    return !unfinished || !unfinished->isEmpty();
}

} // namespace

Result<ResourceRecord> ResourceTable::find(const QString &nameOrArn) const
{
    const auto record = m_context.store.resource(m_kind, nameOf(nameOrArn, m_arnKind));
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return failure(ErrorCode::NotFound,
                       u"%1 does not exist"_s.arg(batch::shownName(nameOrArn)));
    return **record;
}

Result<ResourceRecord> ResourceTable::named(const Json &request, const char *member) const
{
    const auto name = requiredText(request, member);
    if (!name)
        return tl::unexpected(name.error());
    return find(*name);
}

Result<ResourceRecord> ResourceTable::changeable(const Json &request, const char *member) const
{
    auto record = named(request, member);
    if (record && record->status == u"DELETING"_s)
        return failure(ErrorCode::Conflict, u"Cannot delete, resource is being modified"_s);
    return record;
}

Result<void> ResourceTable::checkFree(const QString &name, qsizetype quota) const
{
    const auto records = m_context.store.resources(m_kind);
    if (!records)
        return tl::unexpected(records.error());
    if (std::any_of(records->cbegin(), records->cend(),
                    [&](const ResourceRecord &record) { return record.name == name; }))
        return failure(ErrorCode::Conflict, u"Object already exists"_s);
    if (records->size() >= quota)
        return failure(
            ErrorCode::Conflict,
            u"There are %1 of these already, which is the quota; delete one first."_s.arg(
                records->size()));
    return {};
}

bool ResourceTable::isSettling(const ResourceRecord &record) const
{
    return !m_context.settling->statusOf(m_kind, record.name).isEmpty();
}

void ResourceTable::showSettling(const ResourceRecord &record, Json &document) const
{
    const QString status = m_context.settling->statusOf(m_kind, record.name);
    if (status.isEmpty())
        return;
    document["status"] = status.toStdString();
    document.erase("statusReason");
}

Result<void> ResourceTable::save(const QString &name, const Json &document,
                                 Timestamp createdAt) const
{
    const auto ok = m_context.store.putResource(
        m_kind,
        {.name = name,
         .status = toQString(document.value("status", std::string("VALID"))),
         .document = dump(document),
         .createdAt = createdAt});
    if (ok)
        m_context.resourcesChanged();
    return ok;
}

Result<void> ResourceTable::remove(const QString &name) const
{
    const auto ok = m_context.store.removeResource(m_kind, name);
    if (ok)
        m_context.resourcesChanged();
    return ok;
}

Result<ResourceRecord> ResourceTable::deletable(const Json &request, const char *member,
                                                QStringView kind) const
{
    auto record = changeable(request, member);
    if (!record)
        return record;
    const auto document = documentOf(*record);
    if (!document)
        return tl::unexpected(document.error());
    if (document->value("state", std::string()) != "DISABLED")
        return failure(
            ErrorCode::Conflict,
            u"Cannot delete, %1 %2 is ENABLED; update its state to DISABLED first."_s.arg(
                kind, record->name));
    return record;
}

Result<void> ResourceTable::beginDeletion(const ResourceRecord &record, const QString &reason) const
{
    auto document = documentOf(record);
    if (!document)
        return tl::unexpected(document.error());
    (*document)["status"] = "DELETING";
    document->erase("statusReason");
    if (!reason.isEmpty())
        (*document)["statusReason"] = reason.toStdString();
    if (const auto ok = save(record.name, *document, record.createdAt); !ok)
        return ok;
    m_context.settling->begin(m_kind, record.name, u"DELETING"_s);
    m_context.mayHaveDeleted = true;
    removeDeleted(m_context);
    return {};
}

Result<Json> ResourceTable::page(const PageRequest &page, const char *listName, const Keep &keep,
                                 const ToDocument &toDocument) const
{
    const auto records = m_context.store.resources(m_kind);
    if (!records)
        return tl::unexpected(records.error());
    Json list = Json::array();
    Json reply = Json::object();
    QByteArray last;
    for (const ResourceRecord &record : *records) {
        if ((!page.position.isEmpty() && !isBehind(record, page.position)) || !keep(record))
            continue;
        if (list.size() == static_cast<size_t>(page.size)) {
            reply["nextToken"] = pageToken(page, last);
            break;
        }
        auto document = toDocument(record);
        if (!document)
            return document;
        list.push_back(std::move(*document));
        last = positionOf(record);
    }
    reply[listName] = std::move(list);
    return reply;
}

Result<Json> ResourceTable::describe(const Json &request, const char *operation,
                                     const char *listName, const ToDocument &toDocument) const
{
    const auto names = textsMember(request, listName, largestDescribePage);
    if (!names)
        return tl::unexpected(names.error());
    const auto pageOf = pageRequest(request, operation, largestDescribePage, largestDescribePage);
    if (!pageOf)
        return tl::unexpected(pageOf.error());
    QStringList wanted;
    for (const QString &name : *names)
        wanted += nameOf(name, m_arnKind);
    return page(
        *pageOf, listName,
        [&](const ResourceRecord &record) {
            return wanted.isEmpty() || wanted.contains(record.name);
        },
        toDocument);
}

void removeDeleted(OperationContext &context)
{
    if (!std::exchange(context.mayHaveDeleted, false))
        return;
    for (const ResourceKind kind : {ResourceKind::JobQueue, ResourceKind::ComputeEnvironment}) {
        const ResourceTable table(context, kind, {});
        const auto records = context.store.resources(kind);
        if (!records)
            context.mayHaveDeleted = true;
        for (const ResourceRecord &record : records.value_or(QList<ResourceRecord>())) {
            if (record.status != u"DELETING"_s)
                continue;
            if (table.isSettling(record) || hasJobs(context, kind, record)
                || !table.remove(record.name))
                context.mayHaveDeleted = true;
        }
    }
}

void replaceMembers(Json &document, const Json &changes, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        if (const Json *value = member(changes, name))
            document[name] = *value;
    }
}

Result<void>
refuseMembers(const Json &request,
              std::initializer_list<std::pair<const char *, QStringView>> namesAndReasons)
{
    for (const auto &[name, reason] : namesAndReasons) {
        const Json *value = member(request, name);
        if (value && !value->empty() && *value != "")
            return failure(ErrorCode::Unsupported,
                           QLatin1StringView(name) % u": " % reason % u"; leave it out.");
    }
    return {};
}

} // namespace batchyard::executor::api
