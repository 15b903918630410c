// The whole way of the sample simulation by the AWS SDK for JavaScript: environment, queue,
// definition, job, logs; then what a caller meets that does something wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  BatchServiceException, CancelJobCommand, ClientException, CreateComputeEnvironmentCommand,
  CreateJobQueueCommand, DeleteComputeEnvironmentCommand, DeleteJobQueueCommand,
  DeregisterJobDefinitionCommand, DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand, ListJobsCommand, ListTagsForResourceCommand,
  RegisterJobDefinitionCommand, SubmitJobCommand, TagResourceCommand, TerminateJobCommand,
  UntagResourceCommand, UpdateComputeEnvironmentCommand, UpdateJobQueueCommand,
  paginateDescribeJobDefinitions, paginateListJobs,
} from '@aws-sdk/client-batch';
import {
  DescribeLogStreamsCommand, FilterLogEventsCommand, GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';

import {
  clients, describe, endlessDefinition, logGroupName, mazeDefinition, readStream, settled,
  waitForStatus,
} from './executor.mjs';

const suffix = Date.now().toString(36);
const environmentName = `sdk-${suffix}`;
const queueName = `sdk-${suffix}`;
const mazeName = `sdk-maze-${suffix}`;
const endlessName = `sdk-endless-${suffix}`;

let batch;
let logs;
let queueArn;

const send = command => batch.send(command);
const submit = (jobName, jobDefinition, more = {}) =>
  send(new SubmitJobCommand({ jobName, jobQueue: queueName, jobDefinition, ...more }));

before(async () => {
  ({ batch, logs } = await clients());
  const environment = await send(new CreateComputeEnvironmentCommand({
    computeEnvironmentName: environmentName,
    type: 'MANAGED',
    computeResources: {
      type: 'EC2', minvCpus: 0, maxvCpus: 2, instanceTypes: ['optimal'],
      instanceRole: 'ecsInstanceRole', subnets: ['subnet-1'], securityGroupIds: ['sg-1'],
    },
  }));
  assert.match(environment.computeEnvironmentArn,
    /^arn:aws:batch:us-east-1:\d{12}:compute-environment\/sdk-/);
  const queue = await send(new CreateJobQueueCommand({
    jobQueueName: queueName,
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: environment.computeEnvironmentArn }],
  }));
  queueArn = queue.jobQueueArn;
  await send(new RegisterJobDefinitionCommand(mazeDefinition(mazeName)));
  await send(new RegisterJobDefinitionCommand(endlessDefinition(endlessName)));
});

after(async () => {
  await send(new UpdateJobQueueCommand({ jobQueue: queueName, state: 'DISABLED' }));
  await send(new DeleteJobQueueCommand({ jobQueue: queueName }));
  batch.destroy();
  logs.destroy();
});

test('resources are valid after a moment', async () => {
  const environment = await settled(async () => (await send(new DescribeComputeEnvironmentsCommand(
    { computeEnvironments: [environmentName] }))).computeEnvironments[0]);
  assert.equal(environment.status, 'VALID');
  assert.equal(environment.statusReason, 'ComputeEnvironment Healthy');
  const queue = await settled(async () => (await send(
    new DescribeJobQueuesCommand({ jobQueues: [queueArn] }))).jobQueues[0]);
  assert.equal(queue.status, 'VALID');
  assert.equal(queue.statusReason, 'JobQueue Healthy');
});

