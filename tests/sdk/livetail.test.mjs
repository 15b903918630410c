// StartLiveTail of CloudWatch Logs: a real event stream, read with the SDK.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { RegisterJobDefinitionCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import {
  CloudWatchLogsClient, DescribeLogGroupsCommand, GetLogEventsCommand, ResourceNotFoundException,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs';

import { importBusybox, scriptDefinition } from './busybox.mjs';
import {
  clientSettings, clients, connection, createQueue, logGroupName, waitForStatus,
} from './executor.mjs';

const name = `tail-${Date.now().toString(36)}`;
let batch;
let logs;

before(async () => {
  ({ batch } = await clients());
  // The SDK would put "stream-" before the host's name, which is AWS's alone.
  logs = new CloudWatchLogsClient(clientSettings(await connection(), { disableHostPrefix: true }));
  await importBusybox();
  await createQueue(batch, name);
});
after(() => {
  batch.destroy();
  logs.destroy();
});

test('a session tells each line once', async () => {
  const lines = Array.from({ length: 8 }, (_, i) => `line ${i}`);
  await batch.send(new RegisterJobDefinitionCommand(scriptDefinition(name,
    `for i in ${lines.map((_, i) => i).join(' ')}; do echo line $i; sleep 0.4; done`)));
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
  const { logGroupArn } = logGroups.find(group => group.logGroupName === logGroupName);
  const { responseStream } = await logs.send(new StartLiveTailCommand(
    { logGroupIdentifiers: [logGroupArn], logStreamNamePrefixes: [name] }));
  const told = [];
  let started;
  for await (const event of responseStream) {
    if (event.sessionStart) {
      started = event.sessionStart;
      await batch.send(new SubmitJobCommand(
        { jobName: 'tail', jobQueue: name, jobDefinition: name }));
      continue;
    }
    assert.equal(event.sessionUpdate.sessionMetadata.sampled, false);
    for (const { message, timestamp, logGroupIdentifier } of event.sessionUpdate.sessionResults) {
      assert.equal(typeof timestamp, 'number');
      assert.equal(logGroupIdentifier, logGroupArn);
      told.push(message);
    }
    if (told.includes(lines.at(-1)))
      break;
  }
  assert.deepEqual(started.logGroupIdentifiers, [logGroupArn]);
  assert.deepEqual(told, lines);
});

test('lines are joined as the log options say, in a group of their own', async () => {
  const jobDefinitionName = `${name}-joined`;
  const { containerProperties } = scriptDefinition('', 'echo START 1; echo "  at a"; echo START 2');
  await batch.send(new RegisterJobDefinitionCommand({
    jobDefinitionName, type: 'container',
    containerProperties: {
      ...containerProperties,
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-multiline-pattern': '^START', 'awslogs-group': `/${name}` },
      },
    },
  }));
  const { jobId } = await batch.send(new SubmitJobCommand(
    { jobName: 'joined', jobQueue: name, jobDefinition: jobDefinitionName }));
  const job = await waitForStatus(batch, jobId, ['SUCCEEDED']);
  assert.equal(job.status, 'SUCCEEDED', job.statusReason);
  const { events } = await logs.send(new GetLogEventsCommand({
    logGroupName: `/${name}`, logStreamName: job.container.logStreamName, startFromHead: true,
  }));
  assert.deepEqual(events.map(({ message }) => message), ['START 1\n  at a\n', 'START 2\n']);
});

test('a group that is not there', async () => {
  await assert.rejects(
    logs.send(new StartLiveTailCommand({ logGroupIdentifiers: ['/no/such/group'] })),
    error => error instanceof ResourceNotFoundException);
});
