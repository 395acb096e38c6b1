import type { Account, Side, TransferKind } from '../domain/model.ts';
import { sideOf } from './statement.ts';

/** What is wanted of transfers. What goes by an index of its own is named first: metadata, what they take back, account. */
export type TransferFilter = {
  /** Metadata; found as soon as the tags have followed (see tag-follower.ts). */
  tags: readonly { key: string; value: string }[];
  reverses: string | undefined;
  /** Either side of it, or the one that `direction` means. */
  account: Account | undefined;
  direction: 'in' | 'out' | undefined;
  kind: TransferKind | undefined;
  asset: string | undefined;
  /** Of the code of either account. */
  codePrefix: string | undefined;
  by: 'recorded' | 'effective';
};

type Filter = {
  /** Whether places that the index gives may be left out. */
  isChoosy: boolean;
  /** Conditions on a transfer `t`, each beginning with `and`; adds what they need to the parameters. */
  sql: (params: unknown[]) => string;
};

export function filterOf(filter: TransferFilter): Filter {
  const { tags, reverses, account, direction, kind, asset, codePrefix, by } = filter;
  const side: Side | undefined = account && direction ? sideOf(account, direction) : undefined;
  const conditions: ((add: (value: unknown) => string) => string)[] = [];
  const want = (value: unknown, condition: (place: string) => string): void => {
    if (value !== undefined) conditions.push((add) => condition(add(value)));
  };
  const others = tags.slice(1);
  for (const { key, value } of others) conditions.push((add) => `t.metadata ->> ${add(key)}::text = ${add(value)}`);
  if (tags.length > 0 || by === 'effective') want(reverses, (place) => `t.reverses = ${place}`);
  if (account && side) want(account.id, (place) => `t.${side}_account_id = ${place}`);
  else if (account && (tags.length > 0 || reverses))
    want(account.id, (place) => `${place}::uuid in (t.debit_account_id, t.credit_account_id)`);
  want(kind, (place) => `t.kind = ${place}`);
  want(asset, (place) => `(select asset from ledger.accounts where tenant_id = $1 and id = t.debit_account_id) = ${place}`);
  want(
    codePrefix,
    (place) => `exists (
      select from ledger.accounts a where a.tenant_id = $1 and a.id in (t.debit_account_id, t.credit_account_id) and starts_with(a.code, ${place}))`,
  );
  return {
    isChoosy: conditions.length > 0,
    sql: (params) => conditions.map((condition) => ` and ${condition((value) => `$${params.push(value)}`)}`).join(''),
  };
}
