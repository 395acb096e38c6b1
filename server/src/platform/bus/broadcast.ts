import { createBatcher } from '../batcher.ts';
import type { Db } from '../db/db.ts';
import { isUnstorable } from '../db/unstorable.ts';
import { refusePlatform } from '../errors.ts';
import type { Logger } from '../log.ts';

const PG_CHANNEL = 'lastro_broadcast';
/** Postgres takes payloads under 8,000 bytes; the rest is for the envelope. */
const MAX_BYTES = 7_000;
const CHANNEL_NAME = /^[a-z][a-z0-9.-]{0,99}$/;

export type Broadcaster = {
  broadcast(channel: string, message: unknown): Promise<void>;
  onBroadcast(channel: string, hear: (message: unknown) => void, onGap?: () => void): () => void;
  close(): Promise<void>;
};

type Listener = { hear: (message: unknown) => void; onGap: (() => void) | undefined };

/** Ephemeral messages to every process, by NOTIFY: nothing is stored, and who is not listening misses them. */
export function createBroadcaster(db: Db, log: Logger): Broadcaster {
  const listeners = new Map<string, Set<Listener>>();
  let listening: Promise<() => Promise<void>> | undefined;
  /** What is said while something is being said goes out together: commits that notify wait for each other. */
  const said = createBatcher<string, void>(
    async (payloads) => {
      await db.tx({ module: 'bus', system: true, single: 'writes' }, (tx) =>
        tx.query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [PG_CHANNEL, payloads]),
      );
      return payloads.map(() => undefined);
    },
    {
      maxBatch: 500,
      maxBacklog: 20_000,
      isolate: isUnstorable,
      overloaded: () => refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1 }),
    },
  );

  const safely = (channel: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      log.error({ err: (error as Error).message, channel }, 'a listener of a broadcast threw');
    }
  };
  const receive = (payload: string): void => {
    // Empty: the connection was made (again), and nobody knows what was said before.
    if (payload === '') {
      for (const [channel, all] of listeners) for (const { onGap } of all) if (onGap) safely(channel, onGap);
      return;
    }
    const told = parseMessage(payload);
    // Any role that may connect can send this notification.
    if (!told) {
      log.warn({ bytes: payload.length }, 'a broadcast that is none of ours was left out');
      return;
    }
    for (const { hear } of listeners.get(told.channel) ?? []) safely(told.channel, () => hear(told.message));
  };

  return {
    async broadcast(channel, message) {
      if (!CHANNEL_NAME.test(channel)) throw new Error(`not a broadcast channel: ${channel}`);
      const json = JSON.stringify(message) ?? 'null';
      const bytes = Buffer.byteLength(json);
      if (bytes > MAX_BYTES)
        throw new RangeError(`a broadcast takes at most ${MAX_BYTES} bytes of JSON, this one on ${channel} has ${bytes}`);
      await said.submit(`{"channel":${JSON.stringify(channel)},"message":${json}}`);
    },
    onBroadcast(channel, hear, onGap) {
      const own: Listener = { hear, onGap };
      const hearers = listeners.get(channel) ?? new Set();
      listeners.set(channel, hearers.add(own));
      listening ??= db.listen(PG_CHANNEL, receive);
      return () => {
        hearers.delete(own);
        if (hearers.size === 0) listeners.delete(channel);
      };
    },
    async close() {
      listeners.clear();
      await (await listening)?.();
    },
  };
}

function parseMessage(payload: string): { channel: string; message: unknown } | undefined {
  try {
    const said = JSON.parse(payload) as { channel?: unknown; message?: unknown } | null;
    return typeof said?.channel === 'string' ? { channel: said.channel, message: said.message } : undefined;
  } catch {
    return undefined;
  }
}
