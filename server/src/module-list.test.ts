import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Type } from 'typebox';
import { type Config, readConfig } from '#platform/config.ts';
import { defineContract } from '#platform/face/contract.ts';
import { createLogger } from '#platform/log.ts';
import { defineModule, type Module, mayUse, need } from '#platform/manifest.ts';
import { compose } from './compose.ts';
import { MODULES, missingNeeds, orderModules, scopesOf } from './module-list.ts';

const contract = (name: string) => defineContract(name, { ask: { input: Type.Object({}), output: Type.Object({}) } });
const room = (name: string, floor: number, more: Partial<Module> = {}): Module =>
  defineModule({ name, floor, about: name, folder: `/rooms/${name}`, contract: contract(name), create: async () => ({ name }), ...more });

test('every folder of modules/ has its line in the list, under its own name', () => {
  const folders = readdirSync(path.join(import.meta.dirname, 'modules'), { withFileTypes: true }).filter((one) => one.isDirectory());
  assert.deepEqual(MODULES.map(({ name }) => name).toSorted(), folders.map(({ name }) => name).toSorted());
  for (const { folder } of MODULES) assert.ok(existsSync(path.join(folder, 'module.ts')), folder);
});

test('every module has its page, and a line for the map', () => {
  for (const { name, folder, about } of MODULES) {
    assert.ok(existsSync(path.join(folder, 'README.md')), `${name} has no README.md`);
    assert.ok(about.length > 10, name);
  }
});

test('modules start from the ground floor up, whatever the order of the list', () => {
  const [cellar, hall, attic] = [
    room('cellar', 1),
    room('hall', 2, { needs: { cellar: need() } }),
    room('attic', 3, { needs: { hall: need() } }),
  ];
  assert.deepEqual(
    orderModules([attic, hall, cellar]).map(({ name }) => name),
    ['cellar', 'hall', 'attic'],
  );
});

test('what a module stands on exists, has a contract, and is below it', () => {
  const cellar = room('cellar', 1);
  assert.throws(() => orderModules([cellar, cellar]), /same name/);
  assert.throws(() => orderModules([room('hall', 2, { needs: { well: need() } })]), /hall needs "well", and there is no such module/);
  assert.throws(
    () => orderModules([room('well', 1, { contract: undefined }), room('hall', 2, { needs: { well: need() } })]),
    /no contract/,
  );
  assert.throws(
    () => orderModules([room('roof', 2), room('hall', 2, { needs: { roof: need() } })]),
    /hall \(floor 2\) needs roof \(floor 2\)/,
  );
  assert.throws(() => orderModules([room('hall', 2, { folder: '/rooms/lobby' })]), /folder of another name/);
});

test('a need that is neither here nor behind MODULE_URLS is a sentence; one that may be absent is none', () => {
  const hall = room('hall', 2, { needs: { cellar: need(), garden: mayUse() } });
  const all = [room('cellar', 1), room('garden', 1), hall];
  assert.deepEqual(missingNeeds(all, new Set(['hall']), {}), [
    'hall needs cellar: add it to MODULES, or say where it is with MODULE_URLS=cellar=http://…',
  ]);
  assert.deepEqual(missingNeeds(all, new Set(['hall', 'cellar']), {}), []);
  assert.deepEqual(missingNeeds(all, new Set(['hall']), { cellar: 'http://10.0.0.5:4001' }), []);
  assert.deepEqual(missingNeeds(all, new Set(['garden']), {}), []);
});

test('such a need stops the start of a process, before it reaches for the database', async () => {
  const config = readConfig(
    { LASTRO_MODE: 'development', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', MODULES: 'payments' },
    MODULES,
  );
  await assert.rejects(
    compose({ config: config as Config, log: createLogger({ level: 'fatal' }) }),
    /payments needs ledger: add it to MODULES.*\npayments needs risk/,
  );
});

test('scopes: all of them for services, and those of people', () => {
  const { all, people } = scopesOf([room('hall', 1, { scopes: { 'hall:read': 'person', 'hall:clean': 'service' } }), room('roof', 2)]);
  assert.deepEqual([all, people], [['hall:read', 'hall:clean'], ['hall:read']]);
});
