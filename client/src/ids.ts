import { createHash } from 'node:crypto';

/** UUIDv5 of `lastro.dev` in the namespace of DNS names: the namespace of ids made from references. */
const NAMESPACE = '38c3507d-b9d8-5533-9bdf-6cae0e3e8f09';

/**
 * The id of a command, or of an account, for something that has a name already, such as an EndToEndId: UUIDv5 (RFC 9562) of
 * `purpose:reference`. The same words give the same id, in any language, so whoever repeats a command need not have kept its id. Each step
 * for one reference has a purpose of its own: `hold`, `settle`.
 */
export function idOfReference(purpose: string, reference: string): string {
  const space = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');
  const hash = createHash('sha1').update(space).update(`${purpose}:${reference}`, 'utf8').digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