test('a maze is solved and its logs can be read', async () => {
  const { jobId, jobArn, jobName } = await submit('maze-run', mazeName, {
    tags: { run: '1' },
    ecsPropertiesOverride: {
      taskProperties: [{ containers: [{ name: 'model', environment: [{ name: 'MAZE_SEED', value: '7' }] }] }],
    },
  });
  assert.equal(jobName, 'maze-run');
  assert.ok(jobArn.endsWith(`:job/${jobId}`));

  const job = await waitForStatus(batch, jobId, ['SUCCEEDED']);
  assert.equal(job.status, 'SUCCEEDED', job.statusReason);
  assert.equal(job.statusReason, 'Essential container in task exited');
  assert.ok(job.createdAt <= job.startedAt && job.startedAt <= job.stoppedAt);
  assert.equal(job.jobQueue, queueArn);
  assert.equal(job.tags.run, '1');
  assert.equal(job.attempts.length, 1);
  const [model, agent] = job.attempts[0].taskProperties[0].containers;
  assert.deepEqual([model.name, agent.name], ['model', 'agent']);
  assert.equal(agent.exitCode, 0);
  assert.ok([0, 143].includes(model.exitCode), `model ended with ${model.exitCode}`);
  const seeds = job.ecsProperties.taskProperties[0].containers[0].environment
    .filter(({ name }) => name === 'MAZE_SEED');
  assert.deepEqual(seeds, [{ name: 'MAZE_SEED', value: '7' }]);

  const { logStreams } = await logs.send(new DescribeLogStreamsCommand(
    { logGroupName, logStreamNamePrefix: agent.logStreamName }));
  assert.equal(logStreams.length, 1);
  assert.ok(logStreams[0].firstEventTimestamp >= job.createdAt);

  checkAgentLog(await readStream(logs, agent.logStreamName, 3), 40, 10);
  assert.ok((await readStream(logs, model.logStreamName)).length > 0);

  const { events } = await logs.send(new FilterLogEventsCommand(
    { logGroupName, logStreamNames: [agent.logStreamName], filterPattern: '"key found"' }));
  assert.equal(events.length, 1);
});

