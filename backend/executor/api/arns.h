// Names, ARNs and ids as AWS Batch and ECS form them, for one region and account.
#pragma once

#include <QString>

#include <optional>

namespace batchyard::executor::api {

class Arns
{
public:
    Arns(QString region, QString account);

    [[nodiscard]] QString computeEnvironment(const QString &name) const;
    [[nodiscard]] QString jobQueue(const QString &name) const;
    [[nodiscard]] QString jobDefinition(const QString &name, int revision) const;
    [[nodiscard]] QString job(const QString &id) const;
    [[nodiscard]] QString schedulingPolicy(const QString &name) const;
    [[nodiscard]] QString consumableResource(const QString &name) const;
    // The ECS side of a compute environment. Derived from its name, so that a job can be described
    // without a look at an environment that may be gone.
    [[nodiscard]] QString environmentUuid(const QString &computeEnvironment) const;
    [[nodiscard]] QString cluster(const QString &computeEnvironment) const;
    [[nodiscard]] QString task(const QString &computeEnvironment, const QString &taskId) const;
    // instanceId empty: one for the whole environment.
    [[nodiscard]] QString containerInstance(const QString &computeEnvironment,
                                            const QString &instanceId = {}) const;
    [[nodiscard]] QString logGroup(const QString &group) const;
    [[nodiscard]] QString logStream(const QString &group, const QString &stream) const;

private:
    [[nodiscard]] QString batch(QStringView kind, const QString &name) const;
    [[nodiscard]] QString ecs(QStringView kind, const QString &rest) const;
    [[nodiscard]] QString clusterName(const QString &computeEnvironment) const;

    QString m_region;
    QString m_account;
};

// "arn:aws:batch:<region>:<account>:<kind>/<rest>" taken apart; nullopt for anything else.
struct BatchArn {
    QString kind; // compute-environment, job-queue, job-definition, scheduling-policy, job …
    QString name; // job-definition: with its :revision if the ARN has one
};
[[nodiscard]] std::optional<BatchArn> parseBatchArn(const QString &text);

// The name in "name" or in an ARN of this kind. Text that is an ARN of another kind stays whole and
// so names nothing.
[[nodiscard]] QString nameOf(const QString &nameOrArn, QStringView kind);

struct DefinitionName {
    QString name;
    int revision = 0; // 0: none given
};
// "name", "name:revision" or an ARN of either; nullopt when the revision is no number from 1.
[[nodiscard]] std::optional<DefinitionName> definitionNameOf(const QString &text);

} // namespace batchyard::executor::api
