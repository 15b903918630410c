// The life of everything that is no job: environments, queues, definitions, scheduling policies
// and consumable resources, with their pagers and tags.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  ClientException, CreateComputeEnvironmentCommand, CreateConsumableResourceCommand,
  CreateJobQueueCommand, CreateSchedulingPolicyCommand, DeleteComputeEnvironmentCommand,
  DeleteConsumableResourceCommand, DeleteJobQueueCommand, DeleteSchedulingPolicyCommand,
  DeregisterJobDefinitionCommand, DescribeComputeEnvironmentsCommand,
  DescribeConsumableResourceCommand, DescribeJobDefinitionsCommand, DescribeJobQueuesCommand,
  DescribeSchedulingPoliciesCommand, GetJobQueueSnapshotCommand, ListTagsForResourceCommand,
  RegisterJobDefinitionCommand, TagResourceCommand, UntagResourceCommand,
  UpdateComputeEnvironmentCommand, UpdateConsumableResourceCommand, UpdateJobQueueCommand,
  UpdateSchedulingPolicyCommand, paginateDescribeComputeEnvironments, paginateDescribeJobQueues,
  paginateListConsumableResources, paginateListSchedulingPolicies,
} from '@aws-sdk/client-batch';

import { scriptContainer } from './busybox.mjs';
import { clients, createQueue, settled } from './executor.mjs';

const suffix = Date.now().toString(36);
const name = what => `sdk-${what}-${suffix}`;

let batch;
const send = command => batch.send(command);
const refused = (command, message) => assert.rejects(send(command), error => {
  assert.ok(error instanceof ClientException, `${error.name}: ${error.message}`);
  assert.match(error.message, message);
  return true;
});
const all = async (pages, list) => {
  const items = [];
  for await (const page of pages)
    items.push(...page[list]);
  return items;
};

before(async () => ({ batch } = await clients()));
after(() => batch.destroy());

const ec2 = {
  type: 'EC2', minvCpus: 0, maxvCpus: 2, instanceTypes: ['optimal'],
  instanceRole: 'ecsInstanceRole', subnets: ['subnet-1'], securityGroupIds: ['sg-1'],
};
const kinds = {
  ec2: { computeResources: { ...ec2, launchTemplate: { launchTemplateName: 't' } } },
  spot: { computeResources: { ...ec2, type: 'SPOT', bidPercentage: 60, spotIamFleetRole: 'r' } },
  fargate: {
    computeResources: { type: 'FARGATE', maxvCpus: 4, subnets: ['s'], securityGroupIds: ['g'] },
  },
  eks: {
    computeResources: ec2,
    eksConfiguration: {
      eksClusterArn: 'arn:aws:eks:us-east-1:000000000000:cluster/c', kubernetesNamespace: 'n',
    },
  },
  unmanaged: { type: 'UNMANAGED', unmanagedvCpus: 4 },
};

for (const [kind, members] of Object.entries(kinds)) {
  test(`compute environment: ${kind}`, async () => {
    const computeEnvironmentName = name(kind);
    const created = await send(new CreateComputeEnvironmentCommand(
      { computeEnvironmentName, type: 'MANAGED', tags: { a: 'b' }, ...members }));
    assert.equal(created.computeEnvironmentName, computeEnvironmentName);
    const describe = async () => (await send(new DescribeComputeEnvironmentsCommand(
      { computeEnvironments: [created.computeEnvironmentArn] }))).computeEnvironments[0];
    assert.equal((await describe()).status, 'CREATING');
    const environment = await settled(describe);
    assert.equal(environment.status, 'VALID', environment.statusReason);
    assert.equal(environment.state, 'ENABLED');
    assert.equal(environment.containerOrchestrationType, kind === 'eks' ? 'EKS' : 'ECS');
    assert.deepEqual(environment.tags, { a: 'b' });
    const computeEnvironment = computeEnvironmentName;
    await refused(new DeleteComputeEnvironmentCommand({ computeEnvironment }), /DISABLED/);
    await send(new UpdateComputeEnvironmentCommand({ computeEnvironment, state: 'DISABLED' }));
    assert.equal((await describe()).status, 'UPDATING');
    assert.equal((await settled(describe)).state, 'DISABLED');
    await send(new DeleteComputeEnvironmentCommand({ computeEnvironment }));
    assert.equal((await describe()).status, 'DELETING');
    assert.equal(await settled(describe), undefined);
    await refused(new DeleteComputeEnvironmentCommand({ computeEnvironment }), /does not exist/);
  });
}