// The grammar of the agent's log, and a walk whose steps are all from a cell to its neighbour.
function checkAgentLog(lines, width, height) {
  assert.equal(lines[0], `SIZE {'width': ${width}, 'height': ${height}}`);
  const start = lines[1].match(/^START \{'x': (\d+), 'y': (\d+)\}$/);
  assert.ok(start, lines[1]);
  const key = lines[2].match(/^\((\d+), (\d+)\) key found$/);
  assert.ok(key, lines[2]);
  const exit = lines[3].match(/^\((\d+), (\d+)\) exit$/);
  assert.ok(exit, lines[3]);
  const length = Number(lines[4].match(/^Solution length: (\d+)$/)[1]);
  assert.match(lines[5], /^\[\(\d+, \d+\)(, \(\d+, \d+\))*\]$/);
  const walk = [...lines[5].matchAll(/\((\d+), (\d+)\)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  assert.equal(walk.length, length);
  assert.deepEqual(walk[0], start.slice(1).map(Number));
  assert.deepEqual(walk.at(-1), exit.slice(1).map(Number));
  assert.ok(walk.some(([x, y]) => x === Number(key[1]) && y === Number(key[2])));
  for (let i = 1; i < walk.length; ++i) {
    const distance = Math.abs(walk[i][0] - walk[i - 1][0]) + Math.abs(walk[i][1] - walk[i - 1][1]);
    assert.equal(distance, 1, `step ${i}`);
  }
}

test('jobs are cancelled while they wait and terminated while they run', async () => {
  const running = await submit('endless', endlessName);
  const second = await submit('endless-too', endlessName);
  await waitForStatus(batch, running.jobId, ['RUNNING']);
  await waitForStatus(batch, second.jobId, ['RUNNING']);
  const waiting = await submit('waits', endlessName); // both vCPUs are taken
  await waitForStatus(batch, waiting.jobId, ['RUNNABLE']);

  await send(new CancelJobCommand({ jobId: running.jobId, reason: 'no effect on a running job' }));
  await send(new CancelJobCommand({ jobId: waiting.jobId, reason: 'changed my mind' }));
  const cancelled = await waitForStatus(batch, waiting.jobId, ['FAILED']);
  assert.equal(cancelled.status, 'FAILED');
  assert.equal(cancelled.statusReason, 'changed my mind');
  assert.equal(cancelled.isCancelled, true);
  assert.equal(cancelled.attempts.length, 0);
  assert.equal((await describe(batch, running.jobId)).status, 'RUNNING');

  for (const { jobId } of [running, second])
    await send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  const terminated = await waitForStatus(batch, running.jobId, ['FAILED']);
  assert.equal(terminated.statusReason, 'enough');
  assert.equal(terminated.isTerminated, true);
  assert.ok(terminated.container.logStreamName.startsWith(`${endlessName}/default/`));
  await waitForStatus(batch, second.jobId, ['FAILED']);
  // A job that has ended, and one that never was: success without effect.
  await send(new TerminateJobCommand({ jobId: running.jobId, reason: 'again' }));
  await send(new CancelJobCommand({ jobId: 'no-such-job', reason: 'x' }));
});

test('pages and filters', async () => {
  for (let i = 0; i < 4; ++i)
    await send(new RegisterJobDefinitionCommand(mazeDefinition(mazeName)));
  const revisions = [];
  for await (const page of paginateDescribeJobDefinitions({ client: batch, pageSize: 2 },
    { jobDefinitionName: mazeName })) {
    assert.ok(page.jobDefinitions.length <= 2);
    revisions.push(...page.jobDefinitions.map(({ revision }) => revision));
  }
  assert.deepEqual(revisions.sort(), [1, 2, 3, 4, 5]);
  await send(new DeregisterJobDefinitionCommand({ jobDefinition: `${mazeName}:5` }));

  const names = [];
  for await (const page of paginateListJobs({ client: batch, pageSize: 1 },
    { jobQueue: queueName, filters: [{ name: 'JOB_NAME', values: ['ENDLESS*'] }] }))
    names.push(...page.jobSummaryList.map(job => job.jobName));
  assert.deepEqual(names, ['endless-too', 'endless']);
  const succeeded = await send(
    new ListJobsCommand({ jobQueue: queueName, jobStatus: 'SUCCEEDED' }));
  assert.deepEqual(succeeded.jobSummaryList.map(job => job.jobName), ['maze-run']);
});

test('tags of a resource, whose ARN stands in the path', async () => {
  await send(new TagResourceCommand({ resourceArn: queueArn, tags: { team: 'a b/c', x: '1' } }));
  await send(new UntagResourceCommand({ resourceArn: queueArn, tagKeys: ['x', 'not there'] }));
  const { tags } = await send(new ListTagsForResourceCommand({ resourceArn: queueArn }));
  assert.deepEqual(tags, { team: 'a b/c' });
});

test('errors are the SDK\'s own classes', async () => {
  const refused = async (command, message) => {
    await assert.rejects(send(command), error => {
      assert.ok(error instanceof ClientException, error.name);
      assert.ok(error instanceof BatchServiceException);
      assert.equal(error.name, 'ClientException');
      assert.equal(error.$fault, 'client');
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
      assert.match(error.message, message);
      return true;
    });
  };
  await refused(new SubmitJobCommand({ jobName: 'x', jobQueue: queueName, jobDefinition: 'nope' }),
    /^JobDefinition name nope does not exist or is not in ACTIVE status$/);
  await refused(new SubmitJobCommand({ jobName: 'x', jobQueue: 'nope', jobDefinition: mazeName }),
    /^JobQueue nope not found\.$/);
  await refused(new SubmitJobCommand({
    jobName: 'x', jobQueue: queueName, jobDefinition: mazeName, arrayProperties: { size: 1 },
  }), /arrayProperties/);
  await refused(new RegisterJobDefinitionCommand({ jobDefinitionName: 'x', type: 'container' }), /./);
  await refused(new CreateJobQueueCommand({
    jobQueueName: queueName, priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: environmentName }],
  }), /^Object already exists$/);
  await refused(new DeleteJobQueueCommand({ jobQueue: queueName }), /DISABLED/);
  await send(new UpdateComputeEnvironmentCommand(
    { computeEnvironment: environmentName, state: 'DISABLED' }));
  await refused(new DeleteComputeEnvironmentCommand({ computeEnvironment: environmentName }),
    /^Cannot delete, found existing JobQueue relationship$/);
  await refused(new TerminateJobCommand({ jobId: 'x', reason: '' }), /'reason' is a required field/);
  await assert.rejects(
    logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'no/such/stream' })),
    error => error instanceof ResourceNotFoundException);
});
