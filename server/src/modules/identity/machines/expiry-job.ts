import { newId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { MACHINE_KEY_EXPIRING } from '../events.ts';
import type { Post } from '../mailed/post.ts';
import { countExpiring, lockExpiring, markNoticed } from '../store/machine-keys.ts';
import { listOperatorRows } from '../store/operators.ts';

/** Long enough to make another key and bring it to where it is used. */
export const NOTICE_MS = 14 * 86_400_000;
const AT_ONCE = 50;

type Deps = Pick<PlatformDeps, 'bus' | 'clock'> & { post: Pick<Post, 'tellOfKey'> };

/** Tells of keys that end soon, each once: an event, and a letter to the tenant's admins. */
export function keyExpiryJob({ bus, clock, post }: Deps): Job {
  return {
    name: 'identity.expiring-keys',
    everyMs: 3_600_000,
    run: ({ db }) =>
      db.tx({ module: 'identity', system: true }, async (tx) => {
        const now = new Date(clock.now());
        const expiring = await lockExpiring(tx, now, new Date(clock.now() + NOTICE_MS), AT_ONCE);
        for (const row of expiring) {
          const { tenantId, keyId, clientId } = row;
          const expiresAt = row.expiresAt!.toISOString();
          await markNoticed(tx, row, now);
          const told = { id: newId(), type: MACHINE_KEY_EXPIRING, tenantId, key: clientId, time: now.toISOString() };
          await bus.publish(tx, [{ ...told, actor: { kind: 'system', id: 'identity' }, data: { keyId, clientId, expiresAt } }]);
          const admins = (await listOperatorRows(tx, tenantId)).filter(({ roles, disabledAt }) => !disabledAt && roles.includes('admin'));
          for (const { subjectId } of admins) await post.tellOfKey(tx, tenantId, subjectId, { keyId, clientId, expiresAt });
        }
        return { goOn: expiring.length === AT_ONCE };
      }),
  };
}

/** Keys that end within the notice with nothing in their place, by tenant; read when it is asked for. */
export function measureExpiringKeys({ db, clock, metrics }: Pick<PlatformDeps, 'db' | 'clock' | 'metrics'>): void {
  metrics.gauges(
    'lastro_api_keys_expiring',
    'Keys of machines that end within a fortnight, with nothing in their place',
    'tenant',
    async () => {
      const [now, until] = [new Date(clock.now()), new Date(clock.now() + NOTICE_MS)];
      const found = await db.tx({ module: 'identity', system: true, single: true }, (tx) => countExpiring(tx, now, until));
      return found.map(({ slug, count }) => [slug, count] as const);
    },
  );
}
