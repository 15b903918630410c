#include "backend/executor/api/tagoperations.h"

#include <nlohmann/json.hpp>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

// API_TagResource.
constexpr size_t maximumTags = 50;
constexpr qsizetype maximumKey = 128;
constexpr qsizetype maximumValue = 256;

tl::unexpected<Error> notFound(const QString &arn)
{
    return failure(ErrorCode::NotFound, u"resourceArn: %1 does not exist"_s.arg(arn.left(300)));
}

std::optional<ResourceKind> kindOf(const QString &kind)
{
    if (kind == u"compute-environment"_s)
        return ResourceKind::ComputeEnvironment;
    if (kind == u"job-queue"_s)
        return ResourceKind::JobQueue;
    if (kind == u"job-definition"_s)
        return ResourceKind::JobDefinition;
    return std::nullopt;
}

Result<void> checkTag(const std::string &key, const Json &value)
{
    const qsizetype keyLength = toQString(key).size();
    if (keyLength < 1 || keyLength > maximumKey)
        return failure(ErrorCode::InvalidInput,
                       u"tags: a key has %1 characters; 1 to %2 are allowed."_s.arg(
                           QString::number(keyLength), QString::number(maximumKey)));
    if (!value.is_string() || toQString(value.get<std::string>()).size() > maximumValue)
        return failure(
            ErrorCode::InvalidInput,
            u"tags: a value must be a string of at most %1 characters."_s.arg(maximumValue));
    return {};
}

} // namespace

struct TagOperations::Tagged {
    ResourceKind kind;
    ResourceRecord record;
    Json document;
};

Result<Json> TagOperations::list(const QString &arn)
{
    const auto parsed = parseBatchArn(arn);
    if (parsed && parsed->kind == u"job"_s) {
        const auto job = m_context.store.job(parsed->name);
        if (!job)
            return tl::unexpected(job.error());
        if (!*job)
            return notFound(arn);
        const Json request
            = Json::parse((*job)->request.cbegin(), (*job)->request.cend(), nullptr, false);
        return Json{{"tags", request.value("tags", Json::object())}};
    }
    const auto tagged = find(arn);
    if (!tagged)
        return tl::unexpected(tagged.error());
    return Json{{"tags", tagged->document.value("tags", Json::object())}};
}

Result<Json> TagOperations::tag(const QString &arn, const Json &request)
{
    auto tagged = find(arn);
    if (!tagged)
        return tl::unexpected(tagged.error());
    const Json *added = member(request, "tags");
    if (!added || !added->is_object())
        return failure(ErrorCode::InvalidInput, u"tags: expected an object of strings."_s);
    Json tags = tagged->document.value("tags", Json::object());
    for (const auto &[key, value] : added->items()) {
        if (const auto ok = checkTag(key, value); !ok)
            return tl::unexpected(ok.error());
        tags[key] = value;
    }
    if (tags.size() > maximumTags)
        return failure(ErrorCode::InvalidInput,
                       u"tags: %1 tags; at most %2 are allowed."_s.arg(
                           QString::number(tags.size()), QString::number(maximumTags)));
    return save(*tagged, tags);
}

Result<Json> TagOperations::untag(const QString &arn, const QStringList &keys)
{
    auto tagged = find(arn);
    if (!tagged)
        return tl::unexpected(tagged.error());
    if (keys.isEmpty() || keys.size() > static_cast<qsizetype>(maximumTags))
        return failure(ErrorCode::InvalidInput, u"tagKeys: 1 to 50 keys are allowed."_s);
    Json tags = tagged->document.value("tags", Json::object());
    for (const QString &key : keys)
        tags.erase(key.toStdString());
    return save(*tagged, tags);
}

Result<TagOperations::Tagged> TagOperations::find(const QString &arn) const
{
    const auto parsed = parseBatchArn(arn);
    if (!parsed)
        return notFound(arn);
    if (parsed->kind == u"job"_s)
        return failure(ErrorCode::Unsupported,
                       u"resourceArn: the tags of a job cannot be changed locally after it was "
                       "submitted."_s);
    const auto kind = kindOf(parsed->kind);
    const auto name = definitionNameOf(parsed->name);
    if (!kind || !name)
        return notFound(arn);
    const auto record = m_context.store.resource(*kind, name->name, name->revision);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return notFound(arn);
    auto document = documentOf(**record);
    if (!document)
        return tl::unexpected(document.error());
    return Tagged{*kind, **record, std::move(*document)};
}

Result<Json> TagOperations::save(Tagged &tagged, const Json &tags)
{
    tagged.document["tags"] = tags;
    tagged.record.document = dump(tagged.document);
    if (const auto ok = m_context.store.putResource(tagged.kind, tagged.record); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return Json::object();
}

} // namespace batchyard::executor::api
