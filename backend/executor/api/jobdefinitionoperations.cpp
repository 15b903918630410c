#include "backend/executor/api/jobdefinitionoperations.h"

#include "backend/batch/limits.h"
#include "backend/batch/wording.h"
#include "backend/executor/api/localpolicy.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr ResourceKind definitionKind = ResourceKind::JobDefinition;

Result<void> checkSize(const Json &request)
{
    const qsizetype bytes = dump(request).size();
    if (bytes > batch::limits::definitionBytes)
        return failure(
            ErrorCode::InvalidInput,
            u"The job definition has %1 bytes; at most %2 (24 KiB) are allowed."_s.arg(
                QString::number(bytes), QString::number(batch::limits::definitionBytes)));
    return {};
}

} // namespace

Result<Json> JobDefinitionOperations::registerDefinition(const Json &request,
                                                         const QByteArray &allowed)
{
    if (const auto ok = checkSize(request); !ok)
        return tl::unexpected(ok.error());
    auto definition = checkedValue(request, batch::readJobDefinition);
    if (!definition)
        return tl::unexpected(definition.error());
    const auto hostPaths = checkPolicy(*definition, allowed);
    if (!hostPaths)
        return tl::unexpected(hostPaths.error());
    if (definition->retryStrategy) {
        for (batch::EvaluateOnExit &rule : definition->retryStrategy->evaluateOnExit)
            rule.action = rule.action.toLower(); // as AWS describes it after registration
    }
    Json document = batch::toJsonValue(*definition, batch::Form::Request);
    for (auto each = hostPaths->cbegin(); each != hostPaths->cend(); ++each)
        document[batch::hostPathsMember][each.key().toStdString()] = each.value().toStdString();
    const QString name = definition->jobDefinitionName;
    const Result<int> revision = m_context.store.addJobDefinition({.name = name,
                                                                   .status = u"ACTIVE"_s,
                                                                   .document = dump(document),
                                                                   .createdAt = m_context.now()});
    if (!revision)
        return tl::unexpected(revision.error());
    m_context.resourcesChanged();
    return Json{{"jobDefinitionName", name.toStdString()},
                {"jobDefinitionArn", m_context.arns.jobDefinition(name, *revision).toStdString()},
                {"revision", *revision}};
}

// The file is read each time: what the user allows counts at once.
Result<QMap<QString, QString>>
JobDefinitionOperations::checkPolicy(const batch::JobDefinition &definition,
                                     const QByteArray &allowed) const
{
    const ApiSettings &settings = m_context.settings;
    QStringList guarded = settings.guardedPaths;
    guarded += m_context.control.engineStatus().endpoint;
    guarded.removeAll(QString());
    PolicyRefusal refusal = refusalOf(LocalPolicy::fromFile(settings.policyFile).with(allowed),
                                      {settings.policyFile, guarded}, definition);
    if (refusal.faults.isEmpty())
        return std::move(refusal.hostPaths);
    return failure(ErrorCode::AccessDenied, batch::toText(refusal.faults),
                   refusedMark % refusal.permissions.join(u", "_s));
}

