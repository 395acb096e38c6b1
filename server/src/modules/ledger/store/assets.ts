import { plainArray, textArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { AssetLine } from '../contract.ts';
import { refuseLedger } from '../errors.ts';

export async function selectAssets(tx: Tx, tenantId: string): Promise<AssetLine[]> {
  const rows = await tx.query<{ asset: string; decimals: number; name: string | null }>(
    'select asset, decimals, name from ledger.assets where tenant_id = $1 order by asset',
    [tenantId],
  );
  return rows.map(({ asset, decimals, name }) => ({ asset, decimals, ...(name === null ? {} : { name }) }));
}

/** Of two lines with one asset the last counts. @throws LEDGER_ASSET_CONFLICT when an asset has other decimals already */
export async function upsertAssets(tx: Tx, tenantId: string, lines: readonly AssetLine[]): Promise<void> {
  const unique = [...new Map(lines.map((line) => [line.asset, line])).values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
  const kept = await tx.query<{ asset: string }>(
    `insert into ledger.assets as a (tenant_id, asset, decimals, name)
     select $1, l.asset, l.decimals, l.name from unnest($2::text[], $3::int[], $4::text[]) l (asset, decimals, name)
     on conflict (tenant_id, asset) do update set name = coalesce(excluded.name, a.name) where a.decimals = excluded.decimals
     returning asset`,
    [
      tenantId,
      textArray(unique.map((line) => line.asset)),
      plainArray(unique.map((line) => line.decimals)),
      textArray(unique.map((line) => line.name ?? null)),
    ],
  );
  const other = unique.find((line) => !kept.some(({ asset }) => asset === line.asset));
  if (!other) return;
  const detail = {
    pt: `${other.asset} já tem outro número de casas decimais.`,
    en: `${other.asset} has another number of decimals already.`,
  };
  throw refuseLedger('LEDGER_ASSET_CONFLICT', { detail });
}
