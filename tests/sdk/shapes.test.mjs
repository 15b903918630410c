// The check of replies finds what it is there for.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { faultsOf } from './shapes.mjs';

const job = {
  jobName: 'a', jobId: 'b', jobQueue: 'c', status: 'RUNNING', startedAt: 1, jobDefinition: 'd',
};
const faults = (operation, reply) => faultsOf(operation, reply).join('; ');

test('a right reply has no faults', () => {
  assert.equal(faults('DescribeJobs', { jobs: [job] }), '');
  assert.equal(faults('DescribeJobs', {
    jobs: [{ ...job, parameters: { a: 'b' }, platformCapabilities: ['EC2'], attempts: [{ startedAt: 1 }] }],
  }), '');
  assert.equal(faults('ListTagsForResource', { tags: { a: 'b' } }), '');
  assert.equal(faults('DeleteJobQueue', {}), '');
});

for (const [name, reply, fault] of [
  ['missing', { jobs: [{ ...job, jobQueue: undefined }] }, /jobs\[0\]\.jobQueue: required/],
  ['unknown', { jobs: [{ ...job, colour: 'red' }] }, /colour: JobDetail has no such member/],
  ['number for text', { jobs: [{ ...job, jobName: 7 }] }, /jobName: 7 is no string/],
  ['text for a number', { jobs: [{ ...job, startedAt: 'now' }] }, /startedAt: "now" is no number/],
  ['text for a switch', { jobs: [{ ...job, isCancelled: 'no' }] }, /isCancelled/],
  ['null', { jobs: [{ ...job, statusReason: null }] }, /statusReason: null is no string/],
  ['no list', { jobs: {} }, /jobs: no list/],
  ['no map', { jobs: [{ ...job, parameters: [] }] }, /parameters: no map/],
  ['another status', { jobs: [{ ...job, status: 'DONE' }] }, /status: "DONE" is none of/],
  ['another capability', { jobs: [{ ...job, platformCapabilities: ['MARS'] }] }, /"MARS" is none/],
  ['deep inside', {
    jobs: [{ ...job, ecsProperties: { taskProperties: [{ containers: [{ exitCode: '0' }] }] } }],
  }, /taskProperties\[0\]\.containers\[0\]\.exitCode: "0" is no number/],
])
  test(`a fault is found: ${name}`, () => assert.match(faults('DescribeJobs', reply), fault));
