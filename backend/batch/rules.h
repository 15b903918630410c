// The rules by shape that validate() is made of. Private to this folder; every function is pure and
// answers faults with whole paths.
#pragma once

#include "backend/batch/computeenvironment.h"
#include "backend/batch/job.h"

namespace batchyard::batch {

// Collects faults; a rule of fieldrules.h that found nothing (an empty message) adds none.
class FaultList
{
public:
    void error(const QString &path, const QString &message)
    {
        add(path, message, Fault::Severity::Error);
    }
    void warning(const QString &path, const QString &message)
    {
        add(path, message, Fault::Severity::Warning);
    }
    FaultList &operator+=(const Faults &faults)
    {
        m_faults += faults;
        return *this;
    }
    [[nodiscard]] Faults take() { return std::move(m_faults); }

private:
    void add(const QString &path, const QString &message, Fault::Severity severity)
    {
        if (!message.isEmpty())
            m_faults.append({path, message, severity});
    }

    Faults m_faults;
};

enum class Platform { Ec2, Fargate, Any };

[[nodiscard]] QString joined(const QString &path, const QString &name);
[[nodiscard]] QString indexed(const QString &path, qsizetype index);

// A task and how its document spells it: the legacy form has the task's members and those of its
// only container in one object, under other names here and there.
struct TaskScope {
    const EcsTaskProperties &task;
    QString path; // of the object
    bool isFargate = false;
    bool isLegacy = false;

    [[nodiscard]] bool isWindows() const;
    [[nodiscard]] QString member(const QString &name) const; // of the task
    [[nodiscard]] QString container(qsizetype index) const;
};

[[nodiscard]] Faults taskFaults(const TaskScope &scope); // containers, names, volumes, dependencies
[[nodiscard]] Faults dependencyFaults(const TaskScope &scope);
[[nodiscard]] Faults volumeFaults(const TaskScope &scope);
[[nodiscard]] Faults platformFaults(const TaskScope &scope);
[[nodiscard]] Faults containerFaults(const TaskScope &scope, qsizetype index);
[[nodiscard]] Faults linuxParametersFaults(const LinuxParameters &parameters, const QString &path);
// The two halves of what a container asks for: sound entries, and all that is needed is there.
[[nodiscard]] Faults requirementFaults(const QList<ResourceRequirement> &requirements,
                                       const QString &path, Platform platform);
[[nodiscard]] Faults missingRequirementFaults(const ContainerBase &container, const QString &path);
[[nodiscard]] Faults environmentFaults(const QList<KeyValuePair> &environment, const QString &path,
                                       qsizetype maximumBytes);

// A path of this machine that containers get: absolute, and a warning when it is a dangerous one.
[[nodiscard]] Faults hostPathFaults(const QString &subject, const QString &source,
                                    const QString &path);

[[nodiscard]] Faults podFaults(const EksProperties &properties, const QString &path);
[[nodiscard]] Faults podContainerFaults(const EksContainer &container,
                                        const QList<EksVolume> &volumes, const QString &path,
                                        bool isInit);
[[nodiscard]] Faults podResourceFaults(const EksContainerResourceRequirements &resources,
                                       const QString &path);
[[nodiscard]] Faults metadataFaults(const EksMetadata &metadata, const QString &path);

// The rules of whichever of the three forms is there, in a definition or in a range of nodes, which
// name the legacy form "containerProperties" and "container".
[[nodiscard]] Faults formFaults(const NodeRangeProperty &forms, const QString &path,
                                const QString &legacyName, bool isFargate);
[[nodiscard]] Faults nodeFaults(const NodeProperties &nodes, const QString &path);
// The nodes, from 0, at which other properties or overrides begin to hold. Targets that are no
// ranges count for nothing.
[[nodiscard]] QList<int> nodeBoundaries(const QStringList &targets, int numNodes);

// What can be told of overrides without their definition.
[[nodiscard]] Faults overrideFaults(const NodePropertyOverride &overrides, const QString &path);
// The kind of overrides must be that of the forms, and each container must exist.
[[nodiscard]] Faults mismatchFaults(const NodePropertyOverride &overrides,
                                    const NodeRangeProperty &forms, const QString &path,
                                    const QString &owner);
[[nodiscard]] Faults nodeOverrideFaults(const NodeOverrides &overrides, const QString &path);
[[nodiscard]] Faults nodeMismatchFaults(const NodeOverrides &overrides, const NodeProperties &nodes,
                                        const QString &path);

[[nodiscard]] Faults instanceFaults(const ComputeResource &resource, bool isEks,
                                    const QString &path);

[[nodiscard]] Faults consumableFaults(const std::optional<ConsumableResourceProperties> &properties,
                                      const QString &path);

// A document of more bytes than its quota.
[[nodiscard]] QString quotaFault(const QString &subject, qsizetype bytes, qsizetype maximum);
[[nodiscard]] Faults retryFaults(const std::optional<RetryStrategy> &retry, const QString &path);
[[nodiscard]] Faults timeoutFaults(const std::optional<JobTimeout> &timeout, const QString &path);
[[nodiscard]] Faults priorityFaults(std::optional<int> priority, const QString &path);

// The two halves of effectiveProperties(). Of a job without nodes whatever the node is.
[[nodiscard]] NodeRangeProperty overriddenProperties(const SubmitJobRequest &request,
                                                     const JobDefinition &definition, int node);
[[nodiscard]] QMap<QString, QString> mergedParameters(const SubmitJobRequest &request,
                                                      const JobDefinition &definition);
// The container that an override of this list means; nullptr when there is none. The only container
// of a task may be without a name, and is then called as ECS calls it.
[[nodiscard]] TaskContainerProperties *
overriddenContainer(QList<TaskContainerProperties> &containers,
                    const TaskContainerOverrides &overrides);
// That of its name, or the only one when it has none.
[[nodiscard]] EksContainer *overriddenContainer(QList<EksContainer> &containers,
                                                const EksContainerOverride &overrides);

// vcpus and memory of containerOverrides.
struct DeprecatedOverride {
    QString name;
    QString type; // of the resource requirement that means the same
    int value = 0;
};
[[nodiscard]] QList<DeprecatedOverride>
deprecatedOverrides(const TaskContainerOverrides &overrides);

// One pass, so a value that holds "Ref::" itself stays as it is.
[[nodiscard]] QString substituted(const QString &text, const QMap<QString, QString> &parameters);

// Names after Ref:: in the command that have no value among the keys, each once.
[[nodiscard]] QStringList missingParameters(const QStringList &command,
                                            const QMap<QString, QString> &parameters);

} // namespace batchyard::batch
