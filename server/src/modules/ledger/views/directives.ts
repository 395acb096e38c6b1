import { instant, plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { DirectiveView } from '../contract.ts';
import { DIRECTIVE_COLUMNS, type DirectiveRow, toDirective } from '../store/directives.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { commandOf } from './seek.ts';

type Search = { accountId: string | undefined; kind: DirectiveView['kind'] | undefined; limit: number; cursor: string | null };
type Page = { directives: DirectiveView[]; next: string | null; closedUntil: string | null };

/** Commands on accounts and periods, newest first. */
export async function searchDirectives(tx: Tx, tenantId: string, { accountId, kind, limit, cursor }: Search): Promise<Page> {
  const [before = Number.MAX_SAFE_INTEGER] = cursor === null ? [] : readCursor(cursor, 1);
  const chosen: unknown[] = [];
  const filters = Object.entries({ account_id: accountId, kind }).flatMap(([column, value]) =>
    value === undefined ? [] : [` and d.${column} = $${chosen.push(value) + 3}`],
  );
  // Each of the two kinds by its own index: a list of both is merged from them.
  const kinds = kind === undefined && accountId === undefined ? ['account', 'close-period'] : [undefined];
  const parts = kinds.map(
    (one) => `(select ${DIRECTIVE_COLUMNS} from ledger.directives d
     where d.tenant_id = $1 and d.seq < $2${one ? ` and d.kind = '${one}'` : ''}${filters.join('')} order by d.seq desc limit $3)`,
  );
  const rows = await tx.query<DirectiveRow>(`select * from (${parts.join(' union all ')}) d order by d.seq desc limit $3`, [
    tenantId,
    before,
    limit + 1,
    ...chosen,
  ]);
  const [head] = await tx.query<{ closed_until: string | null }>('select closed_until::text from ledger.heads where tenant_id = $1', [
    tenantId,
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    directives: page.map(toView),
    next: rows.length > limit && last ? writeCursor(last.seq) : null,
    closedUntil: head?.closed_until ?? null,
  };
}

/** Those of the ids that are such commands, in the order asked for. */
export async function readDirectives(tx: Tx, tenantId: string, ids: readonly string[]): Promise<DirectiveView[]> {
  const rows = await tx.query<DirectiveRow>(
    `select ${DIRECTIVE_COLUMNS} from unnest($2::uuid[]) with ordinality wanted (id, place)
     ${commandOf('wanted')}
     cross join lateral (
       select * from ledger.directives where tenant_id = $1 and recorded_at = c.recorded_at and seq = c.seq limit 1) d
     order by wanted.place`,
    [tenantId, plainArray(ids)],
  );
  return rows.map(toView);
}

function toView(row: DirectiveRow): DirectiveView {
  const { overdraftLimit, recordedAt, onlyIf: _conditions, ...directive } = toDirective(row);
  return {
    ...directive,
    overdraftLimitMinor: overdraftLimit === null ? null : overdraftLimit.toString(),
    recordedAt: instant(recordedAt),
  };
}
