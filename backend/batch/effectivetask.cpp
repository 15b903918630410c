// What an accepted request runs: overrides merged into the definition, Ref:: parameters substituted
// (API_SubmitJob, API_NodeOverrides).
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

void mergeEnvironment(QList<KeyValuePair> &environment, const QList<KeyValuePair> &overrides)
{
    for (const KeyValuePair &variable : overrides) {
        const auto same = std::ranges::find(environment, variable.name, &KeyValuePair::name);
        if (same == environment.end())
            environment.append(variable);
        else
            *same = variable;
    }
}

void mergeRequirements(QList<ResourceRequirement> &requirements,
                       const QList<ResourceRequirement> &overrides)
{
    for (const ResourceRequirement &requirement : overrides) {
        const auto same
            = std::ranges::find(requirements, requirement.type, &ResourceRequirement::type);
        if (same == requirements.end())
            requirements.append(requirement);
        else
            *same = requirement;
    }
}

void apply(ContainerBase &container, const TaskContainerOverrides &overrides)
{
    if (!overrides.command.isEmpty())
        container.command = overrides.command;
    mergeEnvironment(container.environment, overrides.environment);
    mergeRequirements(container.resourceRequirements, overrides.resourceRequirements);
}

// vcpus and memory, which AWS deprecates but takes, hold as far as resourceRequirements do not say
// the same; an override of theirs goes before all that the definition says.
void apply(ContainerProperties &container, const TaskContainerOverrides &overrides)
{
    auto &requirements = container.resourceRequirements;
    const auto overrideBy = [&](std::optional<int> &own, QLatin1StringView type,
                                const std::optional<int> &value) {
        if (!value)
            return;
        own = value;
        requirements.removeIf([&](const auto &requirement) { return requirement.type == type; });
    };
    overrideBy(container.vcpus, QLatin1StringView("VCPU"), overrides.vcpus);
    overrideBy(container.memory, QLatin1StringView("MEMORY"), overrides.memory);
    apply(static_cast<ContainerBase &>(container), overrides);
    if (!overrides.instanceType.isEmpty())
        container.instanceType = overrides.instanceType;
}

void apply(EksContainer &container, const EksContainerOverride &overrides)
{
    if (!overrides.image.isEmpty())
        container.image = overrides.image;
    if (!overrides.command.isEmpty())
        container.command = overrides.command;
    if (!overrides.args.isEmpty())
        container.args = overrides.args;
    mergeEnvironment(container.env, overrides.env);
    if (!overrides.resources)
        return;
    if (!container.resources)
        container.resources.emplace();
    container.resources->limits.insert(overrides.resources->limits);
    container.resources->requests.insert(overrides.resources->requests);
}

void apply(QList<EksContainer> &containers, const QList<EksContainerOverride> &list)
{
    for (const EksContainerOverride &overrides : list) {
        if (EksContainer *container = overriddenContainer(containers, overrides))
            apply(*container, overrides);
    }
}

void apply(EksProperties &properties, const EksPropertiesOverride &overrides)
{
    if (!properties.podProperties || !overrides.podProperties)
        return;
    EksPodProperties &pod = *properties.podProperties;
    apply(pod.containers, overrides.podProperties->containers);
    apply(pod.initContainers, overrides.podProperties->initContainers);
    if (!overrides.podProperties->metadata)
        return;
    const EksMetadata &metadata = *overrides.podProperties->metadata;
    if (!pod.metadata)
        pod.metadata.emplace();
    pod.metadata->labels.insert(metadata.labels);
    pod.metadata->annotations.insert(metadata.annotations);
    if (!metadata.kubernetesNamespace.isEmpty())
        pod.metadata->kubernetesNamespace = metadata.kubernetesNamespace;
}

// Requests say a name or an ARN, which ends with the name.
QString nameOf(const ConsumableResourceRequirement &requirement)
{
    return requirement.consumableResource.section(u'/', -1);
}

void apply(std::optional<ConsumableResourceProperties> &properties,
           const std::optional<ConsumableResourceProperties> &overrides)
{
    if (!overrides)
        return;
    if (!properties)
        properties.emplace();
    auto &list = properties->consumableResourceList;
    for (const ConsumableResourceRequirement &requirement : overrides->consumableResourceList) {
        const auto same = std::ranges::find(list, nameOf(requirement), &nameOf);
        if (same == list.end())
            list.append(requirement);
        else
            *same = requirement;
    }
}

