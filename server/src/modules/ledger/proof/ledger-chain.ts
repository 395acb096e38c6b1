import type { ProvenChain } from '#platform/proof/leaves.ts';

const part = (table: string): string => `(select seq, recorded_at, hash from ledger.${table}
  where tenant_id = $1 and recorded_at >= $2 and (recorded_at, seq) > ($2, $3) order by recorded_at, seq limit $4)`;

/** The ledger's records, movements and directives in one sequence. */
export const ledgerChain: ProvenChain = {
  name: 'ledger',
  async leavesAfter(tx, tenantId, { at, seq }, limit) {
    const rows = await tx.query<{ seq: bigint; recorded_at: Date; hash: Buffer }>(
      `select * from (${part('transfers')} union all ${part('directives')}) leaf order by seq limit $4`,
      [tenantId, at, seq, limit],
    );
    return rows.map((row) => ({ seq: Number(row.seq), at: row.recorded_at, hash: row.hash }));
  },
};
