// Finds the executor through the program's own `connection --json`, as a user would, and gives
// clients of the AWS SDK for it, whose replies are all checked against the SDK's model.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  BatchClient, CreateComputeEnvironmentCommand, CreateJobQueueCommand, DescribeJobsCommand,
} from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

import { checkReplies } from './shapes.mjs';

export const program = process.env.BATCHYARD_PROGRAM;
if (!program)
  throw new Error('BATCHYARD_PROGRAM must name the batchyard program.');

export const logGroupName = '/aws/batch/job';

export async function connection(env = process.env) {
  const { stdout } = await promisify(execFile)(program, ['connection', '--json'], { env });
  return JSON.parse(stdout);
}

export function clientSettings(found, changes = {}) {
  return {
    endpoint: found.AWS_ENDPOINT_URL,
    region: found.AWS_REGION,
    credentials: {
      accessKeyId: found.AWS_ACCESS_KEY_ID,
      secretAccessKey: found.AWS_SECRET_ACCESS_KEY,
    },
    ...changes,
  };
}

export async function clients(changes) {
  const settings = clientSettings(await connection(), changes);
  return {
    batch: checkReplies(new BatchClient(settings)),
    logs: checkReplies(new CloudWatchLogsClient(settings)),
  };
}

export async function describe(batch, jobId) {
  const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  return jobs[0];
}

// The job once its status is among those given, or ended.
export async function waitForStatus(batch, jobId, statuses, seconds = 180) {
  const ends = ['SUCCEEDED', 'FAILED'];
  for (const limit = Date.now() + seconds * 1000; ;) {
    const job = await describe(batch, jobId);
    if (statuses.includes(job.status) || ends.includes(job.status))
      return job;
    if (Date.now() > limit)
      throw new Error(`Job ${jobId} is still ${job.status}: ${job.statusReason}`);
    await sleep(100);
  }
}

// What `fetch` gives once it has settled, as AWS's waiters have it: a resource on its way to be
// created, changed or deleted is asked for again. undefined: it is gone.
export async function settled(fetch, seconds = 30) {
  for (const limit = Date.now() + seconds * 1000; ;) {
    const resource = await fetch();
    if (!['CREATING', 'UPDATING', 'DELETING'].includes(resource?.status))
      return resource;
    if (Date.now() > limit)
      throw new Error(`It is still ${resource.status}.`);
    await sleep(50);
  }
}

// All lines of a stream, read as AWS says: until the token that was passed comes back.
export async function readStream(logs, logStreamName, limit = 100) {
  const lines = [];
  for (let nextToken; ;) {
    const page = await logs.send(new GetLogEventsCommand(
      { logGroupName, logStreamName, startFromHead: true, limit, nextToken }));
    lines.push(...page.events.map(event => event.message));
    if (page.nextForwardToken === nextToken)
      return lines;
    nextToken = page.nextForwardToken;
  }
}

// A compute environment and a queue of it, both of this name. more: of the queue.
export async function createQueue(batch, name, { maxvCpus = 2, ...more } = {}) {
  await batch.send(new CreateComputeEnvironmentCommand({
    computeEnvironmentName: name,
    type: 'MANAGED',
    computeResources: {
      type: 'EC2', minvCpus: 0, maxvCpus, instanceTypes: ['optimal'],
      allocationStrategy: 'BEST_FIT_PROGRESSIVE',
      instanceRole: 'ecsInstanceRole', subnets: ['subnet-1'], securityGroupIds: ['sg-1'],
    },
  }));
  const { jobQueueArn } = await batch.send(new CreateJobQueueCommand({
    jobQueueName: name,
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: name }],
    ...more,
  }));
  return jobQueueArn;
}

export const requirements = [{ type: 'VCPU', value: '1' }, { type: 'MEMORY', value: '64' }];

// The sample maze as a definition of two containers.
export function mazeDefinition(jobDefinitionName) {
  return {
    jobDefinitionName,
    type: 'container',
    retryStrategy: { attempts: 2, evaluateOnExit: [{ onExitCode: '1', action: 'EXIT' }] },
    timeout: { attemptDurationSeconds: 600 },
    tags: { purpose: 'sdk test' },
    ecsProperties: {
      taskProperties: [{
        containers: [
          {
            name: 'model', image: 'batchyard/maze-model:cpp', essential: false,
            environment: [{ name: 'MAZE_WIDTH', value: '40' }, { name: 'MAZE_HEIGHT', value: '10' }],
            resourceRequirements: requirements,
          },
          {
            name: 'agent', image: 'batchyard/maze-agent:cpp',
            dependsOn: [{ containerName: 'model', condition: 'START' }],
            environment: [{ name: 'MODEL_URL', value: 'http://127.0.0.1:5555' }],
            resourceRequirements: requirements,
          },
        ],
      }],
    },
  };
}

// A job that runs until it is stopped: the model alone.
export function endlessDefinition(jobDefinitionName) {
  return {
    jobDefinitionName,
    type: 'container',
    containerProperties: { image: 'batchyard/maze-model:cpp', resourceRequirements: requirements },
  };
}
