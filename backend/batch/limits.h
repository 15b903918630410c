// The bounds of AWS Batch on documents, each with where AWS states it (API reference page, service
// quotas page). Bounds marked "ours" are not AWS's.
#pragma once

#include <QtGlobal>

namespace batchyard::batch::limits {

// Names of environments, queues, definitions and jobs (API_CreateComputeEnvironment,
// API_CreateJobQueue, API_RegisterJobDefinition, API_SubmitJob).
inline constexpr qsizetype nameLength = 128;
// Names of containers and volumes (ECS API_ContainerDefinition.name, API_Volume.name).
inline constexpr qsizetype containerNameLength = 255;
inline constexpr qsizetype imageLength = 255; // API_TaskContainerProperties.image

// Service quotas.
inline constexpr qsizetype definitionBytes = 24 * 1024;
inline constexpr qsizetype submitBytes = 30 * 1024;
// Ours: a document so many times above its quota has that fault only. It bounds what the others
// cost, some of which compare all elements of a list with each other.
inline constexpr qsizetype hopelessFactor = 10;
inline constexpr qsizetype overrideCharacters = 8192; // of JSON, ECS API_RunTask.overrides
inline constexpr qsizetype jobDependencies = 20; // API_SubmitJob.dependsOn
inline constexpr int smallestArray = 2; // API_ArrayProperties
inline constexpr int largestArray = 10000;

inline constexpr qsizetype containersPerTask = 10; // API_EcsTaskProperties.containers
inline constexpr int containerTimeoutMinimum = 2; // s, API_TaskContainerProperties
inline constexpr int fargateContainerTimeoutMaximum = 120; // s, the same page

inline constexpr int memoryMinimum = 4; // MiB, API_ResourceRequirement
inline constexpr int dockerMemoryMinimum = 6; // MiB, ours: the Docker daemon refuses less
inline constexpr int vcpuMaximum = 10000; // ours: above any machine

inline constexpr int attemptsMinimum = 1; // API_RetryStrategy
inline constexpr int attemptsMaximum = 10;
inline constexpr qsizetype exitRules = 5; // API_RetryStrategy.evaluateOnExit
inline constexpr qsizetype exitPatternLength = 512; // API_EvaluateOnExit
inline constexpr int jobTimeoutMinimum = 60; // s, API_JobTimeout

inline constexpr int schedulingPriorityMinimum = 0; // API_RegisterJobDefinition.schedulingPriority
inline constexpr int schedulingPriorityMaximum = 9999;
inline constexpr qsizetype shareIdentifierLength = 255; // API_SubmitJob.shareIdentifier

inline constexpr int swappinessMaximum = 100; // API_LinuxParameters
inline constexpr int ephemeralStorageMinimum = 21; // GiB, API_EphemeralStorage
inline constexpr int ephemeralStorageMaximum = 200;
inline constexpr qsizetype efsRootLength = 4096; // API_EFSVolumeConfiguration.rootDirectory
inline constexpr int portMaximum = 65535; // API_EFSVolumeConfiguration.transitEncryptionPort

// Pods (API_EksMetadata; Kubernetes' "Object Names and IDs").
inline constexpr qsizetype dnsLabelLength = 63;
inline constexpr qsizetype dnsSubdomainLength = 253;
inline constexpr qsizetype labelLength = 63;
inline constexpr qsizetype annotationLength = 255;

// Multi-node jobs (API_NodeProperties). AWS's pages name no number of nodes; five groups are of the
// user guide's page on node groups.
inline constexpr int nodesMaximum = 1000; // ours: above any cluster
inline constexpr qsizetype nodeRanges = 5;
inline constexpr qsizetype instanceTypesPerRange = 1; // API_NodeRangeProperty.instanceTypes

// Scheduling policies (API_FairsharePolicy, API_ShareAttributes).
inline constexpr int shareDecayMaximum = 604800; // s
inline constexpr int computeReservationMaximum = 99; // percent
inline constexpr qsizetype shares = 500;
inline constexpr double weightMinimum = 0.0001;
inline constexpr double weightMaximum = 999.9999;

// Tags (API_TagResource).
inline constexpr qsizetype tags = 50;
inline constexpr qsizetype tagKeyLength = 128;
inline constexpr qsizetype tagValueLength = 256;

// Queues (API_CreateJobQueue, API_JobStateTimeLimitAction).
inline constexpr qsizetype environmentsPerQueue = 3;
inline constexpr int stateTimeMinimum = 600; // s
inline constexpr int stateTimeMaximum = 86400;

// Compute resources (API_ComputeResource).
inline constexpr qsizetype fargateSubnets = 16;
inline constexpr qsizetype securityGroups = 5; // Fargate: 1 to 5
inline constexpr int bidPercentageMaximum = 100;
inline constexpr qsizetype ec2Configurations = 2; // API_ComputeResource.ec2Configuration
inline constexpr qsizetype imageTypeLength = 256; // API_Ec2Configuration
inline constexpr qsizetype launchTemplateOverrides = 10; // API_LaunchTemplateSpecification
inline constexpr int scaleDownDelayMinimum = 20; // min, API_ComputeScalingPolicy; or 0
inline constexpr int scaleDownDelayMaximum = 10080;
inline constexpr int updateTimeoutMaximum = 7200; // min, API_UpdatePolicy

} // namespace batchyard::batch::limits
