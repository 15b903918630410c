// Signatures in both directions: the executor checks those of the SDK, and the SDK's own signer
// checks those of the program.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { Sha256 } from '@aws-crypto/sha256-js';
import { BatchClient, DescribeJobQueuesCommand } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { SignatureV4 } from '@smithy/signature-v4';

import { clientSettings, connection, program } from './executor.mjs';

const refusals = [
  {
    title: 'a wrong secret',
    change: found => ({ credentials: { accessKeyId: found.AWS_ACCESS_KEY_ID, secretAccessKey: 'guess' } }),
    name: 'InvalidSignatureException',
  },
  {
    title: 'an unknown key',
    change: () => ({ credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'guess' } }),
    name: 'UnrecognizedClientException',
  },
  {
    title: 'no signature',
    change: () => ({ signer: { sign: async request => request } }),
    name: 'MissingAuthenticationTokenException',
  },
];

for (const { title, change, name } of refusals) {
  test(`${title} is refused by name`, async () => {
    const found = await connection();
    const settings = clientSettings(found, { maxAttempts: 1, ...change(found) });
    for (const call of [
      () => new BatchClient(settings).send(new DescribeJobQueuesCommand({})),
      () => new CloudWatchLogsClient(settings).send(new DescribeLogGroupsCommand({})),
    ]) {
      await assert.rejects(call, error => {
        assert.equal(error.name, name);
        assert.equal(error.$metadata.httpStatusCode, 403);
        return true;
      });
    }
  });
}

test('any region is signed for', async () => {
  const settings = clientSettings(await connection(), { region: 'eu-west-1' });
  await new BatchClient(settings).send(new DescribeJobQueuesCommand({}));
});

test('what the program signs, the SDK signs the same', async () => {
  const credentials = { accessKeyId: 'AKIAPROGRAM', secretAccessKey: 'of/this+test' };
  const checked = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request)
      chunks.push(chunk);
    checked.push(await signatures(request, Buffer.concat(chunks), credentials));
    const replies = { '/v1/describejobqueues': { jobQueues: [] }, '/v1/describejobs': { jobs: [] } };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(replies[request.url] ?? engine));
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const home = await mkdtemp(path.join(tmpdir(), 'byc'));
  try {
    const file = path.join(home, 'connection.json');
    await writeFile(file, JSON.stringify({
      endpoint: `http://127.0.0.1:${server.address().port}`, region: 'us-east-1',
      accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey,
    }));
    await chmod(file, 0o600);
    await new Promise((resolve, reject) => execFile(program, ['jobs', '--json'],
      { env: { ...process.env, BATCHYARD_HOME: home } },
      (error, stdout, stderr) => (error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout))));
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(home, { recursive: true });
  }
  assert.ok(checked.some(({ method }) => method === 'GET'), 'the ping was signed');
  assert.ok(checked.some(({ method }) => method === 'POST'), 'a call was signed');
  for (const { received, expected } of checked)
    assert.equal(received, expected);
});

const engine = {
  reachable: true, endpoint: '/run/x.sock', version: '20', problem: '', cpus: 1, memoryMiB: 1,
  vcpusInUse: 0, memoryInUseMiB: 0,
};

// The Authorization that came, and the one of the SDK's signer for the same request.
async function signatures(request, body, credentials) {
  const received = request.headers.authorization;
  const [, service, names] = received.match(/\/(\w+)\/aws4_request, SignedHeaders=([^,]+),/);
  const url = new URL(request.url, `http://${request.headers.host}`);
  const headers = {};
  for (const name of names.split(';').filter(name => name !== 'x-amz-date'))
    headers[name] = request.headers[name];
  const [, year, month, day, hour, minute, second] = request.headers['x-amz-date']
    .match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
  const signer = new SignatureV4({
    service, region: 'us-east-1', credentials, sha256: Sha256, applyChecksum: false,
  });
  const query = {};
  for (const [key, value] of url.searchParams)
    query[key] = value;
  const signed = await signer.sign(
    { method: request.method, protocol: 'http:', hostname: url.hostname, port: Number(url.port),
      path: url.pathname, query, headers, body: body.length > 0 ? body : undefined },
    { signingDate: new Date(Date.UTC(year, month - 1, day, hour, minute, second)) });
  return { method: request.method, received, expected: signed.headers.authorization };
}
