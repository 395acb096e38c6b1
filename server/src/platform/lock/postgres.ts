import type { Db } from '../db/db.ts';
import type { LockDriver } from './lock.ts';

const SCOPE = { module: 'lock', system: true } as const;
const UNTIL = "clock_timestamp() + $2::float8 * interval '1 millisecond'";

/** Locks as rows with a lease: no connection is kept for them, so they work through any pooler, and a holder that dies is followed by itself. */
export function postgresDriver(db: Db): LockDriver {
  return {
    take: (name, leaseMs) =>
      db.tx(SCOPE, async (tx) => {
        const [row] = await tx.query<{ token: bigint }>(
          // A second nextval, drawn under the row lock: the first may be older than the token of a holder that came and went meanwhile.
          `insert into lock.locks (name, token, expires_at) values ($1, nextval('lock.tokens'), ${UNTIL})
           on conflict (name) do update set token = nextval('lock.tokens'), expires_at = excluded.expires_at
             where lock.locks.expires_at <= clock_timestamp()
           returning token`,
          [name, leaseMs],
        );
        return row?.token;
      }),
    renew: (name, token, leaseMs) =>
      db.tx(SCOPE, async (tx) => {
        const count = await tx.execute(`update lock.locks set expires_at = ${UNTIL} where name = $1 and token = $3`, [
          name,
          leaseMs,
          token,
        ]);
        return count === 1;
      }),
    async release(name, token) {
      await db.tx(SCOPE, (tx) => tx.execute('delete from lock.locks where name = $1 and token = $2', [name, token]));
    },
  };
}
