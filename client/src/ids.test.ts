import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOfReference } from './ids.ts';

/** Made by Python's `uuid.uuid5`; the server's tests hold the same. */
const VECTORS: [purpose: string, reference: string, id: string][] = [
  ['pix-in', 'E1234567820260310123456789012345', '36f28c5a-36a5-5ac2-b25f-5a0af49ee1af'],
  ['settle', 'E1234567820260310123456789012345', 'eff7c85a-c54d-56de-8da6-fe9b610ccccc'],
  ['fee', 'fatura nº 7/2026', 'e2fd0327-44b9-512b-9b6b-758553bf8160'],
];

test('ids of references are those of any other UUIDv5', () => {
  for (const [purpose, reference, id] of VECTORS) assert.equal(idOfReference(purpose, reference), id);
});
