#include "backend/executor/api/jobdocuments.h"

#include "backend/batch/json.h"
#include "backend/batch/validation.h"

#include <algorithm>

namespace batchyard::executor::api {

using namespace Qt::Literals::StringLiterals;

namespace {

batch::JobDetail commonDetail(const JobDocuments &documents)
{
    const batch::SubmitJobRequest &request = documents.request;
    const batch::JobDefinition &definition = documents.definition;
    batch::JobDetail detail;
    detail.retryStrategy = request.retryStrategy ? request.retryStrategy : definition.retryStrategy;
    detail.timeout = request.timeout ? request.timeout : definition.timeout;
    detail.dependsOn = request.dependsOn;
    detail.parameters = definition.parameters;
    detail.parameters.insert(request.parameters);
    detail.schedulingPriority = request.schedulingPriorityOverride
        ? request.schedulingPriorityOverride
        : definition.schedulingPriority;
    detail.propagateTags = request.propagateTags ? request.propagateTags : definition.propagateTags;
    detail.platformCapabilities = definition.platformCapabilities;
    if (!documents.consumables.isEmpty())
        detail.consumableResourceProperties
            = batch::ConsumableResourceProperties{documents.consumables, {}};
    return detail;
}

void addTask(batch::JobDetail &detail, const JobDocuments &documents, int node)
{
    const auto properties
        = batch::effectiveProperties(documents.request, documents.definition, node);
    detail.isLegacy = properties.container.has_value();
    detail.eksProperties = properties.eksProperties;
    detail.task = batch::effectiveTask(documents.request, documents.definition, node);
    if (properties.container) {
        detail.vcpus = batch::deprecatedRequirement(*properties.container, "VCPU"_L1);
        detail.memory = batch::deprecatedRequirement(*properties.container, "MEMORY"_L1);
        detail.instanceType = properties.container->instanceType;
    }
}

} // namespace

batch::JobDetail JobDocuments::detailOf(const JobRecord &job) const
{
    if (job.kind != JobKind::Node)
        return detail;
    batch::JobDetail ofNode = commonDetail(*this);
    ofNode.nodeDetails = batch::NodeDetails{job.index, isMainNode(job.index)};
    addTask(ofNode, *this, job.index);
    return ofNode;
}

bool JobDocuments::isMainNode(int index) const
{
    return definition.nodeProperties && definition.nodeProperties->mainNode == index;
}

Result<std::shared_ptr<const JobDocuments>> DocumentCache::of(const JobRecord &job) const
{
    const Key key(job.request, job.definition);
    if (const auto *known = m_parsed.object(key))
        return *known;
    const auto request = batch::parseSubmitJobRequest(job.request);
    const auto definition = batch::parseJobDefinition(job.definition);
    if (!request.value || !definition.value)
        return failure(ErrorCode::Protocol,
                       u"The stored documents of job %1 are damaged."_s.arg(job.id));
    const auto documents = std::make_shared<JobDocuments>(
        JobDocuments{*request.value,
                     *definition.value,
                     batch::effectiveConsumables(*request.value, *definition.value),
                     {}});
    documents->detail = commonDetail(*documents);
    if (definition.value->isMultinode())
        documents->detail.nodeProperties = batch::effectiveNodes(*request.value, *definition.value);
    else
        addTask(documents->detail, *documents, 0);
    for (int node = 0; node < std::max(1, batch::nodeCount(*request.value, *definition.value));
         ++node)
        documents->vcpus += batch::totalRequirement(
            batch::effectiveTask(*request.value, *definition.value, node), "VCPU"_L1);
    m_parsed.insert(key, new std::shared_ptr<const JobDocuments>(documents),
                    job.request.size() + job.definition.size());
    return documents;
}

} // namespace batchyard::executor::api
