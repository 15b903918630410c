// effectiveTask(): overrides and Ref:: parameters (API_SubmitJob, "Job definition parameters").
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

constexpr QLatin1StringView reference{"Ref::"};

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

// vcpus and memory of the legacy form, which AWS deprecates but takes; resourceRequirements win.
QList<ResourceRequirement> deprecatedRequirements(const TaskContainerOverrides &overrides)
{
    QList<ResourceRequirement> result;
    for (const DeprecatedOverride &deprecated : deprecatedOverrides(overrides))
        result.append({deprecated.type, QString::number(deprecated.value), {}});
    return result;
}

void applyOverrides(TaskContainerProperties &container, const TaskContainerOverrides &overrides)
{
    if (!overrides.command.isEmpty())
        container.command = overrides.command;
    mergeEnvironment(container.environment, overrides.environment);
    mergeRequirements(container.resourceRequirements, deprecatedRequirements(overrides));
    mergeRequirements(container.resourceRequirements, overrides.resourceRequirements);
}

bool isKeyCharacter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
        || c == u'_' || c == u'-';
}

// The longest key that the text begins with; keys with a value win over shorter ones.
QString keyAt(QStringView text, const QMap<QString, QString> &parameters)
{
    QString best;
    for (auto parameter = parameters.begin(); parameter != parameters.end(); ++parameter) {
        if (parameter.key().size() > best.size() && text.startsWith(parameter.key()))
            best = parameter.key();
    }
    return best;
}

// One pass, so a value that holds "Ref::" itself stays as it is.
QString substituted(const QString &text, const QMap<QString, QString> &parameters)
{
    QString result;
    qsizetype position = 0;
    while (true) {
        const qsizetype found = text.indexOf(reference, position);
        if (found < 0)
            return result + text.mid(position);
        const qsizetype start = found + reference.size();
        const QString key = keyAt(QStringView(text).mid(start), parameters);
        result += text.mid(position, found - position);
        result += key.isEmpty() ? QString(reference) : parameters.value(key);
        position = start + key.size();
    }
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

QStringList missingParameters(const QStringList &command, const QMap<QString, QString> &parameters)
{
    QStringList missing;
    for (const QString &word : command) {
        for (qsizetype found = word.indexOf(reference); found >= 0;
             found = word.indexOf(reference, found + reference.size())) {
            const QStringView rest = QStringView(word).mid(found + reference.size());
            const auto end = std::find_if_not(rest.begin(), rest.end(), isKeyCharacter);
            const QString name = rest.left(end - rest.begin()).toString();
            if (!name.isEmpty() && keyAt(rest, parameters).isEmpty() && !missing.contains(name))
                missing.append(name);
        }
    }
    return missing;
}

EcsTaskProperties overriddenTask(const SubmitJobRequest &request, const JobDefinition &definition)
{
    EcsTaskProperties task = definition.task().value_or(EcsTaskProperties());
    if (request.containerOverrides && definition.containerProperties)
        applyOverrides(task.containers.first(), *request.containerOverrides);
    for (const TaskContainerOverrides &overrides : request.ecsPropertiesOverride) {
        const auto container
            = std::ranges::find(task.containers, overrides.name, &TaskContainerProperties::name);
        if (container != task.containers.end())
            applyOverrides(*container, overrides);
    }
    return task;
}

QMap<QString, QString> mergedParameters(const SubmitJobRequest &request,
                                        const JobDefinition &definition)
{
    QMap<QString, QString> parameters = definition.parameters;
    parameters.insert(request.parameters);
    return parameters;
}

EcsTaskProperties effectiveTask(const SubmitJobRequest &request, const JobDefinition &definition)
{
    EcsTaskProperties task = overriddenTask(request, definition);
    const QMap<QString, QString> parameters = mergedParameters(request, definition);
    for (TaskContainerProperties &container : task.containers) {
        if (container.name.isEmpty() && task.containers.size() == 1)
            container.name = legacyContainerName;
        for (QString &word : container.command)
            word = substituted(word, parameters);
    }
    return task;
}

} // namespace batchyard::batch
