import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, refusePlatform } from '../errors.ts';
import { maySee } from './own-or-service.ts';

const person = { actor: { kind: 'person', id: 's1' }, subjectId: 's1' } as const;
const service = { actor: { kind: 'service', id: 'x' } } as const;
const all = <T>(of: readonly T[], see: (one: T) => Promise<boolean>) => Promise.all(of.map(see));

test('where nobody keeps memberships a person sees what is theirs, a service all, and nobody’s is no person’s', async () => {
  assert.deepEqual(await all(['s1', 's2', null, undefined], (owner) => maySee(person, owner)), [true, false, false, false]);
  const nameless = { actor: { kind: 'person', id: 's1' } } as const;
  assert.deepEqual(await all(['s1', null, undefined], (owner) => maySee(nameless, owner)), [false, false, false]);
  assert.deepEqual(await all(['s1', null], (owner) => maySee(service, owner)), [true, true]);
});

test('whoever keeps memberships is asked: a refusal is a thing unknown, and no answer is no refusal', async () => {
  const ask = async (accountId: string): Promise<void> => {
    if (accountId === 'down') throw refusePlatform('PLATFORM_UNAVAILABLE');
    if (accountId !== 'shop') throw refusePlatform('PLATFORM_NOT_FOUND');
  };
  assert.deepEqual(await all(['shop', 's1', null], (account) => maySee(person, account, ask)), [true, false, false]);
  await assert.rejects(maySee(person, 'down', ask), (error: unknown) => error instanceof AppError && error.status === 503);
});
