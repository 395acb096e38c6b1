/** What the books and the provider say at the end, read past all walls: nobody's word but what is written. */
import type { TestDatabase } from '../../support/test-database.ts';

export type Line = {
  endToEndId: string;
  returnId?: string;
  direction: 'in' | 'out';
  amount: string;
  status: 'settled' | 'reversed' | 'received' | 'returned' | 'accepted' | 'rejected';
  at: string;
};
export type PaymentRow = {
  id: string;
  end_to_end_id: string;
  status: string;
  route: 'pix' | 'on-us';
  amount: string;
  account_id: string;
  payee_account_id: string | null;
  reasons: { code: string }[];
  /** Why people have to look; and where the payer's money is meanwhile. */
  trouble?: string | null;
  money?: 'none' | 'held' | 'posted' | 'released';
};
export type ReceiptRow = {
  id: string;
  end_to_end_id: string;
  status: string;
  amount: string | null;
  /** As it was announced, or as the statement first told; null where no amount was named. */
  announced_minor: string | null;
  account_id: string | null;
  /** How often it was tried in this status. */
  attempt: number;
};
/** An arrival that was asked about so often and is still only announced is found in the list of what stands still, with its tries. */
export const ANNOUNCED_TRIES = 6;
/** What moved for good on one account on one business date, by the payment or arrival it was for. */
export type Movement = { subject: string; account_id: string; code: string; day: string; change: string };
/** What reconciliation lists. `amount_minor`: of the provider's line, where there is one. */
export type Difference = { kind: string; end_to_end_id: string; amount_minor: string };

export type Books = {
  payments: PaymentRow[];
  receipts: ReceiptRow[];
  movements: Movement[];
  /** Payments (`pay_…`) whose hold is open. */
  holds: string[];
  /** What reconciliation lists as different and nobody has closed. */
  differences: Difference[];
  lines: Line[];
};

type Admin = Pick<TestDatabase, 'admin'>;
type Provider = { call<T>(method: 'GET', path: string): Promise<T> };

/** Reads again what moved while it was read, so that all of it is of one moment. */
export async function readBooks(database: Admin, provider: Provider): Promise<Books> {
  for (;;) {
    const before = await readMark(database);
    const books = await readOnce(database, provider);
    if ((await readMark(database)) === before) return books;
  }
}

/** Changes with each move of a payment or an arrival; a question in vain is none. */
export async function readMark(database: Admin): Promise<string> {
  const [row] = await database.admin<{ mark: string }>(
    `select (select md5(string_agg(id || status || coalesce(money, ''), ',' order by id)) from payments.payments)
       || (select md5(coalesce(string_agg(id || status, ',' order by id), '')) from payments.receipts) as mark`,
  );
  return row!.mark;
}

async function readOnce(database: Admin, provider: Provider): Promise<Books> {
  const payments = await database.admin<PaymentRow>('select *, amount_minor::text as amount from payments.payments');
  const receipts = await database.admin<ReceiptRow>('select *, amount_minor::text as amount from payments.receipts');
  // Debits take from a customer and add to clearing: the change is told in the account's own direction.
  const movements = await database.admin<Movement>(
    `select coalesce(t.metadata->>'paymentId', t.metadata->>'receiptId', t.id::text) as subject, e.account_id, a.code,
       to_char(t.effective_at at time zone 'America/Sao_Paulo', 'YYYY-MM-DD') as day,
       (case when e.side = a.normal_side then e.posted_change else -e.posted_change end)::text as change
     from ledger.entries e
       join ledger.transfers t on t.tenant_id = e.tenant_id and t.recorded_at = e.recorded_at and t.seq = e.seq
       join ledger.accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
     where e.posted_change <> 0`,
  );
  const holds = await database.admin<{ subject: string }>(
    `select t.metadata->>'paymentId' as subject from ledger.open_holds h
       join ledger.transfers t on t.tenant_id = h.tenant_id and t.recorded_at = h.recorded_at and t.seq = h.seq`,
  );
  const { lines } = await provider.call<{ lines: Line[] }>('GET', '/admin/statement');
  const differences = await database.admin<Difference>(
    `select kind, end_to_end_id, amount_minor::text from payments.differences where status in ('found', 'explained')`,
  );
  return { payments, receipts, movements, holds: holds.map((hold) => hold.subject), differences, lines };
}

/** Centavos of a decimal text of reais. */
export const minorOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** Business date of an instant: São Paulo has had no summer time since 2019. */
export const dayOf = (instant: string): string => new Date(Date.parse(instant) - 3 * 3_600_000).toISOString().slice(0, 10);