test('an environment of unknown instance types is INVALID until it is mended', async () => {
  const computeEnvironment = name('broken');
  await send(new CreateComputeEnvironmentCommand({
    computeEnvironmentName: computeEnvironment, type: 'MANAGED',
    computeResources: { ...ec2, instanceTypes: ['warp9.huge'] },
  }));
  const status = () => settled(async () => (await send(new DescribeComputeEnvironmentsCommand(
    { computeEnvironments: [computeEnvironment] }))).computeEnvironments[0]);
  assert.equal((await status()).status, 'INVALID');
  assert.match((await status()).statusReason, /warp9\.huge/);
  await send(new UpdateComputeEnvironmentCommand(
    { computeEnvironment, computeResources: { instanceTypes: ['m5.large'] } }));
  assert.equal((await status()).status, 'VALID');
});

test('queues: create, update, pages, delete', async () => {
  const queue = name('queue');
  const jobQueueArn = await createQueue(batch, queue);
  await send(new UpdateJobQueueCommand({
    jobQueue: jobQueueArn, priority: 7,
    jobStateTimeLimitActions: [{
      reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', state: 'RUNNABLE',
      maxTimeSeconds: 600, action: 'CANCEL',
    }],
  }));
  const describe = async () => (await send(
    new DescribeJobQueuesCommand({ jobQueues: [queue] }))).jobQueues[0];
  const described = await settled(describe);
  assert.equal(described.status, 'VALID', described.statusReason);
  assert.equal(described.priority, 7);
  assert.equal(described.jobStateTimeLimitActions.length, 1);
  const [names, environments] = [
    await all(paginateDescribeJobQueues({ client: batch, pageSize: 1 }, {}), 'jobQueues'),
    await all(paginateDescribeComputeEnvironments({ client: batch, pageSize: 1 }, {}),
      'computeEnvironments'),
  ];
  assert.ok(names.some(each => each.jobQueueName === queue));
  assert.ok(environments.some(each => each.computeEnvironmentName === queue));

  const snapshot = await send(new GetJobQueueSnapshotCommand({ jobQueue: queue }));
  assert.deepEqual(snapshot.frontOfQueue.jobs, []);
  assert.equal(snapshot.queueUtilization.totalCapacityUsage[0].quantity, 0);

  await refused(new CreateJobQueueCommand({
    jobQueueName: queue, priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: queue }],
  }), /^Object already exists$/);
  await send(new UpdateJobQueueCommand({ jobQueue: queue, state: 'DISABLED' }));
  await send(new DeleteJobQueueCommand({ jobQueue: queue }));
  assert.equal((await describe()).status, 'DELETING');
  assert.equal(await settled(describe), undefined);
});

