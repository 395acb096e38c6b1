import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import type { Logger } from '#platform/log.ts';
import type { Addition, Visit } from '#platform/screens.ts';
import { createCompose } from './compose.ts';

const warned: unknown[] = [];
const log = { warn: (what: unknown) => warned.push(what) } as unknown as Logger;
const visit = { tenantId: 't', subjectId: 's' } as Visit;
const part = (over: Partial<Addition>): Addition => ({ screen: 'home', properties: {}, read: async () => ({}), ...over });
const of = (module: string, ...adds: Addition[]) => ({ module, adds });

test('a screen is what its own module answers and what others add to it, with the scopes of all', async () => {
  const compose = createCompose(
    [
      of('one', part({ properties: { a: Type.String() }, scopes: ['x', 'y'], read: async () => ({ a: '1' }) })),
      of(
        'two',
        part({ properties: { b: Type.Integer() }, scopes: ['y'], read: async (_, base) => ({ b: (base as { own: number }).own + 1 }) }),
      ),
      of('three', part({ screen: 'another', properties: { c: Type.String() } })),
    ],
    log,
  );
  const home = compose('home', Type.Object({ own: Type.Integer() }));
  assert.deepEqual(Object.keys(home.schema.properties), ['own', 'a', 'b']);
  assert.deepEqual(home.scopes, ['x', 'y']);
  assert.deepEqual(await home.fill(visit, { own: 1 }), { own: 1, a: '1', b: 2 });
});

test('a part that is away leaves its place to what stands for it, and one that nothing stands for takes the screen with it', async () => {
  const away = () => Promise.reject(new Error('away'));
  const soft = part({ properties: { a: Type.String() }, read: away, whenAway: () => ({ a: '—' }) });
  const home = createCompose([of('one', soft)], log)('home', Type.Object({}));
  assert.deepEqual(await home.fill(visit, {}), { a: '—' });
  assert.deepEqual(warned, [{ err: 'away', module: 'one' }]);
  const vital = createCompose([of('one', soft), of('two', part({ read: away }))], log)('home', Type.Object({}));
  await assert.rejects(vital.fill(visit, {}), /away/);
});

test('two modules do not write the same part of a screen', () => {
  const same = part({ properties: { a: Type.String() } });
  assert.throws(() => createCompose([of('one', same), of('two', same)], log)('home', Type.Object({})), /two adds "a"/);
});
