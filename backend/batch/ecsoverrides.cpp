// What AWS Batch hands to ECS as the overrides of a task (ECS API_RunTask.overrides).
#include "backend/batch/json.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batchyard::batch {

namespace {

Json textsOf(const QStringList &texts)
{
    Json list = Json::array();
    for (const QString &text : texts)
        list.push_back(text.toStdString());
    return list;
}

// Those that the definition does not have like that.
template <typename Pair, typename ToJson>
Json changed(const QList<Pair> &effective, const QList<Pair> &own, ToJson toJson)
{
    Json list = Json::array();
    for (const Pair &each : effective) {
        if (!own.contains(each))
            list.push_back(toJson(each));
    }
    return list;
}

Json containerOverride(const TaskContainerProperties &effective, const TaskContainerProperties &own)
{
    Json result{{"name", effective.name.toStdString()}};
    if (effective.command != own.command)
        result["command"] = textsOf(effective.command);
    Json environment
        = changed(effective.environment, own.environment, [](const KeyValuePair &variable) {
              return Json{{"name", variable.name.toStdString()},
                          {"value", variable.value.toStdString()}};
          });
    if (!environment.empty())
        result["environment"] = std::move(environment);
    Json requirements = changed(effective.resourceRequirements, own.resourceRequirements,
                                [](const ResourceRequirement &requirement) {
                                    return Json{{"type", requirement.type.toStdString()},
                                                {"value", requirement.value.toStdString()}};
                                });
    if (!requirements.empty())
        result["resourceRequirements"] = std::move(requirements);
    return result;
}

qsizetype lengthAt(const SubmitJobRequest &request, const JobDefinition &definition, int node)
{
    const EcsTaskProperties effective = effectiveTask(request, definition, node);
    const EcsTaskProperties own
        = overriddenProperties({}, definition, node).task().value_or(EcsTaskProperties());
    Json containers = Json::array();
    for (qsizetype i = 0; i < std::min(effective.containers.size(), own.containers.size()); ++i)
        containers.push_back(containerOverride(effective.containers[i], own.containers[i]));
    const Json overrides{{"containerOverrides", std::move(containers)}};
    return QString::fromStdString(overrides.dump()).size();
}

} // namespace

bool areOverridesTooLong(const SubmitJobRequest &request, const JobDefinition &definition)
{
    const bool isAsDefined = request.parameters.isEmpty() && definition.parameters.isEmpty()
        && !request.containerOverrides && request.ecsPropertiesOverride.isEmpty()
        && !request.nodeOverrides;
    if (isAsDefined || definition.isEks())
        return false;
    for (int node = 0; node < std::max(1, nodeCount(request, definition)); ++node) {
        if (lengthAt(request, definition, node) > limits::overrideCharacters)
            return true;
    }
    return false;
}

} // namespace batchyard::batch