void apply(NodeRangeProperty &properties, const NodePropertyOverride &overrides)
{
    if (properties.container && overrides.containerOverrides)
        apply(*properties.container, *overrides.containerOverrides);
    if (properties.ecsProperties) {
        for (const TaskContainerOverrides &each : overrides.ecsPropertiesOverride) {
            if (auto *container = overriddenContainer(properties.ecsProperties->containers, each))
                apply(*container, each);
        }
    }
    if (properties.eksProperties && overrides.eksPropertiesOverride)
        apply(*properties.eksProperties, *overrides.eksPropertiesOverride);
    if (!overrides.instanceTypes.isEmpty())
        properties.instanceTypes = overrides.instanceTypes;
    apply(properties.consumableResourceProperties, overrides.consumableResourcePropertiesOverride);
}

void substitute(QStringList &command, const QMap<QString, QString> &parameters)
{
    for (QString &word : command)
        word = substituted(word, parameters);
}

void substitute(NodeRangeProperty &properties, const QMap<QString, QString> &parameters)
{
    if (properties.container)
        substitute(properties.container->command, parameters);
    if (properties.ecsProperties) {
        for (TaskContainerProperties &container : properties.ecsProperties->containers)
            substitute(container.command, parameters);
    }
    if (!properties.eksProperties || !properties.eksProperties->podProperties)
        return;
    EksPodProperties &pod = *properties.eksProperties->podProperties;
    for (auto *containers : {&pod.initContainers, &pod.containers}) {
        for (EksContainer &container : *containers) {
            substitute(container.command, parameters);
            substitute(container.args, parameters);
        }
    }
}

// A job that has no nodes, as the one range of a job of one node.
NodeRangeProperty asRange(const JobDefinition &definition)
{
    NodeRangeProperty range;
    range.targetNodes = QStringLiteral("0");
    range.container = definition.containerProperties;
    range.ecsProperties = definition.ecsProperties;
    range.eksProperties = definition.eksProperties;
    range.consumableResourceProperties = definition.consumableResourceProperties;
    return range;
}

NodePropertyOverride asOverride(const SubmitJobRequest &request)
{
    NodePropertyOverride overrides;
    overrides.targetNodes = QStringLiteral("0");
    overrides.containerOverrides = request.containerOverrides;
    overrides.ecsPropertiesOverride = request.ecsPropertiesOverride;
    overrides.eksPropertiesOverride = request.eksPropertiesOverride;
    overrides.consumableResourcePropertiesOverride = request.consumableResourcePropertiesOverride;
    return overrides;
}

// Whether the range that the text names has all of `other`.
bool covers(const QString &targetNodes, const QString &other, int numNodes)
{
    const std::optional<NodeRange> outer = nodeRange(targetNodes);
    const std::optional<NodeRange> inner = nodeRange(other);
    return outer && inner && outer->contains(inner->first)
        && outer->contains(inner->last.value_or(numNodes - 1));
}

EcsTaskProperties taskOf(const NodeRangeProperty &properties)
{
    EcsTaskProperties task = properties.task().value_or(EcsTaskProperties());
    if (task.containers.size() == 1 && task.containers.first().name.isEmpty())
        task.containers.first().name = legacyContainerName;
    return task;
}

int mainNodeOf(const JobDefinition &definition)
{
    return definition.nodeProperties ? definition.nodeProperties->mainNode : 0;
}

} // namespace

QList<DeprecatedOverride> deprecatedOverrides(const TaskContainerOverrides &overrides)
{
    QList<DeprecatedOverride> result;
    if (overrides.vcpus)
        result.append({QStringLiteral("vcpus"), QStringLiteral("VCPU"), *overrides.vcpus});
    if (overrides.memory)
        result.append({QStringLiteral("memory"), QStringLiteral("MEMORY"), *overrides.memory});
    return result;
}

TaskContainerProperties *overriddenContainer(QList<TaskContainerProperties> &containers,
                                             const TaskContainerOverrides &overrides)
{
    const bool isUnnamed = containers.size() == 1 && containers.first().name.isEmpty();
    if (isUnnamed && overrides.name == legacyContainerName)
        return &containers.first();
    const auto found
        = std::ranges::find(containers, overrides.name, &TaskContainerProperties::name);
    return found == containers.end() ? nullptr : &*found;
}

