import { plainArray, textArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { ChartLine } from '../contract.ts';

export function selectChart(tx: Tx, tenantId: string): Promise<ChartLine[]> {
  return tx.query<ChartLine>('select code, cosif, name from ledger.chart where tenant_id = $1 order by cosif, code', [tenantId]);
}

/** Of two lines with one code the last counts. */
export async function upsertChart(tx: Tx, tenantId: string, lines: readonly ChartLine[]): Promise<void> {
  const unique = [...new Map(lines.map((line) => [line.code, line])).values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  await tx.execute(
    `insert into ledger.chart (tenant_id, code, cosif, name)
     select $1, l.code, l.cosif, l.name from unnest($2::text[], $3::text[], $4::text[]) l (code, cosif, name)
     on conflict (tenant_id, code) do update set cosif = excluded.cosif, name = excluded.name`,
    [
      tenantId,
      textArray(unique.map((line) => line.code)),
      plainArray(unique.map((line) => line.cosif)),
      textArray(unique.map((line) => line.name)),
    ],
  );
}
