import { createHash } from 'node:crypto';
import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { REVOKED_CHANNEL } from './events.ts';
import { payloadPurpose } from './issuer/adapter.ts';
import { REVOCATION_LIFE_MS } from './revocations.ts';
import { deleteLogInsUnderWay } from './store/log-ins.ts';
import { deleteLogInsOf, deletePayload, deletePayloadsOfGrant, findGrantsOf } from './store/payloads.ts';
import { saveRevocation } from './store/revocations.ts';

/** As the issuer's rows name a grant. */
const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The grants of a person: each log-in is one, and what was issued under it ends with it. */
export function createGrants({ bus, vault, clock, log }: Pick<PlatformDeps, 'bus' | 'vault' | 'clock' | 'log'>) {
  /** Those of a person's grants that `which` names, in the transaction of what makes it necessary. Those who keep tokens in memory are told afterwards. */
  async function end(tx: Tx, subjectId: string, which: (grantId: string) => boolean): Promise<number> {
    const at = new Date(clock.now());
    const until = new Date(clock.now() + REVOCATION_LIFE_MS);
    const ended: string[] = [];
    for (const row of await findGrantsOf(tx, subjectId)) {
      const { jti } = JSON.parse(vault.openOwn(payloadPurpose('Grant', row.idHash), row.sealed)) as { jti: string };
      if (!which(jti)) continue;
      await deletePayload(tx, 'Grant', row.idHash);
      await deletePayloadsOfGrant(tx, hashOf(jti));
      await saveRevocation(tx, 'grant', jti, at, until);
      ended.push(jti);
    }
    await deleteLogInsOf(tx, subjectId);
    await deleteLogInsUnderWay(tx, subjectId);
    const warn = (error: Error) => log.warn({ err: error.message }, 'the end of a grant could not be told');
    tx.afterCommit(() => {
      for (const grantId of ended) bus.broadcast(REVOKED_CHANNEL, { grantId }).catch(warn);
    });
    return ended.length;
  }
  return {
    /**
     * Ends all of a person's grants but one: from the commit on their tokens count no more.
     *
     * @param keep id of the grant that goes on; none does when absent
     */
    endAll: (tx: Tx, subjectId: string, keep?: string): Promise<number> => end(tx, subjectId, (grantId) => grantId !== keep),
    /** Ends those of these hashes, and no other. */
    endThese(tx: Tx, subjectId: string, hashes: readonly Buffer[]): Promise<number> {
      const names = new Set(hashes.map((hash) => hash.toString('hex')));
      return end(tx, subjectId, (grantId) => names.has(hashOf(grantId).toString('hex')));
    },
  };
}

export type Grants = ReturnType<typeof createGrants>;
