#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

class TestEnvironmentRules : public QObject
{
    Q_OBJECT

private slots:
    void accepts();
    void ec2_data();
    void ec2();
    void fargate_data();
    void fargate();
};

namespace {

Document fargateEnvironment()
{
    return Document::parse(R"({"computeEnvironmentName": "f", "type": "MANAGED",
        "computeResources": {"type": "FARGATE", "maxvCpus": 16, "subnets": ["subnet-1"],
                             "securityGroupIds": ["sg-1"]}})");
}

} // namespace

void TestEnvironmentRules::accepts()
{
    QCOMPARE(faultText(parseComputeEnvironment(file("environment-spot.json"))), QString());
    QCOMPARE(faultText(parseComputeEnvironment(bytes(environment()))), QString());
    QCOMPARE(faultText(parseComputeEnvironment(bytes(fargateEnvironment()))), QString());
}

void TestEnvironmentRules::ec2_data()
{
    columns();
    row("name", "/computeEnvironmentName", "\"a/b\"",
        "computeEnvironmentName: Compute environment name has the invalid character `/` at "
        "position 2; allowed are letters, digits, `-` and `_`.");
    row("type", "/type", "\"EC2\"", "type: type is `EC2`; allowed are `MANAGED` and `UNMANAGED`.");
    row("state", "/state", "\"ON\"", "state: state is `ON`; allowed are `ENABLED` and `DISABLED`.");
    row("no resources", "/computeResources", "",
        "computeResources: computeResources is required for the type `MANAGED`.");
    row("unmanaged vCPUs", "/unmanagedvCpus", "4",
        "unmanagedvCpus: unmanagedvCpus is for the type `UNMANAGED`; take it out.");
    row("resource type", "/computeResources/type", "\"LAMBDA\"",
        "computeResources.type: type is `LAMBDA`; allowed are `EC2`, `SPOT`, `FARGATE` or "
        "`FARGATE_SPOT`.");
    row("negative maximum", "/computeResources/maxvCpus", "-1",
        "computeResources.maxvCpus: maxvCpus is -1; it must be 0 or more.\n"
        "computeResources.minvCpus: minvCpus is 0; it must not be above maxvCpus, -1.");
    row("minimum above maximum", "/computeResources/minvCpus", "5",
        "computeResources.minvCpus: minvCpus is 5; it must not be above maxvCpus, 4.");
    row("desired", "/computeResources/desiredvCpus", "5",
        "computeResources.desiredvCpus: desiredvCpus is 5; it must be between minvCpus and "
        "maxvCpus, from 0 to 4.");
    row("strategy", "/computeResources/allocationStrategy", "\"BEST\"",
        "computeResources.allocationStrategy: allocationStrategy is `BEST`; allowed are "
        "`BEST_FIT`, `BEST_FIT_PROGRESSIVE`, `BEST_FIT_PROGRESSIVE_ORDERED`, "
        "`SPOT_CAPACITY_OPTIMIZED`, `SPOT_PRICE_CAPACITY_OPTIMIZED` or "
        "`SPOT_CAPACITY_OPTIMIZED_PRIORITIZED`.");
    row("spot strategy", "/computeResources/allocationStrategy", "\"SPOT_CAPACITY_OPTIMIZED\"",
        "computeResources.allocationStrategy: `SPOT_CAPACITY_OPTIMIZED` is for the type `SPOT`, "
        "not for `EC2`.");
    row("bid", "/computeResources/bidPercentage", "50",
        "computeResources.bidPercentage: bidPercentage is for the type `SPOT`; take it out for "
        "`EC2`.");
    row("what only AWS needs", "/computeResources", R"({"type": "EC2", "maxvCpus": 2})",
        "computeResources.subnets: AWS needs subnets; it has no effect here.\n"
        "computeResources.instanceRole: AWS needs instanceRole; it has no effect here.\n"
        "computeResources.instanceTypes: Without instanceTypes the compute environment is INVALID "
        "and starts no jobs; `optimal` is a good choice.");
    row("EKS without its members", "/eksConfiguration", "{}",
        "eksConfiguration.eksClusterArn: eksClusterArn is required.\n"
        "eksConfiguration.kubernetesNamespace: kubernetesNamespace is required.");
    row("EKS", "/eksConfiguration",
        R"({"eksClusterArn": "arn:aws:eks:us-east-1:000000000000:cluster/c",
            "kubernetesNamespace": "batch"})",
        "");
    row("EKS in the default namespace", "/eksConfiguration",
        R"({"eksClusterArn": "c", "kubernetesNamespace": "default"})",
        "eksConfiguration.eksClusterArn: eksClusterArn is `c`; it must be an ARN such as "
        "`arn:aws:eks:us-east-1:123456789012:cluster/name`.\n"
        "eksConfiguration.kubernetesNamespace: The namespace is `default`; it must not be "
        "`default` and must not start with `kube`.");
    row("launch template without a name", "/computeResources/launchTemplate", R"({"version": "1"})",
        "computeResources.launchTemplate: launchTemplateId or launchTemplateName is required.");
    row("launch template with two names", "/computeResources/launchTemplate",
        R"({"launchTemplateId": "lt-1", "launchTemplateName": "a", "userdataType": "X"})",
        "computeResources.launchTemplate: launchTemplateId and launchTemplateName are given; only "
        "one of them is allowed.\n"
        "computeResources.launchTemplate.userdataType: userdataType is `X`; allowed are "
        "`EKS_BOOTSTRAP_SH` or `EKS_NODEADM`.");
    row("images of EKS for ECS", "/computeResources/ec2Configuration",
        R"([{"imageType": "EKS_AL2023", "imageKubernetesVersion": "1.31"}, {"imageType": "ECS_AL2"},
            {"imageType": "ECS_AL2_NVIDIA"}])",
        "computeResources.ec2Configuration: There are 3 configurations; at most 2 are allowed.\n"
        "computeResources.ec2Configuration[0].imageType: imageType is `EKS_AL2023`; it must be one "
        "that begins with `ECS_`, such as `ECS_AL2023`.\n"
        "computeResources.ec2Configuration[0].imageKubernetesVersion: imageKubernetesVersion is "
        "for environments of EKS; take it out.");
    row("no delay", "/computeResources/scalingPolicy", R"({"minScaleDownDelayMinutes": 0})", "");
    row("short delay", "/computeResources/scalingPolicy", R"({"minScaleDownDelayMinutes": 19})",
        "computeResources.scalingPolicy.minScaleDownDelayMinutes: minScaleDownDelayMinutes (when "
        "it is not 0) is 19; it must be from 20 to 10080.");
    row("update policy", "/updatePolicy", R"({"jobExecutionTimeoutMinutes": 7201})",
        "updatePolicy.jobExecutionTimeoutMinutes: jobExecutionTimeoutMinutes is 7201; it must be "
        "from 1 to 7200.");
    row("insights", "/ecsSettings", R"({"containerInsights": "ON"})",
        "ecsSettings.containerInsights: containerInsights is `ON`; allowed are `ENABLED`, "
        "`DISABLED` or `ENHANCED`.");
}

