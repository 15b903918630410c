// Jobs in all their forms, run to their ends: arrays, nodes, pods, dependencies, retries, shares,
// consumable resources; and how they are listed and ended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  CancelJobsCommand, ClientException, CreateComputeEnvironmentCommand,
  CreateConsumableResourceCommand, CreateJobQueueCommand, CreateSchedulingPolicyCommand,
  DescribeConsumableResourceCommand, DescribeJobsCommand, GetJobQueueSnapshotCommand,
  ListJobsCommand, ListTagsForResourceCommand, RegisterJobDefinitionCommand, SubmitJobCommand,
  TagResourceCommand, TerminateJobsCommand, paginateListJobs, paginateListJobsByConsumableResource,
} from '@aws-sdk/client-batch';

import { image, importBusybox, scriptContainer, scriptDefinition } from './busybox.mjs';
import { clients, createQueue, describe, readStream, waitForStatus } from './executor.mjs';

const suffix = Date.now().toString(36);
const name = what => `sdk-${what}-${suffix}`;
const queue = name('jobs');
const script = name('script');
const tasks = name('tasks');

let batch;
let logs;
const send = command => batch.send(command);
const submit = (jobName, members = {}) => send(new SubmitJobCommand(
  { jobName, jobQueue: queue, jobDefinition: script, ...members }));
// Ends at once when it is asked to: a first process has no default handler.
const forever = 'trap "exit 143" TERM; sleep 600 & wait';
const run = text => ({ containerOverrides: { command: ['/bin/sh', '-c', text] } });
const ended = jobId => waitForStatus(batch, jobId, ['SUCCEEDED', 'FAILED']);
const succeeded = async jobId => {
  const job = await ended(jobId);
  assert.equal(job.status, 'SUCCEEDED', job.statusReason);
  return job;
};
const failed = async jobId => {
  const job = await ended(jobId);
  assert.equal(job.status, 'FAILED');
  return job;
};
const refused = (command, message) => assert.rejects(send(command), error => {
  assert.ok(error instanceof ClientException, `${error.name}: ${error.message}`);
  assert.match(error.message, message);
  return true;
});

before(async () => {
  ({ batch, logs } = await clients());
  await importBusybox();
  await createQueue(batch, queue, { maxvCpus: 8 });
  await send(new RegisterJobDefinitionCommand(scriptDefinition(script, 'true')));
  await send(new RegisterJobDefinitionCommand({
    jobDefinitionName: tasks, type: 'container',
    ecsProperties: {
      taskProperties: [{
        volumes: [{ name: 'v', host: {} }],
        containers: [
          scriptContainer('prep', 'echo seed > /v/seed', {
            essential: false, mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
          }),
          scriptContainer('main', 'cat /v/seed', {
            dependsOn: [{ containerName: 'prep', condition: 'SUCCESS' }],
            mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
          }),
        ],
      }],
    },
  }));
});
after(() => {
  batch.destroy();
  logs.destroy();
});

test('a task of two containers, one after the other', async () => {
  const { jobId } = await submit('tasks', { jobDefinition: tasks });
  const job = await succeeded(jobId);
  const [prep, main] = job.attempts[0].taskProperties[0].containers;
  assert.deepEqual([prep.exitCode, main.exitCode], [0, 0]);
  assert.deepEqual(await readStream(logs, main.logStreamName), ['seed']);
});

test('an array: each child has its index, the parent counts them', async () => {
  const { jobId } = await submit('array', {
    arrayProperties: { size: 3 }, ...run('echo index $AWS_BATCH_JOB_ARRAY_INDEX'),
  });
  const parent = await succeeded(jobId);
  assert.equal(parent.arrayProperties.size, 3);
  assert.equal(parent.arrayProperties.statusSummary.SUCCEEDED, 3);
  const children = [];
  for await (const page of paginateListJobs({ client: batch, pageSize: 2 },
    { arrayJobId: jobId, jobStatus: 'SUCCEEDED' }))
    children.push(...page.jobSummaryList);
  assert.deepEqual(children.map(({ arrayProperties }) => arrayProperties.index).sort(), [0, 1, 2]);
  const child = await describe(batch, `${jobId}:2`);
  assert.deepEqual(await readStream(logs, child.container.logStreamName), ['index 2']);
});