Result<Json> JobDefinitionOperations::describe(const Json &request)
{
    const auto texts = textsMember(request, "jobDefinitions", 100);
    if (!texts)
        return tl::unexpected(texts.error());
    const auto name = textMember(request, "jobDefinitionName");
    if (!name)
        return tl::unexpected(name.error());
    const auto status = textMember(request, "status");
    if (!status)
        return tl::unexpected(status.error());
    if (!texts->isEmpty() && (!name->isEmpty() || !status->isEmpty()))
        return failure(ErrorCode::InvalidInput,
                       u"jobDefinitions: cannot be used together with jobDefinitionName or "
                       "status."_s);
    if (!status->isEmpty() && *status != u"ACTIVE"_s && *status != u"INACTIVE"_s)
        return failure(ErrorCode::InvalidInput, u"status: ACTIVE or INACTIVE is allowed."_s);
    const auto page = pageRequest(request, "DescribeJobDefinitions", 100, 100);
    if (!page)
        return tl::unexpected(page.error());

    QList<DefinitionName> wanted;
    for (const QString &text : *texts) {
        const auto one = definitionNameOf(text);
        if (!one)
            return failure(
                ErrorCode::InvalidInput,
                u"jobDefinitions: %1 is no name:revision or ARN."_s.arg(batch::shownName(text)));
        wanted += *one;
    }
    const QString wantedName = nameOf(*name, u"job-definition");
    const auto isWanted = [&](const ResourceRecord &record) {
        const auto names = [&](const DefinitionName &one) {
            return one.name == record.name
                && (one.revision == 0 || one.revision == record.revision);
        };
        return (wanted.isEmpty() || std::any_of(wanted.cbegin(), wanted.cend(), names))
            && (wantedName.isEmpty() || record.name == wantedName)
            && (status->isEmpty() || record.status == *status);
    };
    return m_table.page(*page, "jobDefinitions", isWanted, [this](const ResourceRecord &record) {
        auto document = documentOf(record);
        if (document)
            document->erase(batch::hostPathsMember);
        return document;
    });
}

Result<Json> JobDefinitionOperations::deregister(const Json &request)
{
    const auto text = requiredText(request, "jobDefinition");
    if (!text)
        return tl::unexpected(text.error());
    const auto name = definitionNameOf(*text);
    if (!name || name->revision == 0)
        return failure(ErrorCode::InvalidInput,
                       u"jobDefinition: %1 has no revision; name:revision or an ARN with a "
                       "revision is allowed."_s.arg(batch::shownName(*text)));
    const auto record = m_context.store.resource(definitionKind, name->name, name->revision);
    if (!record)
        return tl::unexpected(record.error());
    if (!*record)
        return failure(ErrorCode::NotFound,
                       u"JobDefinition %1 does not exist"_s.arg(batch::shownName(*text)));
    ResourceRecord inactive = **record;
    inactive.status = u"INACTIVE"_s;
    if (const auto ok = m_context.store.putResource(definitionKind, inactive); !ok)
        return tl::unexpected(ok.error());
    m_context.resourcesChanged();
    return Json::object();
}

Result<ResourceRecord> JobDefinitionOperations::findActive(const QString &jobDefinition) const
{
    const auto absent = [&] {
        return failure(ErrorCode::NotFound,
                       u"JobDefinition name %1 does not exist or is not in ACTIVE status"_s.arg(
                           batch::shownName(nameOf(jobDefinition, u"job-definition"))));
    };
    const auto name = definitionNameOf(jobDefinition);
    if (!name)
        return absent();
    if (name->revision > 0) {
        const auto record = m_context.store.resource(definitionKind, name->name, name->revision);
        if (!record)
            return tl::unexpected(record.error());
        if (!*record || (*record)->status != u"ACTIVE"_s)
            return absent();
        return **record;
    }
    const auto latest = m_context.store.activeDefinition(name->name);
    if (!latest)
        return tl::unexpected(latest.error());
    if (!*latest)
        return absent();
    return **latest;
}

Result<Json> JobDefinitionOperations::documentOf(const ResourceRecord &record) const
{
    auto document = api::documentOf(record);
    if (!document)
        return document;
    Json described{{"jobDefinitionName", record.name.toStdString()},
                   {"jobDefinitionArn",
                    m_context.arns.jobDefinition(record.name, record.revision).toStdString()},
                   {"revision", record.revision},
                   {"status", record.status.toStdString()}};
    described.update(*document);
    const auto definition = batch::readJobDefinition(*document);
    const bool isEks = definition.value && definition.value->isEks();
    described["containerOrchestrationType"] = isEks ? "EKS" : "ECS";
    return described;
}

} // namespace batchyard::executor::api
