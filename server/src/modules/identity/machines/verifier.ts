import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type AppError, refusePlatform } from '#platform/errors.ts';
import type { Caller } from '#platform/http/app.ts';
import { networkOf } from '#platform/http/limits.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import { refuse } from '../errors.ts';
import type { Revoked } from '../events.ts';
import { readMachineKey } from './machine-key.ts';
import { insideOf } from './networks.ts';

/** What identity says of a key, or of a text that is none. Written with its last use, when it is a good one. */
export type KeyAnswer =
  | { state: 'unknown' | 'expired' | 'revoked' | 'waiting' | 'client-disabled' | 'elsewhere' }
  | { state: 'active'; tenantId: string; clientId: string; keyId: string; scopes: string[]; networks: string[]; expiresAt: string };

const REFUSALS = {
  unknown: 'IDENTITY_KEY_INVALID',
  expired: 'IDENTITY_KEY_EXPIRED',
  revoked: 'IDENTITY_KEY_REVOKED',
  waiting: 'IDENTITY_KEY_WAITING',
  'client-disabled': 'IDENTITY_CLIENT_DISABLED',
  elsewhere: 'IDENTITY_KEY_ELSEWHERE',
} as const;
type Why = keyof typeof REFUSALS | 'mistyped';

/** How long an answer is believed without asking again; what ends a key is heard at once, this is for when it was not. */
const BELIEVED_MS = 10_000;
const MOST_REMEMBERED = 20_000;
/** Answers "no" that identity gives one network a minute; more are refused without asking it. Keys that have been good are asked about all the same. */
const WRONG_A_MINUTE = 30;
const MINUTE_MS = 60_000;
const MOST_NETWORKS = 20_000;

const WHY = Object.fromEntries(Object.entries(REFUSALS).map(([why, code]) => [code, why])) as Record<string, Why>;

type Good = { caller: Caller; isInside(address: string | undefined): boolean; expiresMs: number };
type Known = Good | AppError;
type Options = {
  /** Asks identity, which may be far. */
  ask(input: { digest: string; address: string | undefined }): Promise<KeyAnswer>;
  now: () => number;
  metrics: Pick<Metrics, 'counter'>;
};

/**
 * Proves keys of machines: by their checksum without asking anybody, then by asking identity, whose answers, good and bad, are remembered by the hash of
 * the key for some seconds. The same in the process of identity and in any other.
 */
export function createKeyVerifier({ ask, now, metrics }: Options) {
  const known = new LRUCache<string, Known>({ max: MOST_REMEMBERED, ttl: BELIEVED_MS, ttlResolution: 0, perf: { now } });
  /** Digests of keys that were good when they were asked about last: nobody guessed them, so that others' wrong keys do not hold them up. */
  const wasGood = new LRUCache<string, true>({ max: MOST_REMEMBERED });
  const wrong = new LRUCache<string, { count: number }>({ max: MOST_NETWORKS, ttl: MINUTE_MS, ttlResolution: 0, perf: { now } });
  const refused = metrics.counter('lastro_api_keys_refused_total', 'Keys of machines that were refused, by why', ['why']);
  /** Counts what was revoked: an answer that was under way when it was must not be remembered. */
  let revocations = 0;
  const count = (why: Why): void => refused.inc({ why });
  const counted = (refusal: AppError): AppError => {
    count(WHY[refusal.code] ?? 'unknown');
    return refusal;
  };

  function admit(address: string): void {
    const heard = wrong.get(address);
    if (!heard || heard.count < WRONG_A_MINUTE) return;
    count('unknown');
    const leftMs = wrong.getRemainingTTL(address);
    throw refuse('IDENTITY_TOO_MANY_WRONG_KEYS', { retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) });
  }
  function blame(address: string): void {
    const heard = wrong.get(address);
    if (heard) heard.count += 1;
    else wrong.set(address, { count: 1 });
  }

  function read(answer: KeyAnswer): Known {
    if (answer.state !== 'active') return refuse(REFUSALS[answer.state]);
    const { tenantId, clientId, keyId, scopes, networks, expiresAt } = answer;
    const caller: Caller = { tenantId, actor: { kind: 'service', id: clientId }, clientId, keyId, scopes: new Set(scopes) };
    return { caller, isInside: insideOf(networks), expiresMs: new Date(expiresAt).getTime() };
  }

  async function verify(key: string, address: string | undefined): Promise<Caller> {
    const kind = readMachineKey(key);
    if (kind !== 'key') {
      count('mistyped');
      const isSecret = kind === 'secret';
      throw refuse('IDENTITY_KEY_INVALID', {
        detail: isSecret
          ? {
              pt: 'Isto é o segredo de um sistema: peça com ele um token em /oidc/token.',
              en: "This is a client's secret: ask for a token with it at /oidc/token.",
            }
          : {
              pt: 'A soma de verificação não confere: a chave está incompleta ou com erro.',
              en: 'The checksum does not fit: the key is incomplete or mistyped.',
            },
      });
    }
    const digest = hash('sha256', key, 'hex');
    const network = networkOf(address ?? '');
    let found = known.get(digest);
    if (!found) {
      if (!wasGood.has(digest)) admit(network);
      const before = revocations;
      const answer = await ask({ digest, address });
      if (answer.state === 'active') wasGood.set(digest, true);
      else {
        wasGood.delete(digest);
        blame(network);
      }
      found = read(answer);
      // Where a key may come from is asked of each address: "not from here" is nothing to remember of the key.
      if (before === revocations && answer.state !== 'elsewhere') known.set(digest, found);
    }
    if ('code' in found) throw counted(found);
    if (found.expiresMs <= now()) throw counted(refuse('IDENTITY_KEY_EXPIRED'));
    if (!found.isInside(address)) throw counted(refuse('IDENTITY_KEY_ELSEWHERE'));
    return found.caller;
  }

  return {
    verify,
    /** Forgets keys: one, those of a client, or all. */
    forget(match?: Revoked): void {
      if (match && match.keyId === undefined && match.clientId === undefined) return;
      revocations++;
      for (const [digest, one] of known.entries()) {
        const caller = 'code' in one ? undefined : one.caller;
        // A refusal is remembered without whose it was; asking again costs little.
        if (!match || !caller || caller.keyId === match.keyId || caller.clientId === match.clientId) known.delete(digest);
      }
    },
  };
}

export type KeyVerifier = ReturnType<typeof createKeyVerifier>;

/** In a process that was not told where identity is. */
export const nobodyToAsk = (): never => {
  throw refusePlatform('PLATFORM_UNAVAILABLE', {
    detail: { pt: 'Este processo não sabe onde está a identidade.', en: 'This process was not told where identity is.' },
  });
};
