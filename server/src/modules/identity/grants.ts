import { createHash } from 'node:crypto';
import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { REVOKED_CHANNEL } from './events.ts';
import { payloadPurpose } from './issuer/adapter.ts';
import { REVOCATION_LIFE_MS } from './revocations.ts';
import { deleteLogInsUnderWay } from './store/log-ins.ts';
import { deleteLogInsOf, deletePayload, deletePayloadsOfGrant, findGrantsOf } from './store/payloads.ts';
import { saveRevocation } from './store/revocations.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** The grants of a person: each log-in is one, and what was issued under it ends with it. */
export function createGrants({ bus, vault, clock, log }: Pick<PlatformDeps, 'bus' | 'vault' | 'clock' | 'log'>) {
  return {
    /**
     * Ends all of a person's grants but one, in the transaction of what makes it necessary: from its commit on their tokens count no more.
     * Those who keep tokens in memory are told afterwards.
     *
     * @param keep id of the grant that goes on; none does when absent
     */
    async endAll(tx: Tx, subjectId: string, keep?: string): Promise<number> {
      const at = new Date(clock.now());
      const until = new Date(clock.now() + REVOCATION_LIFE_MS);
      const ended: string[] = [];
      for (const row of await findGrantsOf(tx, subjectId)) {
        const { jti } = JSON.parse(vault.openOwn(payloadPurpose('Grant', row.idHash), row.sealed)) as { jti: string };
        if (jti === keep) continue;
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
    },
  };
}

export type Grants = ReturnType<typeof createGrants>;
