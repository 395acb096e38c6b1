import pg from 'pg';
import type { Logger } from '../log.ts';
import { CONNECT_MS, KEEP_ALIVE } from './pool.ts';

const RETRY_MS = 500;
/** How often the connection is made to prove that it is still heard at the other end, and how long it may take over it. */
const HEARTBEAT_MS = 15_000;
const ANSWER_MS = 5_000;

type Hear = (payload: string) => void;
export type ListenerOptions = { config: pg.ClientConfig; log: Logger; heartbeatMs?: number };

export type Listener = {
  /** Hears `NOTIFY channel`, and an empty message whenever the connection was made (again): what was said before is lost. */
  listen(channel: string, hear: Hear): Promise<() => Promise<void>>;
  close(): Promise<void>;
};

/**
 * One connection for everything this process listens to. It comes back by itself. Keepalive notices a peer that is gone; a heartbeat notices one
 * that takes our bytes and answers nothing, as a proxy does whose other side is gone.
 */
export function createListener({ config, log, heartbeatMs = HEARTBEAT_MS }: ListenerOptions): Listener {
  const channels = new Map<string, Set<Hear>>();
  let client: pg.Client | undefined;
  let connecting: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let closed = false;

  const subscribeTo = (names: Iterable<string>): string => [...names].map((name) => `listen ${pg.escapeIdentifier(name)}`).join('; ');
  const tell = (channel: string, payload: string): void => {
    for (const hear of channels.get(channel) ?? []) {
      try {
        hear(payload);
      } catch (error) {
        log.error({ err: (error as Error).message, channel }, 'a listener of the database threw');
      }
    }
  };

  const drop = (one: pg.Client): void => {
    one.connection.stream.destroy();
    if (client !== one) return;
    client = undefined;
    clearTimeout(heartbeat);
    if (!closed && channels.size > 0) again();
  };
  const again = (): void => {
    clearTimeout(retry);
    retry = setTimeout(() => void connect(), RETRY_MS);
  };
  const beat = (one: pg.Client): void => {
    clearTimeout(heartbeat);
    heartbeat = setTimeout(() => {
      // Listening again to the same changes nothing.
      one.query(subscribeTo(channels.keys()) || 'select').then(
        () => client === one && beat(one),
        (error: Error) => {
          log.warn({ err: error.message }, 'the listening connection no longer answers');
          drop(one);
        },
      );
    }, heartbeatMs);
    heartbeat.unref();
  };

  const connectOnce = async (): Promise<void> => {
    const one = new pg.Client({ ...config, ...KEEP_ALIVE, connectionTimeoutMillis: CONNECT_MS, query_timeout: ANSWER_MS });
    one.on('notification', (message) => tell(message.channel, message.payload ?? ''));
    one.on('error', () => undefined);
    one.on('end', () => drop(one));
    try {
      await one.connect();
      const names = [...channels.keys()];
      if (names.length > 0) await one.query(subscribeTo(names));
      if (closed) return void one.connection.stream.destroy();
      client = one;
      beat(one);
      for (const name of names) tell(name, '');
      // Asked for meanwhile.
      const late = [...channels.keys()].filter((name) => !names.includes(name));
      if (late.length > 0) await begin(one, late);
    } catch (error) {
      one.connection.stream.destroy();
      if (client === one) client = undefined;
      if (closed) return;
      log.warn({ err: (error as Error).message, channels: [...channels.keys()] }, 'listening was interrupted, trying again');
      again();
    }
  };
  const begin = async (one: pg.Client, names: string[]): Promise<void> => {
    await one.query(subscribeTo(names));
    for (const name of names) tell(name, '');
  };
  const connect = (): Promise<void> => {
    connecting ??= connectOnce().finally(() => {
      connecting = undefined;
    });
    return connecting;
  };

  return {
    async listen(channel, hear) {
      const known = channels.get(channel);
      const hearers = known ?? new Set();
      channels.set(channel, hearers.add(hear));
      if (!client) await connect();
      else if (known) hear('');
      else await begin(client, [channel]).catch(() => client && drop(client));
      return async () => {
        hearers.delete(hear);
        if (hearers.size > 0) return;
        channels.delete(channel);
        await client?.query(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
      };
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      clearTimeout(heartbeat);
      await connecting;
      client?.connection.stream.end();
      client?.connection.stream.destroy();
      client = undefined;
    },
  };
}
