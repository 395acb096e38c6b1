/** Schemas are compiled when they are first needed: that each of them can be is asked here, and not on a day of its own in some process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { describeHouse } from '../../../scripts/lib/openapi.ts';
import { MODULES } from '../../src/module-list.ts';
import { checkOf } from '../../src/platform/check.ts';
import { Problem } from '../../src/platform/http/problem.ts';

test('what routes take can be checked, and what they answer written', async () => {
  const { schemas } = await describeHouse(MODULES);
  const compile = SerializerSelector()({ Problem }, {});
  let count = 0;
  for (const { route, requests, answers } of schemas) {
    for (const schema of requests) assert.doesNotThrow(() => checkOf(schema).Check(undefined), route);
    for (const schema of answers) assert.doesNotThrow(() => compile({ schema } as never), route);
    count += requests.length + answers.length;
  }
  assert.ok(count > 200, `${count} schemas`);
});

test('what faces take and answer can be checked', () => {
  let count = 0;
  for (const { name, contract } of MODULES)
    for (const [operation, { input, output }] of Object.entries(contract?.operations ?? {})) {
      for (const schema of [input, output]) assert.doesNotThrow(() => checkOf(schema).Check(undefined), `${name}.${operation}`);
      count += 2;
    }
  assert.ok(count > 100, `${count} schemas`);
});
