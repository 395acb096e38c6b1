import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';

const PG_CHANNEL = 'lastro_broadcast';
/** Postgres takes payloads under 8,000 bytes; the rest is for the envelope. */
const MAX_BYTES = 7_000;
const CHANNEL_NAME = /^[a-z][a-z0-9.-]{0,99}$/;

export type Broadcaster = {
  broadcast(channel: string, message: unknown): Promise<void>;
  onBroadcast(channel: string, hear: (message: unknown) => void): () => void;
  close(): Promise<void>;
};

/** Ephemeral messages to every process, by NOTIFY: nothing is stored, and who is not listening misses them. */
export function createBroadcaster(db: Db, log: Logger): Broadcaster {
  const listeners = new Map<string, Set<(message: unknown) => void>>();
  let listening: Promise<() => Promise<void>> | undefined;

  const receive = (payload: string): void => {
    // Empty: the connection was (re)made; what was said meanwhile is lost by contract.
    if (payload === '') return;
    const { channel, message } = JSON.parse(payload) as { channel: string; message: unknown };
    for (const hear of listeners.get(channel) ?? []) {
      try {
        hear(message);
      } catch (error) {
        log.error({ err: (error as Error).message, channel }, 'a listener of a broadcast threw');
      }
    }
  };

  return {
    async broadcast(channel, message) {
      if (!CHANNEL_NAME.test(channel)) throw new Error(`not a broadcast channel: ${channel}`);
      const json = JSON.stringify(message) ?? 'null';
      const bytes = Buffer.byteLength(json);
      if (bytes > MAX_BYTES)
        throw new RangeError(`a broadcast takes at most ${MAX_BYTES} bytes of JSON, this one on ${channel} has ${bytes}`);
      await db.tx({ module: 'bus', system: true }, (tx) =>
        tx.execute('select pg_notify($1, $2)', [PG_CHANNEL, `{"channel":${JSON.stringify(channel)},"message":${json}}`]),
      );
    },
    onBroadcast(channel, hear) {
      const hearers = listeners.get(channel) ?? new Set();
      listeners.set(channel, hearers.add(hear));
      listening ??= db.listen(PG_CHANNEL, receive);
      return () => {
        hearers.delete(hear);
        if (hearers.size === 0) listeners.delete(channel);
      };
    },
    async close() {
      listeners.clear();
      await (await listening)?.();
    },
  };
}
