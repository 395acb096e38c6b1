import { Type } from 'typebox';
import { answer } from './answer.ts';
import { KNOWN_EVP, keyTypeOf, publicEntry } from './directory.ts';
import { SandboxError } from './errors.ts';
import { ownWords } from './oddities.ts';
import { bytesOf } from './people.ts';
import { applyFaults, notFound, type SandboxApp, type Services } from './sandbox-app.ts';
import { Key, RegisterKey, strict } from './schemas.ts';

const KeyParam = strict({ key: Key });
/** Location of a dynamic BR Code, field 26-25: no scheme. */
const Location = strict({ url: Type.String({ minLength: 3, maxLength: 77, pattern: '^[^\\s:/@]+/[^\\s]+$' }) });
const KNOWN_LOCATION = 'pix.example.com/8b3da2f39a4140d1a91abd93113bd441';
const DAY_MS = 86_400_000;

/** The directory of keys, and the charges behind dynamic codes. */
export function dictRoutes(app: SandboxApp, services: Services): void {
  const { institution, directory, faults } = services;
  app.post('/dict/resolve', { schema: { body: strict({ key: Key }) } }, async ({ body }, reply) => {
    await applyFaults(services, faults, 'dict', reply);
    const entry = directory.resolve(body.key);
    if (!entry) throw notFound('key');
    return answer(reply, { faults, group: 'dict', words: ownWords('key') }, 200, publicEntry(entry));
  });

  app.put('/dict/keys/:key', { schema: { params: KeyParam, body: RegisterKey } }, async ({ params, body }) => {
    keyTypeOf(params.key);
    await institution.registerKey(params.key, body);
    return publicEntry(directory.resolve(params.key)!);
  });

  app.delete('/dict/keys/:key', { schema: { params: KeyParam } }, async ({ params }, reply) => {
    if (!directory.resolve(params.key)?.isRegistered) throw notFound('registered key');
    await institution.removeKey(params.key);
    return reply.code(204).send();
  });

  app.post('/pix/dynamic', { schema: { body: Location } }, async ({ body }, reply) => {
    await applyFaults(services, faults, 'dict', reply);
    return answer(reply, { faults, group: 'dict', words: ownWords('txid') }, 200, chargeAt(body.url));
  });

  /** The charge a location leads to: made up from its text, with three words in the path that ask for a special one. */
  function chargeAt(url: string) {
    if (url.includes('/nao-existe')) throw new SandboxError(404, 'NOT_FOUND', 'no such charge');
    const isExpired = url.includes('/expirada');
    const bytes = bytesOf(`charge/${url}`);
    const hex = bytes.toString('hex');
    const isKnown = url === KNOWN_LOCATION;
    const key = isKnown ? KNOWN_EVP : hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const centavos = isKnown ? '3750' : String(500 + (bytes.readUInt16BE(16) % 24_500));
    const { owner, ispb, bankName } = publicEntry(directory.resolve(key)!);
    return {
      txid: hex.slice(32, 64),
      amount: `${centavos.slice(0, -2)}.${centavos.slice(-2)}`,
      key,
      payee: { ...owner, ispb, bankName },
      status: url.includes('/paga') ? 'CONCLUIDA' : 'ATIVA',
      expiresAt: new Date(Date.now() + (isExpired ? -DAY_MS : DAY_MS)).toISOString(),
    };
  }
}