EksContainer *overriddenContainer(QList<EksContainer> &containers,
                                  const EksContainerOverride &overrides)
{
    if (overrides.name.isEmpty())
        return containers.size() == 1 ? &containers.first() : nullptr;
    const auto found = std::ranges::find_if(containers, [&](const EksContainer &container) {
        return container.name == overrides.name
            || (container.name.isEmpty() && overrides.name == defaultPodContainerName);
    });
    return found == containers.end() ? nullptr : &*found;
}

QMap<QString, QString> mergedParameters(const SubmitJobRequest &request,
                                        const JobDefinition &definition)
{
    QMap<QString, QString> parameters = definition.parameters;
    parameters.insert(request.parameters);
    return parameters;
}

NodeRangeProperty overriddenProperties(const SubmitJobRequest &request,
                                       const JobDefinition &definition, int node)
{
    if (!definition.nodeProperties) {
        NodeRangeProperty properties = asRange(definition);
        apply(properties, asOverride(request));
        return properties;
    }
    const auto &ranges = definition.nodeProperties->nodeRangeProperties;
    const qsizetype index = rangeOfNode(ranges, node, nodeCount(request, definition));
    if (index < 0)
        return {};
    NodeRangeProperty properties = ranges[index];
    if (request.nodeOverrides) {
        for (const NodePropertyOverride &overrides : request.nodeOverrides->nodePropertyOverrides) {
            const std::optional<NodeRange> range = nodeRange(overrides.targetNodes);
            if (range && range->contains(node))
                apply(properties, overrides);
        }
    }
    return properties;
}

int nodeCount(const SubmitJobRequest &request, const JobDefinition &definition)
{
    if (!definition.nodeProperties)
        return 0;
    if (request.nodeOverrides && request.nodeOverrides->numNodes)
        return *request.nodeOverrides->numNodes;
    return definition.nodeProperties->numNodes;
}

NodeRangeProperty effectiveProperties(const SubmitJobRequest &request,
                                      const JobDefinition &definition, int node)
{
    NodeRangeProperty properties = overriddenProperties(request, definition, node);
    substitute(properties, mergedParameters(request, definition));
    return properties;
}

EcsTaskProperties effectiveTask(const SubmitJobRequest &request, const JobDefinition &definition,
                                int node)
{
    return taskOf(effectiveProperties(request, definition, node));
}

EcsTaskProperties effectiveTask(const SubmitJobRequest &request, const JobDefinition &definition)
{
    return effectiveTask(request, definition, mainNodeOf(definition));
}

std::optional<NodeProperties> effectiveNodes(const SubmitJobRequest &request,
                                             const JobDefinition &definition)
{
    if (!definition.nodeProperties)
        return {};
    NodeProperties nodes = *definition.nodeProperties;
    nodes.numNodes = nodeCount(request, definition);
    const QMap<QString, QString> parameters = mergedParameters(request, definition);
    for (NodeRangeProperty &range : nodes.nodeRangeProperties) {
        if (request.nodeOverrides) {
            for (const NodePropertyOverride &overrides :
                 request.nodeOverrides->nodePropertyOverrides) {
                if (covers(overrides.targetNodes, range.targetNodes, nodes.numNodes))
                    apply(range, overrides);
            }
        }
        substitute(range, parameters);
    }
    return nodes;
}

QList<ConsumableResourceRequirement> effectiveConsumables(const SubmitJobRequest &request,
                                                          const JobDefinition &definition)
{
    QList<ConsumableResourceRequirement> sum;
    const auto add = [&](const std::optional<ConsumableResourceProperties> &properties) {
        if (!properties)
            return;
        for (const ConsumableResourceRequirement &each : properties->consumableResourceList) {
            const auto same = std::ranges::find(sum, nameOf(each), &nameOf);
            if (same == sum.end())
                sum.append({each.consumableResource, each.quantity.value_or(1), {}});
            else
                same->quantity = *same->quantity + each.quantity.value_or(1);
        }
    };
    std::optional<ConsumableResourceProperties> ofJob = definition.consumableResourceProperties;
    apply(ofJob, request.consumableResourcePropertiesOverride);
    add(ofJob);
    for (int node = 0; node < nodeCount(request, definition); ++node)
        add(overriddenProperties(request, definition, node).consumableResourceProperties);
    return sum;
}

} // namespace batchyard::batch
