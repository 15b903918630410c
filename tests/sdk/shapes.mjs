// Checks replies against the SDK's own model: types, required members, enumerations, and members
// that the model does not know. The SDK itself drops what it does not know and checks nothing.
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

import * as batchModule from '@aws-sdk/client-batch';
import * as logsModule from '@aws-sdk/client-cloudwatch-logs';

// How the SDK writes its schemas: numbers for simple types, with these added for lists and maps;
// arrays that begin with a kind for the others; functions for what is declared further down.
const STRING = 0, NUMERIC = 1, BOOLEAN = 2, LIST = 64, MAP = 128;
const KIND_LIST = 1, KIND_MAP = 2, KIND_STRUCTURE = 3;

// Which members have which enumeration stands in the type declarations alone:
// { JobDetail: { status: ['SUBMITTED', …] } }.
function enumerationsOf(module, packageName) {
  const entry = fileURLToPath(import.meta.resolve(packageName));
  const root = entry.slice(0, entry.indexOf(packageName) + packageName.length);
  const text = readFileSync(path.join(root, 'dist-types/models/models_0.d.ts'), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '');
  const result = {};
  for (const [, name, body] of text.matchAll(/export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g)) {
    for (const [, member, type] of body.matchAll(/^\s*(\w+)\??: (\w+)(?:\[\])? \| undefined;/gm)) {
      const values = module[type];
      if (values && typeof values === 'object' && !Array.isArray(values))
        (result[name] ??= {})[member] = Object.values(values);
    }
  }
  return result;
}

const models = [
  { module: batchModule, enumerations: enumerationsOf(batchModule, '@aws-sdk/client-batch') },
  { module: logsModule, enumerations: enumerationsOf(logsModule, '@aws-sdk/client-cloudwatch-logs') },
];

function checkSimple(schema, value, where, faults) {
  const expected = { [STRING]: 'string', [NUMERIC]: 'number', [BOOLEAN]: 'boolean' }[schema];
  if (expected === undefined)
    faults.push(`${where}: a type (${schema}) that this check does not know`);
  else if (typeof value !== expected)
    faults.push(`${where}: ${JSON.stringify(value)} is no ${expected}`);
}

function checkList(item, value, where, model, faults) {
  if (!Array.isArray(value))
    faults.push(`${where}: no list`);
  else
    value.forEach((each, i) => check(item, each, `${where}[${i}]`, model, faults));
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkMap(item, value, where, model, faults) {
  if (!isObject(value))
    faults.push(`${where}: no map`);
  else
    for (const [key, each] of Object.entries(value))
      check(item, each, `${where}.${key}`, model, faults);
}

// What the executor tells besides; a client that does not know it skips it.
const extensions = { OutputLogEvent: ['stream'], FilteredLogEvent: ['stream'] };

function checkStructure(schema, value, where, model, faults) {
  const [, , name, , members, types, required = 0] = schema;
  if (!isObject(value)) {
    faults.push(`${where}: no ${name}`);
    return;
  }
  for (const member of members.slice(0, required))
    if (value[member] === undefined)
      faults.push(`${where}.${member}: required in ${name}, and missing`);
  for (const [member, each] of Object.entries(value)) {
    const index = members.indexOf(member);
    if (index < 0 && extensions[name]?.includes(member))
      continue;
    if (index < 0) {
      faults.push(`${where}.${member}: ${name} has no such member`);
      continue;
    }
    check(types[index], each, `${where}.${member}`, model, faults);
    const allowed = model.enumerations[name]?.[member];
    // AWS keeps an exit rule's action in lower case, whatever its model says.
    const spelled = one => (name === 'EvaluateOnExit' ? one.toUpperCase() : one);
    for (const one of allowed ? [each].flat() : [])
      if (!allowed.includes(spelled(one)))
        faults.push(`${where}.${member}: ${JSON.stringify(one)} is none of ${allowed.join(', ')}`);
  }
}

function check(reference, value, where, model, faults) {
  let schema = typeof reference === 'function' ? reference() : reference;
  // A list or map with traits of its own comes as [schema, traits].
  if (Array.isArray(schema) && schema.length === 2)
    schema = typeof schema[0] === 'function' ? schema[0]() : schema[0];
  if (typeof schema === 'number') {
    if (schema & MAP)
      checkMap(schema & ~MAP, value, where, model, faults);
    else if (schema & LIST)
      checkList(schema & ~LIST, value, where, model, faults);
    else
      checkSimple(schema, value, where, faults);
    return;
  }
  if (schema[0] === KIND_LIST)
    checkList(schema[4], value, where, model, faults);
  else if (schema[0] === KIND_MAP)
    checkMap(schema[5], value, where, model, faults);
  else if (schema[0] === KIND_STRUCTURE)
    checkStructure(schema, value, where, model, faults);
  else
    faults.push(`${where}: a schema (${schema[0]}) that this check does not know`);
}

// What is wrong with the JSON that an operation ("SubmitJob") was answered with.
export function faultsOf(operation, reply) {
  const model = models.find(({ module }) => module[`${operation}$`]);
  if (!model)
    return [`${operation}: no such operation in the SDK`];
  const faults = [];
  check(model.module[`${operation}$`][5], reply, operation, model, faults);
  return faults;
}

// Lets a client fail on every reply that the model does not have.
export function checkReplies(client) {
  client.middlewareStack.add((next, context) => async args => {
    const result = await next(args);
    const { response } = result;
    const chunks = [];
    for await (const chunk of response.body)
      chunks.push(chunk);
    const body = Buffer.concat(chunks);
    response.body = Readable.from([body]);
    if (response.statusCode < 300) {
      const operation = context.commandName.replace(/Command$/, '');
      const faults = faultsOf(operation, JSON.parse(body.toString()));
      if (faults.length > 0)
        throw new Error(`The reply is not what the SDK's model says: ${faults.join('; ')}`);
    }
    return result;
  }, { step: 'deserialize', priority: 'low', name: 'checkReplies' });
  return client;
}