test('an array with a child that fails', async () => {
  const { jobId } = await submit('array-fails', {
    arrayProperties: { size: 3 }, ...run('exit $AWS_BATCH_JOB_ARRAY_INDEX'),
  });
  const parent = await failed(jobId);
  assert.equal(parent.statusReason, 'Array Child Job failed');
  const { SUCCEEDED, FAILED } = parent.arrayProperties.statusSummary;
  assert.deepEqual([SUCCEEDED, FAILED], [1, 2]);
});

test('dependencies: plain, N_TO_N, SEQUENTIAL, and one that fails', async () => {
  const first = await submit('first', run('sleep 1'));
  const second = await submit('second', { dependsOn: [{ jobId: first.jobId }] });
  assert.match((await describe(batch, second.jobId)).status, /SUBMITTED|PENDING/);
  const one = await submit('one', { arrayProperties: { size: 2 } });
  const other = await submit('other', {
    arrayProperties: { size: 2 }, dependsOn: [{ jobId: one.jobId, type: 'N_TO_N' }],
  });
  const row = await submit('row', { arrayProperties: { size: 2 }, dependsOn: [{ type: 'SEQUENTIAL' }] });
  const fails = await submit('fails', run('exit 3'));
  const waits = await submit('waits', { dependsOn: [{ jobId: fails.jobId }] });

  const [begun, follows] = [await succeeded(first.jobId), await succeeded(second.jobId)];
  assert.ok(follows.startedAt >= begun.stoppedAt);
  for (let i = 0; i < 2; ++i) {
    await succeeded(other.jobId);
    const [a, b] = (await send(new DescribeJobsCommand(
      { jobs: [`${one.jobId}:${i}`, `${other.jobId}:${i}`] }))).jobs;
    assert.ok(b.startedAt >= a.stoppedAt);
  }
  await succeeded(row.jobId);
  const [a, b] = (await send(new DescribeJobsCommand(
    { jobs: [`${row.jobId}:0`, `${row.jobId}:1`] }))).jobs;
  assert.ok(b.startedAt >= a.stoppedAt);
  assert.equal((await failed(fails.jobId)).attempts[0].container.exitCode, 3);
  const lost = await failed(waits.jobId);
  assert.equal(lost.statusReason, 'Dependent Job failed');
  assert.deepEqual(lost.attempts, []);

  const array = { arrayProperties: { size: 3 } };
  const dependsOn = [{ jobId: one.jobId, type: 'N_TO_N' }];
  await refused(new SubmitJobCommand(
    { jobName: 'x', jobQueue: queue, jobDefinition: script, ...array, dependsOn }), /one size/);
});

test('a job is tried again as its rules say', async () => {
  const { jobId } = await submit('retry', {
    ...run('test $AWS_BATCH_JOB_ATTEMPT = 2'), retryStrategy: { attempts: 3 },
  });
  const job = await succeeded(jobId);
  assert.deepEqual(job.attempts.map(({ container }) => container.exitCode), [1, 0]);
  const exits = await submit('exits', {
    ...run('exit 7'),
    retryStrategy: { attempts: 3, evaluateOnExit: [{ onExitCode: '7', action: 'EXIT' }] },
  });
  assert.equal((await failed(exits.jobId)).attempts.length, 1);
});

test('nodes: the main node\'s end is the job\'s', async () => {
  const jobDefinition = name('nodes');
  const node = (targetNodes, text) => {
    const { name: ignored, ...container } = scriptContainer('', text);
    return { targetNodes, container };
  };
  await send(new RegisterJobDefinitionCommand({
    jobDefinitionName: jobDefinition, type: 'multinode',
    nodeProperties: {
      numNodes: 2, mainNode: 0,
      nodeRangeProperties: [
        node('0', 'echo $AWS_BATCH_JOB_NUM_NODES $AWS_BATCH_JOB_NODE_INDEX $AWS_BATCH_JOB_MAIN_NODE_INDEX'),
        node('1:', forever),
      ],
    },
  }));
  const { jobId } = await submit('nodes', { jobDefinition });
  const job = await succeeded(jobId);
  assert.equal(job.nodeProperties.numNodes, 2);
  const main = await describe(batch, `${jobId}#0`);
  assert.deepEqual(main.nodeDetails, { nodeIndex: 0, isMainNode: true });
  assert.deepEqual(await readStream(logs, main.container.logStreamName), ['2 0 0']);
  const { jobSummaryList } = await send(
    new ListJobsCommand({ multiNodeJobId: jobId, jobStatus: main.status }));
  assert.ok(jobSummaryList.some(({ nodeProperties }) => nodeProperties.nodeIndex === 0));
});