test('definitions keep every field that they are given', async () => {
  const jobDefinitionName = name('fields');
  const request = {
    jobDefinitionName, type: 'container',
    parameters: { what: 'world' }, schedulingPriority: 3, propagateTags: true,
    timeout: { attemptDurationSeconds: 600 },
    retryStrategy: {
      attempts: 3,
      evaluateOnExit: [{ onStatusReason: 'Host EC2*', action: 'RETRY' }, { onReason: '*', action: 'EXIT' }],
    },
    tags: { a: 'b' }, platformCapabilities: ['EC2'],
    ecsProperties: {
      taskProperties: [{
        ipcMode: 'task', pidMode: 'task', executionRoleArn: 'arn:aws:iam::000000000000:role/e',
        taskRoleArn: 'arn:aws:iam::000000000000:role/t', enableExecuteCommand: true,
        volumes: [{ name: 'scratch', host: {} }, {
          name: 'efs', efsVolumeConfiguration: {
            fileSystemId: 'fs-1', rootDirectory: '/data', transitEncryption: 'ENABLED',
            transitEncryptionPort: 2999, authorizationConfig: { accessPointId: 'a', iam: 'DISABLED' },
          },
        }],
        containers: [
          scriptContainer('prep', 'true', {
            essential: false, startTimeout: 60, stopTimeout: 10, user: '1000:1000',
            readonlyRootFilesystem: true, ulimits: [{ name: 'nofile', softLimit: 100, hardLimit: 200 }],
            mountPoints: [{ sourceVolume: 'scratch', containerPath: '/data', readOnly: false }],
            secrets: [{ name: 'S', valueFrom: 'arn:aws:ssm:us-east-1:000000000000:parameter/s' }],
            linuxParameters: {
              initProcessEnabled: true, sharedMemorySize: 64, maxSwap: 0, swappiness: 10,
              tmpfs: [{ containerPath: '/t', size: 16, mountOptions: ['rw', 'noexec'] }],
            },
          }),
          scriptContainer('main', 'echo Ref::what', {
            dependsOn: [{ containerName: 'prep', condition: 'SUCCESS' }],
            environment: [{ name: 'A', value: 'b' }],
            logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-stream-prefix': 'p' } },
            repositoryCredentials: {
              credentialsParameter: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:r',
            },
          }),
        ],
      }],
    },
  };
  if (request.ecsProperties.taskProperties[0].volumes[1].efsVolumeConfiguration.authorizationConfig)
    request.ecsProperties.taskProperties[0].volumes[1].efsVolumeConfiguration.rootDirectory = '/';
  const { revision, jobDefinitionArn } = await send(new RegisterJobDefinitionCommand(request));
  assert.equal(revision, 1);
  const { jobDefinitions: [described] } = await send(
    new DescribeJobDefinitionsCommand({ jobDefinitions: [jobDefinitionArn] }));
  const { evaluateOnExit, ...retryStrategy } = described.retryStrategy;
  assert.deepEqual(evaluateOnExit.map(rule => rule.action), ['retry', 'exit']);
  assert.equal(retryStrategy.attempts, 3);
  for (const member of ['parameters', 'schedulingPriority', 'propagateTags', 'timeout', 'tags',
    'platformCapabilities', 'ecsProperties'])
    assert.deepEqual(described[member], request[member], member);
  assert.equal(described.status, 'ACTIVE');
  await send(new DeregisterJobDefinitionCommand({ jobDefinition: `${jobDefinitionName}:1` }));
  const inactive = await send(
    new DescribeJobDefinitionsCommand({ jobDefinitionName, status: 'INACTIVE' }));
  assert.equal(inactive.jobDefinitions.length, 1);
});

