// Debian's AWS CLI against the local executor, for what its age knows.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { RegisterJobDefinitionCommand, SubmitJobCommand } from '@aws-sdk/client-batch';

import { importBusybox, scriptDefinition } from './busybox.mjs';
import { clients, connection, createQueue, logGroupName, waitForStatus } from './executor.mjs';

const suffix = Date.now().toString(36);
const name = `cli-${suffix}`;
let environment;
let batch;

async function aws(...words) {
  const { stdout } = await promisify(execFile)('/usr/bin/aws',
    ['--endpoint-url', environment.AWS_ENDPOINT_URL, '--output', 'json', '--no-cli-pager', ...words],
    { env: { ...process.env, ...environment } });
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
}

before(async () => {
  environment = await connection();
  environment.AWS_DEFAULT_REGION = environment.AWS_REGION;
  ({ batch } = await clients());
  await importBusybox();
  await createQueue(batch, name);
});

test('a job from its definition to its log', async () => {
  const { containerProperties } = scriptDefinition(name, 'echo hello');
  const { revision } = await aws('batch', 'register-job-definition', '--job-definition-name', name,
    '--type', 'container', '--container-properties', JSON.stringify(containerProperties));
  assert.equal(revision, 1);
  const { jobId } = await aws('batch', 'submit-job', '--job-name', 'cli', '--job-queue', name,
    '--job-definition', name);
  await waitForStatus(batch, jobId, ['SUCCEEDED']);
  const { jobs: [job] } = await aws('batch', 'describe-jobs', '--jobs', jobId);
  assert.equal(job.status, 'SUCCEEDED', job.statusReason);
  const { jobSummaryList } = await aws('batch', 'list-jobs', '--job-queue', name,
    '--job-status', 'SUCCEEDED');
  assert.deepEqual(jobSummaryList.map(each => each.jobId), [jobId]);
  const { events } = await aws('logs', 'get-log-events', '--log-group-name', logGroupName,
    '--log-stream-name', job.container.logStreamName);
  assert.deepEqual(events.map(({ message }) => message), ['hello']);
  const filtered = await aws('logs', 'filter-log-events', '--log-group-name', logGroupName,
    '--log-stream-names', job.container.logStreamName, '--filter-pattern', 'hello');
  assert.equal(filtered.events.length, 1);
});

test('aws logs tail', async () => {
  const { stdout } = await promisify(execFile)('/usr/bin/aws',
    ['--endpoint-url', environment.AWS_ENDPOINT_URL, 'logs', 'tail', logGroupName,
      '--since', '1h', '--log-stream-name-prefix', name],
    { env: { ...process.env, ...environment } });
  assert.match(stdout, /hello/);
});

// Polls FilterLogEvents, as AWS's own tools do: each line must come once, and those of one job in
// their order.
test('aws logs tail --follow', async () => {
  const definition = `${name}-slow`;
  const lines = Array.from({ length: 12 }, (_, i) => `line ${i}`);
  await batch.send(new RegisterJobDefinitionCommand(scriptDefinition(definition,
    `for i in ${lines.map((_, i) => i).join(' ')}; do echo line $i; sleep 0.4; done`)));
  const { jobId } = await batch.send(new SubmitJobCommand(
    { jobName: 'slow', jobQueue: name, jobDefinition: definition }));
  await waitForStatus(batch, jobId, ['RUNNING']);
  const tail = spawn('/usr/bin/aws', ['--endpoint-url', environment.AWS_ENDPOINT_URL, 'logs', 'tail',
    logGroupName, '--follow', '--since', '1h', '--format', 'short',
    '--log-stream-name-prefix', definition], { env: { ...process.env, ...environment } });
  let text = '';
  tail.stdout.on('data', data => { text += data; });
  const told = () => [...text.matchAll(/line \d+/g)].map(([line]) => line);
  for (const limit = Date.now() + 60_000; !told().includes(lines.at(-1)) && Date.now() < limit;)
    await sleep(200);
  await sleep(6000); // one more time to ask
  tail.kill('SIGINT');
  assert.deepEqual(told(), lines);
});

test('an array', async () => {
  const { jobId } = await aws('batch', 'submit-job', '--job-name', 'array', '--job-queue', name,
    '--job-definition', name, '--array-properties', 'size=2');
  await waitForStatus(batch, jobId, ['SUCCEEDED']);
  const { jobSummaryList } = await aws('batch', 'list-jobs', '--array-job-id', jobId,
    '--job-status', 'SUCCEEDED');
  assert.equal(jobSummaryList.length, 2);
});

test('resources and tags', async () => {
  const { jobQueues: [queue] } = await aws('batch', 'describe-job-queues', '--job-queues', name);
  await aws('batch', 'tag-resource', '--resource-arn', queue.jobQueueArn, '--tags', 'a=b');
  const { tags } = await aws('batch', 'list-tags-for-resource', '--resource-arn', queue.jobQueueArn);
  assert.deepEqual(tags, { a: 'b' });
  await aws('batch', 'untag-resource', '--resource-arn', queue.jobQueueArn, '--tag-keys', 'a');
  const { computeEnvironments } = await aws('batch', 'describe-compute-environments');
  assert.ok(computeEnvironments.some(each => each.computeEnvironmentName === name));
  const { jobDefinitions } = await aws('batch', 'describe-job-definitions', '--status', 'ACTIVE',
    '--job-definition-name', name);
  assert.equal(jobDefinitions.length, 1);
});

test('errors are told in the executor\'s words', async () => {
  await assert.rejects(aws('batch', 'submit-job', '--job-name', 'x', '--job-queue', 'nope',
    '--job-definition', name), error => {
    assert.match(error.stderr, /ClientException.*SubmitJob.*JobQueue nope not found\./);
    return true;
  });
});