test('a pod: init containers first, all must succeed', async () => {
  const pods = name('pods');
  await send(new CreateComputeEnvironmentCommand({
    computeEnvironmentName: pods, type: 'MANAGED',
    eksConfiguration: {
      eksClusterArn: 'arn:aws:eks:us-east-1:000000000000:cluster/c', kubernetesNamespace: 'n',
    },
    computeResources: {
      type: 'EC2', minvCpus: 0, maxvCpus: 4, instanceTypes: ['m5'], instanceRole: 'r',
      subnets: ['s'], securityGroupIds: ['g'],
    },
  }));
  await send(new CreateJobQueueCommand({
    jobQueueName: pods, priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: pods }],
  }));
  const container = (containerName, text) => ({
    name: containerName, image, imagePullPolicy: 'IfNotPresent', command: ['/bin/sh', '-c', text],
    resources: { limits: { cpu: '1', memory: '64Mi' } },
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
  });
  await send(new RegisterJobDefinitionCommand({
    jobDefinitionName: pods, type: 'container',
    eksProperties: {
      podProperties: {
        initContainers: [container('init', 'echo from init > /v/file')],
        containers: [container('main', 'cat /v/file')],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    },
  }));
  const { jobId } = await submit('pod', { jobQueue: pods, jobDefinition: pods });
  const job = await succeeded(jobId);
  assert.equal(job.eksAttempts.length, 1);
  assert.equal(job.eksAttempts[0].containers[0].exitCode, 0);
  assert.equal(job.eksAttempts[0].initContainers[0].exitCode, 0);
  assert.equal(job.eksProperties.podProperties.containers[0].exitCode, 0);
});

test('a fair-share queue', async () => {
  const shared = name('shared');
  const { arn } = await send(new CreateSchedulingPolicyCommand({
    name: shared, fairsharePolicy: { shareDistribution: [{ shareIdentifier: 'a' }] },
  }));
  await createQueue(batch, shared, { schedulingPolicyArn: arn });
  await refused(new SubmitJobCommand({ jobName: 'x', jobQueue: shared, jobDefinition: script }),
    /^shareIdentifier must be specified\.$/);
  await refused(new SubmitJobCommand(
    { jobName: 'x', jobQueue: queue, jobDefinition: script, shareIdentifier: 'a' }),
  /shareIdentifier must not be specified/);
  const { jobId } = await submit('fair', {
    jobQueue: shared, shareIdentifier: 'a', schedulingPriorityOverride: 9,
  });
  const job = await succeeded(jobId);
  assert.deepEqual([job.shareIdentifier, job.schedulingPriority], ['a', 9]);
  const { jobSummaryList } = await send(new ListJobsCommand(
    { jobQueue: shared, filters: [{ name: 'SHARE_IDENTIFIER', values: ['a'] }] }));
  assert.deepEqual(jobSummaryList.map(each => each.jobId), [jobId]);
});

