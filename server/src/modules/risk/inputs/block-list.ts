import { BrokenCircuitError } from 'cockatiel';
import { Type } from 'typebox';
import type { Cache } from '#platform/cache/cache.ts';
import { checkOf } from '#platform/check.ts';
import { createHttpClient } from '#platform/http-client.ts';

export type BlockListOptions = {
  url: string;
  apiKey: string;
  timeoutMs: number;
  /** How long what the list said of somebody is believed without asking again; a fault is never kept. */
  keepMs: number;
  cache: Cache;
};
/** What the list said, or null when it did not say anything that can be used in time; `why` is a code for the decision's record. */
export type BlockListAnswer = { listed: boolean; reason: string | null } | { listed: null; why: string };

/** The reason is the list's own word and only evidence: whatever it is, it must not make "listed" unread. */
const ANSWER = checkOf(Type.Object({ listed: Type.Boolean(), reason: Type.Optional(Type.Unknown()) }));
/** What is kept of others' words: a code. Free text could hold people's data, or bytes that no database takes. */
const CODE = /^[A-Za-z0-9_.-]{1,60}$/;
const codeOf = (text: unknown): string => (typeof text === 'string' && CODE.test(text) ? text : 'UNNAMED');

const MOST_WAITING = 1_000;

class Fault extends Error {}

/** A code for the decision's record; never the other side's own words. */
function whyOf(error: unknown): string {
  if (error instanceof BrokenCircuitError) return 'BREAKER_OPEN';
  if (error instanceof Fault) return error.message;
  const { code, name } = error as { code?: unknown; name?: string };
  return codeOf(typeof code === 'string' ? code : name);
}

/** A third party's list of fraud, asked by SHA-256 of key and tax id. It may be slow, absent or talk nonsense: then nobody waits for it. */
export function createBlockList(options: BlockListOptions) {
  const { cache, keepMs } = options;
  const url = new URL(options.url);
  const client = createHttpClient({
    url: url.origin,
    connections: 32,
    queue: MOST_WAITING,
    mostBytes: 65_536,
    breaker: { threshold: 0.5, duration: 5_000, minimumRps: 2, halfOpenAfter: 2_000 },
    isIll: (status) => status !== 200,
    // A payment waits for it.
    retry: false,
  });

  async function ask(body: Record<string, string>): Promise<BlockListAnswer> {
    const sent = await client.send(
      {
        method: 'POST',
        path: url.pathname + url.search,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${options.apiKey}` },
        body: JSON.stringify(body),
      },
      options.timeoutMs,
    );
    if (sent.kind !== 'answered') throw sent.cause;
    if (sent.status !== 200) throw new Fault(`HTTP_${sent.status}`);
    const json: unknown = JSON.parse(sent.body.toString());
    if (!ANSWER.Check(json)) throw new Fault('UNREADABLE_ANSWER');
    return { listed: json.listed, reason: json.reason === undefined || json.reason === null ? null : codeOf(json.reason) };
  }

  return {
    /** Never rejects. Nothing to ask about is "not listed": there is no key and no document that could be. */
    async check(keyHash: string | null, taxIdHash: string | null): Promise<BlockListAnswer> {
      const body = { ...(keyHash ? { keyHash } : {}), ...(taxIdHash ? { taxIdHash } : {}) };
      if (Object.keys(body).length === 0) return { listed: false, reason: null };
      try {
        const answer = await cache.remember(`risk:block-list:${keyHash}:${taxIdHash}`, { ttlMs: keepMs }, () => ask(body));
        return answer!;
      } catch (error) {
        return { listed: null, why: whyOf(error) };
      }
    },
    close: () => client.destroy(),
  };
}

export type BlockList = ReturnType<typeof createBlockList>;
