// validate(JobQueue) (API_CreateJobQueue, API_JobStateTimeLimitAction).
#include "backend/batch/fieldrules.h"
#include "backend/batch/limits.h"
#include "backend/batch/rules.h"
#include "backend/batch/validation.h"
#include "backend/batch/wording.h"

#include <QSet>

namespace batchyard::batch {

namespace {

const QStringList queueTypes{QStringLiteral("ECS"), QStringLiteral("ECS_FARGATE"),
                             QStringLiteral("EKS")};
// The reasons that AWS lets a time limit act on (API_JobStateTimeLimitAction.reason).
const QStringList limitReasons{QStringLiteral("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"),
                               QStringLiteral("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
                               QStringLiteral("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT")};

Faults orderFaults(const JobQueue &queue)
{
    FaultList faults;
    const QString path = QStringLiteral("computeEnvironmentOrder");
    const auto &order = queue.computeEnvironmentOrder;
    if (order.isEmpty() || order.size() > limits::environmentsPerQueue)
        faults.error(path,
                     QStringLiteral("The queue has %1 compute environments; it must have from "
                                    "1 to %2.")
                         .arg(order.size())
                         .arg(limits::environmentsPerQueue));
    QSet<int> numbers;
    QSet<QString> names;
    for (qsizetype i = 0; i < order.size(); ++i) {
        const QString at = indexed(path, i);
        const QString namePath = joined(at, QStringLiteral("computeEnvironment"));
        const QString &name = order[i].computeEnvironment;
        if (name.isEmpty())
            faults.error(namePath,
                         QStringLiteral("computeEnvironment is required: a name or an "
                                        "ARN."));
        if (!name.isEmpty() && names.contains(name))
            faults.error(
                namePath,
                QStringLiteral("The compute environment %1 is named twice.").arg(shown(name)));
        if (numbers.contains(order[i].order))
            faults.error(joined(at, QStringLiteral("order")),
                         QStringLiteral("order %1 is given twice; the numbers must be different.")
                             .arg(order[i].order));
        faults.error(joined(at, QStringLiteral("order")),
                     rangeFault(QStringLiteral("order"), order[i].order, 0));
        names.insert(name);
        numbers.insert(order[i].order);
    }
    return faults.take();
}

Faults limitActionFaults(const JobStateTimeLimitAction &action, const QString &path)
{
    FaultList faults;
    if (!limitReasons.contains(action.reason))
        faults.error(joined(path, QStringLiteral("reason")),
                     QStringLiteral("reason is %1; allowed are %2.")
                         .arg(shown(action.reason), alternatives(limitReasons)));
    if (action.state != u"RUNNABLE")
        faults.error(
            joined(path, QStringLiteral("state")),
            QStringLiteral("state is %1; it must be `RUNNABLE`.").arg(shown(action.state)));
    if (action.action != u"CANCEL")
        faults.error(
            joined(path, QStringLiteral("action")),
            QStringLiteral("action is %1; it must be `CANCEL`.").arg(shown(action.action)));
    faults.error(joined(path, QStringLiteral("maxTimeSeconds")),
                 rangeFault(QStringLiteral("maxTimeSeconds"), action.maxTimeSeconds,
                            limits::stateTimeMinimum, limits::stateTimeMaximum));
    return faults.take();
}

} // namespace

Faults validate(const JobQueue &queue)
{
    FaultList faults;
    faults.error(QStringLiteral("jobQueueName"),
                 resourceNameFault(QStringLiteral("Job queue name"), queue.jobQueueName));
    if (!queue.priority)
        faults.error(QStringLiteral("priority"),
                     QStringLiteral("Priority is required: a whole number, higher runs first."));
    else
        faults.error(QStringLiteral("priority"),
                     rangeFault(QStringLiteral("Priority"), *queue.priority, 0));
    if (!queue.state.isEmpty() && queue.state != u"ENABLED" && queue.state != u"DISABLED")
        faults.error(QStringLiteral("state"),
                     QStringLiteral("state is %1; allowed are `ENABLED` and `DISABLED`.")
                         .arg(shown(queue.state)));
    if (!queue.jobQueueType.isEmpty() && !queueTypes.contains(queue.jobQueueType))
        faults.error(QStringLiteral("jobQueueType"),
                     QStringLiteral("jobQueueType is %1; supported are %2.")
                         .arg(shown(queue.jobQueueType), alternatives(queueTypes)));
    if (!queue.serviceEnvironmentOrder.isEmpty())
        faults.error(QStringLiteral("serviceEnvironmentOrder"),
                     QStringLiteral("serviceEnvironmentOrder is not supported; use "
                                    "computeEnvironmentOrder."));
    else
        faults += orderFaults(queue);
    if (!queue.schedulingPolicyArn.isEmpty()
        && (!queue.schedulingPolicyArn.startsWith(u"arn:")
            || !queue.schedulingPolicyArn.contains(u":scheduling-policy/")))
        faults.error(QStringLiteral("schedulingPolicyArn"),
                     QStringLiteral("schedulingPolicyArn is %1; it must be the ARN of a scheduling "
                                    "policy, such as "
                                    "`arn:aws:batch:us-east-1:123456789012:scheduling-policy/a`.")
                         .arg(shown(queue.schedulingPolicyArn)));
    const QString actionsPath = QStringLiteral("jobStateTimeLimitActions");
    for (qsizetype i = 0; i < queue.jobStateTimeLimitActions.size(); ++i)
        faults += limitActionFaults(queue.jobStateTimeLimitActions[i], indexed(actionsPath, i));
    faults += tagFaults(queue.tags, QStringLiteral("tags"));
    return faults.take();
}

} // namespace batchyard::batch
