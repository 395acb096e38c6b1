import type { Tx } from '#platform/db/db.ts';
import { PART_PAGE } from '#platform/privacy/keeper.ts';
import { COUNTERPARTY, type CounterpartyRecord } from './counterparties.ts';

/** What stands where words were erased. */
const ERASED = '(apagado)';

export type OwnTitle = {
  id: string;
  accountId: string;
  kind: string;
  description: string;
  document: string | null;
  amountMinor: bigint;
  settledMinor: bigint;
  dueOn: string;
  competenceOn: string;
  cancelled: boolean;
};

/** Titles of these accounts behind an id, one more than a page. */
export function pageOwnTitles(tx: Tx, tenantId: string, accountIds: readonly string[], after: string | null): Promise<OwnTitle[]> {
  return tx.query<OwnTitle>(
    `select id, account_id as "accountId", kind, description, document, amount_minor as "amountMinor", settled_minor as "settledMinor",
       due_on::text as "dueOn", competence_on::text as "competenceOn", cancelled
     from titles.titles where tenant_id = $1 and account_id = any($2::uuid[]) and id > $3 order by id limit $4`,
    [tenantId, accountIds, after ?? '00000000-0000-0000-0000-000000000000', PART_PAGE + 1],
  );
}

export function listOwnCounterparties(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<CounterpartyRecord[]> {
  return tx.query<CounterpartyRecord>(
    `select ${COUNTERPARTY} from titles.counterparties c where c.tenant_id = $1 and c.account_id = any($2::uuid[]) order by c.id`,
    [tenantId, accountIds],
  );
}

/** Words about titles of these accounts are gone, and no rule makes further ones; figures stay. Repeating it changes nothing. */
export async function forgetWords(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<void> {
  const params = [tenantId, accountIds, ERASED];
  tx.send(
    `update titles.titles set description = $3, document = null
     where tenant_id = $1 and account_id = any($2::uuid[]) and (description <> $3 or document is not null)`,
    params,
  );
  tx.send(
    `update titles.rules set ended = true, make_from = null,
       segments = (select jsonb_agg(jsonb_set(s, '{template,description}', to_jsonb($3::text)) order by place)
         from jsonb_array_elements(segments) with ordinality one (s, place))
     where tenant_id = $1 and account_id = any($2::uuid[])`,
    params,
  );
  await tx.execute(
    `update titles.bookings set entry = jsonb_set(entry, '{text}', to_jsonb($3::text))
     where tenant_id = $1 and account_id = any($2::uuid[]) and entry is not null`,
    params,
  );
}
