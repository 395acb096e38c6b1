import type { Job } from '#platform/jobs/job.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { dueOf, type KeyAge, PUBLISHED_MS } from './domain/key-rotation.ts';
import { makeKey } from './signing-keys.ts';
import { deleteKeys, insertKey, letSign, listKeyAges, lockKeys } from './store/keys.ts';

const SCOPE = { module: 'identity', tenants: [] } as const;
const EVERY_MS = 30_000;

/**
 * One key takes the place of another without a restart and without a refused token: it is published first, signs when everybody can know it, and the one
 * before stays until the last token under it is dead. Each step is one commit.
 */
export function createKeyRotation({ db, vault, clock }: Pick<PlatformDeps, 'db' | 'vault' | 'clock'>) {
  const now = () => new Date(clock.now());

  return {
    list: (): Promise<KeyAge[]> => db.tx({ ...SCOPE, single: true }, listKeyAges),
    /** Publishes a new key, which signs a quarter of an hour later. @throws when one is on its way already */
    async rotate(): Promise<{ kid: string; signsAt: Date }> {
      const key = await makeKey({ vault }, 'next');
      const at = now();
      await db.tx(SCOPE, async (tx) => {
        await lockKeys(tx);
        const next = (await listKeyAges(tx)).find(({ state }) => state === 'next');
        if (next)
          throw new Error(`${next.kid} is published already, and signs from ${new Date(next.sinceMs + PUBLISHED_MS).toISOString()} on`);
        await insertKey(tx, key, at);
      });
      return { kid: key.kid, signsAt: new Date(at.getTime() + PUBLISHED_MS) };
    },
    /** Takes a key away at once, because somebody else has it: tokens under it are dead. Where it signed, another one does from this commit on. */
    async retire(kid: string): Promise<{ signs: string }> {
      const spare = await makeKey({ vault }, 'next');
      return db.tx(SCOPE, async (tx) => {
        await lockKeys(tx);
        const keys = await listKeyAges(tx);
        const gone = keys.find((one) => one.kid === kid);
        if (!gone) throw new Error(`there is no signing key "${kid}"; "signing-keys list" shows them`);
        await deleteKeys(tx, [kid]);
        if (gone.state !== 'current') return { signs: keys.find(({ state }) => state === 'current')!.kid };
        const next = keys.find(({ state }) => state === 'next')?.kid ?? spare.kid;
        if (next === spare.kid) await insertKey(tx, spare, now());
        await letSign(tx, next, now());
        return { signs: next };
      });
    },
    job: {
      name: 'identity.signing-keys',
      everyMs: EVERY_MS,
      run: ({ log }) =>
        db.tx(SCOPE, async (tx) => {
          await lockKeys(tx);
          const { signs, gone } = dueOf(await listKeyAges(tx), clock.now());
          if (signs !== null) await letSign(tx, signs, now());
          if (gone.length > 0) await deleteKeys(tx, gone);
          if (signs !== null || gone.length > 0) log.info({ signs, gone }, 'signing keys changed');
        }),
    } satisfies Job,
  };
}
