// Every operation that the SDK knows is answered: with a reply of its shape, or with the modelled
// ClientException that says why not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as batchModule from '@aws-sdk/client-batch';

import { clients } from './executor.mjs';

const { ClientException } = batchModule;
const operations = Object.keys(batchModule)
  .filter(name => name.endsWith('Command') && name !== '$Command')
  .map(name => name.slice(0, -'Command'.length));
const elsewhere = /^(Create|Update|Delete|Describe|List|Submit|Terminate)(ServiceEnvironment|ServiceEnvironments|ServiceJob|ServiceJobs|QuotaShare|QuotaShares)$/;

let batch;
before(async () => ({ batch } = await clients()));
after(() => batch.destroy());

// Requests that name nothing that exists; what a path needs is there.
const send = operation => batch.send(new batchModule[`${operation}Command`]({ resourceArn: 'x' }));

test('the SDK has as many operations as this test expects at least', () => {
  assert.ok(operations.length >= 48, `${operations.length}`);
  assert.equal(operations.filter(name => elsewhere.test(name)).length, 15);
});

for (const operation of operations) {
  test(operation, async () => {
    try {
      await send(operation); // the shape is checked on the way
      assert.doesNotMatch(operation, elsewhere);
    } catch (error) {
      assert.ok(error instanceof ClientException, `${error.name}: ${error.message}`);
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
      assert.notEqual(error.message, '');
      const isRefused = error.message.startsWith(`${operation} is not supported by the local executor: `);
      assert.equal(isRefused, elsewhere.test(operation), error.message);
    }
  });
}

test('a fault of a document comes in AWS\'s envelope, with the reply\'s own id', async () => {
  await assert.rejects(
    batch.send(new batchModule.RegisterJobDefinitionCommand({ jobDefinitionName: 'x', type: 'container' })),
    error => {
      const form = /^Error executing request, Exception : .+, RequestId: ([0-9a-f-]{36})$/s;
      assert.match(error.message, form);
      assert.equal(error.message.match(form)[1], error.$metadata.requestId);
      return true;
    });
});
