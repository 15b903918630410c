#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

class TestQueueRules : public QObject
{
    Q_OBJECT

private slots:
    void accepts();
    void faults_data();
    void faults();
};

void TestQueueRules::accepts()
{
    QCOMPARE(faultText(parseJobQueue(file("queue.json"))), QString());
    QCOMPARE(faultText(parseJobQueue(bytes(queue()))), QString());
}

void TestQueueRules::faults_data()
{
    columns();
    row("name", "/jobQueueName", "\"\"", "jobQueueName: Job queue name is required.");
    row("priority", "/priority", "-1", "priority: Priority is -1; it must be 0 or more.");
    row("state", "/state", "\"ON\"", "state: state is `ON`; allowed are `ENABLED` and `DISABLED`.");
    row("no environment", "/computeEnvironmentOrder", "[]",
        "computeEnvironmentOrder: The queue has 0 compute environments; it must have from 1 to 3.");
    row("four environments", "/computeEnvironmentOrder",
        R"([{"order": 1, "computeEnvironment": "a"}, {"order": 2, "computeEnvironment": "b"},
            {"order": 3, "computeEnvironment": "c"}, {"order": 4, "computeEnvironment": "d"}])",
        "computeEnvironmentOrder: The queue has 4 compute environments; it must have from 1 to 3.");
    row("the same twice", "/computeEnvironmentOrder",
        R"([{"order": 1, "computeEnvironment": "a"}, {"order": 1, "computeEnvironment": "a"}])",
        "computeEnvironmentOrder[1].computeEnvironment: The compute environment `a` is named "
        "twice.\n"
        "computeEnvironmentOrder[1].order: order 1 is given twice; the numbers must be different.");
    row("environment without a name", "/computeEnvironmentOrder",
        R"([{"order": 1, "computeEnvironment": ""}])",
        "computeEnvironmentOrder[0].computeEnvironment: computeEnvironment is required: a name or "
        "an ARN.");
    row("queue type", "/jobQueueType", "\"SAGEMAKER_TRAINING\"",
        "jobQueueType: jobQueueType is `SAGEMAKER_TRAINING`; supported are `ECS`, `ECS_FARGATE` or "
        "`EKS`.");
    row("scheduling policy by name", "/schedulingPolicyArn", "\"fair\"",
        "schedulingPolicyArn: schedulingPolicyArn is `fair`; it must be the ARN of a scheduling "
        "policy, such as `arn:aws:batch:us-east-1:123456789012:scheduling-policy/a`.");
    row("scheduling policy", "/schedulingPolicyArn",
        "\"arn:aws:batch:us-east-1:000000000000:scheduling-policy/fair\"", "");
    row("service environments", "/serviceEnvironmentOrder",
        R"([{"order": 1, "serviceEnvironment": "s"}])",
        "serviceEnvironmentOrder: serviceEnvironmentOrder is not supported; use "
        "computeEnvironmentOrder.");
    row("time limit", "/jobStateTimeLimitActions",
        R"([{"reason": "SLOW", "state": "RUNNING", "maxTimeSeconds": 599, "action": "TERMINATE"}])",
        "jobStateTimeLimitActions[0].reason: reason is `SLOW`; allowed are "
        "`CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY`, "
        "`MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE` or "
        "`MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT`.\n"
        "jobStateTimeLimitActions[0].state: state is `RUNNING`; it must be `RUNNABLE`.\n"
        "jobStateTimeLimitActions[0].action: action is `TERMINATE`; it must be `CANCEL`.\n"
        "jobStateTimeLimitActions[0].maxTimeSeconds: maxTimeSeconds is 599; it must be from 600 to "
        "86400.");
}

void TestQueueRules::faults()
{
    check(queue(), &parseJobQueue);
}

QTEST_GUILESS_MAIN(TestQueueRules)
#include "tst_queuerules.moc"
