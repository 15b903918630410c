// An image of nothing but busybox, put into the engine as it is: no registry is needed, and a job
// can be a shell script.
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { requirements } from './executor.mjs';

const repository = 'batchyard-sdk/busybox';
export const image = `${repository}:1`;

async function makeRoot() {
  const root = await mkdtemp(path.join(tmpdir(), 'by-sdk-'));
  await mkdir(path.join(root, 'bin'));
  await mkdir(path.join(root, 'tmp'));
  await copyFile('/bin/busybox', path.join(root, 'bin/busybox')); // of Debian's busybox-static
  for (const name of ['sh', 'sleep', 'cat', 'ls', 'id', 'env', 'true', 'false'])
    await symlink('busybox', path.join(root, 'bin', name));
  return root;
}

export async function importBusybox() {
  const socketPath = process.env.DOCKER_HOST.replace(/^unix:\/\//, '');
  const root = await makeRoot();
  try {
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
      const call = request({
        socketPath, method: 'POST',
        path: `/images/create?fromSrc=-&repo=${repository}&tag=1`,
        headers: { 'Content-Type': 'application/x-tar' },
      }, reply => {
        reply.resume();
        reply.on('end', () => (reply.statusCode === 200
          ? resolve() : reject(new Error(`The engine answered ${reply.statusCode}.`))));
      });
      call.on('error', reject);
      tar.stdout.pipe(call);
    });
  } finally {
    await rm(root, { recursive: true });
  }
}

// A container that runs a shell script.
export function scriptContainer(name, script, more = {}) {
  return {
    name, image, command: ['/bin/sh', '-c', script], resourceRequirements: requirements, ...more,
  };
}

// A job definition of one such container, in the legacy form.
export function scriptDefinition(jobDefinitionName, script, more = {}) {
  const { name, ...containerProperties } = scriptContainer('', script);
  return { jobDefinitionName, type: 'container', containerProperties, ...more };
}
