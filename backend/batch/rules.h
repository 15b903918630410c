// The rules by shape that validate() is made of. Private to this folder; every function is pure and
// answers faults with whole paths.
#pragma once

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

[[nodiscard]] Faults retryFaults(const std::optional<RetryStrategy> &retry, const QString &path);
[[nodiscard]] Faults timeoutFaults(const std::optional<JobTimeout> &timeout, const QString &path);
[[nodiscard]] Faults tagFaults(const Tags &tags, const QString &path);
[[nodiscard]] Faults priorityFaults(std::optional<int> priority, const QString &path);

// The two halves of effectiveTask().
[[nodiscard]] EcsTaskProperties overriddenTask(const SubmitJobRequest &request,
                                               const JobDefinition &definition);
[[nodiscard]] QMap<QString, QString> mergedParameters(const SubmitJobRequest &request,
                                                      const JobDefinition &definition);

// vcpus and memory of containerOverrides.
struct DeprecatedOverride {
    QString name;
    QString type; // of the resource requirement that means the same
    int value = 0;
};
[[nodiscard]] QList<DeprecatedOverride>
deprecatedOverrides(const TaskContainerOverrides &overrides);

// Names after Ref:: in the command that have no value among the keys, each once.
[[nodiscard]] QStringList missingParameters(const QStringList &command,
                                            const QMap<QString, QString> &parameters);

} // namespace batchyard::batch
