import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maySee } from './own-or-service.ts';

test('a person sees what is theirs, a service all, and nobody’s is no person’s', () => {
  const person = { actor: { kind: 'person', id: 's1' }, subjectId: 's1' } as const;
  assert.deepEqual(
    ['s1', 's2', null, undefined].map((owner) => maySee(person, owner)),
    [true, false, false, false],
  );
  const nameless = { actor: { kind: 'person', id: 's1' } } as const;
  assert.deepEqual(
    ['s1', null, undefined].map((owner) => maySee(nameless, owner)),
    [false, false, false],
  );
  const service = { actor: { kind: 'service', id: 'x' } } as const;
  assert.deepEqual(
    ['s1', null].map((owner) => maySee(service, owner)),
    [true, true],
  );
});
