import pg from 'pg';
import { KEEP_ALIVE } from './pool.ts';

/** Whoever asks whether a process is ready does not wait longer. */
export const HEALTH_MS = 1_000;

export type Health = { ping(): Promise<void>; close(): Promise<void> };

/**
 * Asks the database on a connection of its own, within a second: a pool whose connections are all in use says nothing about the database. A
 * server that has become read-only counts as away. Any number of callers share one question.
 */
export function createHealth(config: pg.ClientConfig): Health {
  let client: pg.Client | undefined;
  let asking: Promise<void> | undefined;

  const drop = (): void => {
    client?.connection.stream.destroy();
    client = undefined;
  };
  const ask = async (): Promise<void> => {
    if (!client) {
      client = new pg.Client({ ...config, ...KEEP_ALIVE, connectionTimeoutMillis: HEALTH_MS, query_timeout: HEALTH_MS });
      const own = client;
      own.on('error', () => undefined);
      own.on('end', () => client === own && drop());
      await own.connect();
    }
    const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    if (rows[0]?.standby) throw new Error('the database is read-only');
  };

  return {
    ping() {
      asking ??= ask()
        .catch((error: unknown) => {
          drop();
          throw error;
        })
        .finally(() => {
          asking = undefined;
        });
      return asking;
    },
    async close() {
      await asking?.catch(() => undefined);
      drop();
    },
  };
}