test('consumable resources: a job waits until they are free', async () => {
  const consumableResource = name('licence');
  await send(new CreateConsumableResourceCommand(
    { consumableResourceName: consumableResource, totalQuantity: 1 }));
  const consumableResourcePropertiesOverride
    = { consumableResourceList: [{ consumableResource, quantity: 1 }] };
  const holds = await submit('holds', { ...run('sleep 3'), consumableResourcePropertiesOverride });
  const consumableResourceArn = (await send(
    new DescribeConsumableResourceCommand({ consumableResource }))).consumableResourceArn;
  const waits = await submit('waits', {
    consumableResourcePropertiesOverride:
      { consumableResourceList: [{ consumableResource: consumableResourceArn, quantity: 1 }] },
  });
  await waitForStatus(batch, holds.jobId, ['RUNNING']);
  const described = await send(new DescribeConsumableResourceCommand({ consumableResource }));
  assert.deepEqual([described.inUseQuantity, described.availableQuantity], [1, 0]);
  const users = [];
  for await (const page of paginateListJobsByConsumableResource({ client: batch, pageSize: 1 },
    { consumableResource }))
    users.push(...page.jobs.map(({ jobName }) => jobName));
  assert.deepEqual(users, ['waits', 'holds']);
  const [first, second] = [await succeeded(holds.jobId), await succeeded(waits.jobId)];
  assert.ok(second.startedAt >= first.stoppedAt);
});

test('overrides that ECS does not take fail the job when it would start', async () => {
  const { jobId } = await submit('long', {
    containerOverrides: { environment: [{ name: 'A', value: 'x'.repeat(8192) }] },
  });
  const job = await waitForStatus(batch, jobId, []);
  assert.deepEqual([job.status, job.statusReason],
    ['FAILED', 'Container Overrides length must be at most 8192']);
  assert.deepEqual(job.attempts, []);
});

test('many jobs are ended at once', async () => {
  const jobs = [];
  for (let i = 0; i < 3; ++i)
    jobs.push((await submit(`ends${i}`, run(forever))).jobId);
  await waitForStatus(batch, jobs[0], ['RUNNING']);
  const cancelled = await send(new CancelJobsCommand({ jobs: ['no id', jobs[0]], reason: 'no' }));
  assert.deepEqual(cancelled.successful, [jobs[0]]);
  assert.equal(cancelled.errors[0].code, 'ValidationException');
  assert.equal((await describe(batch, jobs[0])).status, 'RUNNING');
  const terminated = await send(new TerminateJobsCommand({ jobs, reason: 'enough' }));
  assert.deepEqual(terminated.successful, jobs);
  for (const jobId of jobs) {
    const job = await failed(jobId);
    assert.deepEqual([job.statusReason, job.isTerminated], ['enough', true]);
  }
  const { jobSummaryList } = await send(new ListJobsCommand(
    { jobQueue: queue, filters: [{ name: 'JOB_NAME', values: ['ENDS*'] }] }));
  assert.equal(jobSummaryList.length, 3);
  assert.ok(jobSummaryList.every(job => job.isTerminated === true));
  await refused(new TerminateJobsCommand({ jobs: Array(51).fill(jobs[0]), reason: 'x' }), /50/);
});

test('the front of a queue', async () => {
  const small = name('small');
  await createQueue(batch, small, { maxvCpus: 1 });
  const runs = await submit('runs', { ...run(forever), jobQueue: small });
  await waitForStatus(batch, runs.jobId, ['RUNNING']);
  const waits = [];
  for (let i = 0; i < 2; ++i)
    waits.push(await submit(`waits${i}`, { jobQueue: small }));
  await waitForStatus(batch, waits[1].jobId, ['RUNNABLE']);
  const snapshot = await send(new GetJobQueueSnapshotCommand({ jobQueue: small }));
  assert.deepEqual(snapshot.frontOfQueue.jobs.map(({ jobArn }) => jobArn),
    waits.map(({ jobArn }) => jobArn));
  assert.equal(snapshot.queueUtilization.totalCapacityUsage[0].quantity, 1);
  await send(new TerminateJobsCommand({ jobs: [runs.jobId], reason: 'done' }));
  for (const { jobId } of waits)
    await succeeded(jobId);
});

test('a job\'s tags can be changed', async () => {
  const { jobId, jobArn } = await submit('tagged', { tags: { a: '1' } });
  await send(new TagResourceCommand({ resourceArn: jobArn, tags: { b: '2' } }));
  const { tags } = await send(new ListTagsForResourceCommand({ resourceArn: jobArn }));
  assert.deepEqual(tags, { a: '1', b: '2' });
  const { resourceArn, ...described } = (await succeeded(jobId)).tags; // AWS adds the job's ARN
  assert.equal(resourceArn, jobArn);
  assert.deepEqual(described, tags);
});
