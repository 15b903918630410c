// The fields of the requests whose documents people write, as the AWS SDK's model has them. The
// list is kept in tests/unit/batch/data/sdk-fields.txt, where a unit test checks that the table of
// fidelity has a verdict for each. A field that a newer SDK brings fails here first: write the list
// anew with `node fields.test.mjs --write` and give the field its verdict.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as batch from '@aws-sdk/client-batch';

const file = fileURLToPath(new URL('../unit/batch/data/sdk-fields.txt', import.meta.url));

const requests = ['RegisterJobDefinition', 'SubmitJob', 'CreateComputeEnvironment',
                  'UpdateComputeEnvironment', 'CreateJobQueue', 'UpdateJobQueue',
                  'CreateSchedulingPolicy', 'UpdateSchedulingPolicy', 'CreateConsumableResource',
                  'UpdateConsumableResource'];

// Kinds of the SDK's schemas: [kind, namespace, name, traits, ...].
const LIST = 1;
const STRUCTURE = 3;

const schemaOf = (reference) => {
    const schema = typeof reference === 'function' ? reference() : reference;
    // A member with traits of its own is [schema, traits].
    return Array.isArray(schema) && (Array.isArray(schema[0]) || typeof schema[0] === 'function')
        ? schemaOf(schema[0]) : schema;
};

function fields(reference, path) {
    const schema = schemaOf(reference);
    if (!Array.isArray(schema))
        return [path];
    if (schema[0] === LIST) {
        const element = schemaOf(schema[4]);
        return Array.isArray(element) && element[0] === STRUCTURE ? fields(element, `${path}[]`)
                                                                  : [path];
    }
    if (schema[0] !== STRUCTURE)
        return [path];
    const names = schema[4];
    return names.flatMap((name, i) => fields(schema[5][i], path ? `${path}.${name}` : name));
}

const lines = requests.flatMap((request) => {
    const schema = batch[`${request}Request$`];
    return fields(schema, '').map((path) => `${request} ${path}`);
});
const text = `${lines.join('\n')}\n`;

if (process.argv.includes('--write')) {
    writeFileSync(file, text);
} else {
    test('the list of fields is that of the SDK', () => {
        assert.deepEqual(readFileSync(file, 'utf8').trimEnd().split('\n'), lines);
    });
}