test('fifty clients register at once: fifty revisions', async () => {
  const jobDefinitionName = name('race');
  const { name: ignored, ...containerProperties } = scriptContainer('', 'true');
  const replies = await Promise.all(Array.from({ length: 50 }, () => send(
    new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', containerProperties }))));
  const revisions = replies.map(({ revision }) => revision).sort((a, b) => a - b);
  assert.deepEqual(revisions, Array.from({ length: 50 }, (_, i) => i + 1));
});

test('what leads out of the container is refused, and says how to allow it', async () => {
  for (const [members, what] of [
    [{ privileged: true }, 'privileged'],
    [{ linuxParameters: { devices: [{ hostPath: '/dev/null' }] } }, 'devices'],
  ]) {
    await refused(new RegisterJobDefinitionCommand({
      jobDefinitionName: name('bold'), type: 'container',
      ecsProperties: { taskProperties: [{ containers: [scriptContainer('c', 'true', members)] }] },
    }), new RegExp(`x-batchyard-allow: ${what}`));
  }
  await refused(new RegisterJobDefinitionCommand({
    jobDefinitionName: name('bold'), type: 'container',
    ecsProperties: {
      taskProperties: [{
        volumes: [{ name: 'v', host: { sourcePath: '/run/docker.sock' } }],
        containers: [scriptContainer('c', 'true')],
      }],
    },
  }), /x-batchyard-allow: /);
});

test('scheduling policies', async () => {
  const fairsharePolicy = {
    shareDecaySeconds: 3600, computeReservation: 10,
    shareDistribution: [{ shareIdentifier: 'a', weightFactor: 0.5 }, { shareIdentifier: 'b*' }],
  };
  const { arn } = await send(new CreateSchedulingPolicyCommand(
    { name: name('policy'), fairsharePolicy, tags: { x: 'y' } }));
  const describe = async () => (await send(
    new DescribeSchedulingPoliciesCommand({ arns: [arn] }))).schedulingPolicies;
  assert.deepEqual((await describe())[0].fairsharePolicy.shareDistribution[0],
    fairsharePolicy.shareDistribution[0]);
  await send(new UpdateSchedulingPolicyCommand({ arn, fairsharePolicy: { computeReservation: 50 } }));
  assert.equal((await describe())[0].fairsharePolicy.computeReservation, 50);
  const listed = await all(paginateListSchedulingPolicies({ client: batch, pageSize: 1 }, {}),
    'schedulingPolicies');
  assert.ok(listed.some(policy => policy.arn === arn));

  const queue = name('policed');
  await createQueue(batch, queue, { schedulingPolicyArn: arn });
  await refused(new DeleteSchedulingPolicyCommand({ arn }), /used by job queue/);
  const snapshot = await send(new GetJobQueueSnapshotCommand({ jobQueue: queue }));
  assert.equal(snapshot.queueUtilization.fairshareUtilization.activeShareCount, 0);
  await send(new UpdateJobQueueCommand({ jobQueue: queue, state: 'DISABLED' }));
  await send(new DeleteJobQueueCommand({ jobQueue: queue }));
  await settled(async () => (await send(
    new DescribeJobQueuesCommand({ jobQueues: [queue] }))).jobQueues[0]);
  await send(new DeleteSchedulingPolicyCommand({ arn }));
  assert.deepEqual(await describe(), []);
});

test('consumable resources', async () => {
  const consumableResource = name('licence');
  await send(new CreateConsumableResourceCommand(
    { consumableResourceName: consumableResource, totalQuantity: 5, tags: { a: 'b' } }));
  const total = async update => (await send(
    new UpdateConsumableResourceCommand({ consumableResource, ...update }))).totalQuantity;
  assert.equal(await total({ operation: 'ADD', quantity: 2 }), 7);
  assert.equal(await total({ operation: 'REMOVE', quantity: 3 }), 4);
  assert.equal(await total({ operation: 'SET', quantity: 9 }), 9);
  const once = { operation: 'ADD', quantity: 1, clientToken: name('token') };
  assert.deepEqual([await total(once), await total(once)], [10, 10]);
  const described = await send(new DescribeConsumableResourceCommand({ consumableResource }));
  assert.equal(described.resourceType, 'REPLENISHABLE');
  assert.deepEqual([described.totalQuantity, described.inUseQuantity, described.availableQuantity],
    [10, 0, 10]);
  const listed = await all(paginateListConsumableResources({ client: batch, pageSize: 1 },
    { filters: [{ name: 'CONSUMABLE_RESOURCE_NAME', values: ['SDK-LICENCE*'] }] }),
  'consumableResources');
  assert.ok(listed.some(each => each.consumableResourceName === consumableResource));
  await send(new DeleteConsumableResourceCommand({ consumableResource }));
  await refused(new DescribeConsumableResourceCommand({ consumableResource }), /does not exist/);
});

test('everything has tags', async () => {
  const queue = name('tagged');
  const arns = [await createQueue(batch, queue)];
  arns.push((await send(new CreateSchedulingPolicyCommand(
    { name: name('tagged'), fairsharePolicy: {} }))).arn);
  arns.push((await send(new CreateConsumableResourceCommand(
    { consumableResourceName: name('tagged') }))).consumableResourceArn);
  for (const resourceArn of arns) {
    await send(new TagResourceCommand({ resourceArn, tags: { 'a b/c': 'ü & more', x: '1' } }));
    await send(new UntagResourceCommand({ resourceArn, tagKeys: ['x', 'not there'] }));
    const { tags } = await send(new ListTagsForResourceCommand({ resourceArn }));
    assert.deepEqual(tags, { 'a b/c': 'ü & more' });
  }
});