void TestEnvironmentRules::ec2()
{
    check(environment(), &parseComputeEnvironment);
}

void TestEnvironmentRules::fargate_data()
{
    columns();
    row("maximum of 0", "/computeResources/maxvCpus", "0",
        "computeResources.maxvCpus: maxvCpus is 0; it must be 1 or more.");
    row("instance role", "/computeResources/instanceRole", "\"r\"",
        "computeResources.instanceRole: Fargate does not allow instanceRole; take it out.");
    row("minimum", "/computeResources/minvCpus", "0",
        "computeResources.minvCpus: Fargate does not allow minvCpus; take it out.");
    row("launch template", "/computeResources/launchTemplate", "{}",
        "computeResources.launchTemplate: Fargate does not allow launchTemplate; take it out.");
    row("seventeen subnets", "/computeResources/subnets",
        R"(["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17"])",
        "computeResources.subnets: There are 17 subnets; Fargate allows at most 16.");
    row("six groups", "/computeResources/securityGroupIds", R"(["1","2","3","4","5","6"])",
        "computeResources.securityGroupIds: There are 6 security groups; Fargate allows at most "
        "5.");
}

void TestEnvironmentRules::fargate()
{
    check(fargateEnvironment(), &parseComputeEnvironment);
}

QTEST_GUILESS_MAIN(TestEnvironmentRules)
#include "tst_environmentrules.moc"
