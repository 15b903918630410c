#include "backend/executor/api/operationcontext.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

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

} // namespace

Result<Json> documentOf(const ResourceRecord &record)
{
    Json document = Json::parse(record.document.cbegin(), record.document.cend(), nullptr, false);
    if (!document.is_object())
        return failure(ErrorCode::Protocol,
                       u"The stored document of %1 is damaged."_s.arg(record.name));
    return document;
}

Result<Json>
describeResources(const OperationContext &context, ResourceKind kind, const PageRequest &page,
                  const char *listName, const std::function<bool(const ResourceRecord &)> &keep,
                  const std::function<Result<Json>(const ResourceRecord &)> &toDocument)
{
    const auto records = context.store.resources(kind);
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

} // namespace batchyard::executor::api
