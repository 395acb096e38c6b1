import type { Tx } from '#platform/db/db.ts';
import { type Rows, type RunRow, readRun } from '#platform/machine/rows.ts';
import type { Run } from '#platform/machine/run.ts';

/** Where money coming in stands; those from `returning` on are on their way back to the payer. See the migrations for each. */
export type ReceiptStatus =
  | 'announced'
  | 'matched'
  | 'credited'
  | 'unmatched'
  | 'mismatched'
  | 'returning'
  | 'set-aside'
  | 'return-unknown'
  | 'sent-back'
  | 'returned'
  | 'return-refused'
  | 'kept';

/** What a person decided about an arrival that stands still. */
export type ReceiptDecision = 'match' | 'give-back';

/** Money coming in, from its announcement to its credit, or to its return. */
export type ReceiptRecord = Run<ReceiptStatus> & {
  endToEndId: string;
  announcedMinor: bigint | null;
  amountMinor: bigint | null;
  subjectId: string | null;
  accountId: string | null;
  payerSealed: Buffer | null;
  txid: string | null;
  receivedAtMs: number | null;
  /** Why it was not credited: the ledger's code, or ours. */
  creditRefusal: string | null;
  /** Why the provider did not take the return: its code. */
  returnRefusal: string | null;
  /** The return's own id at the provider (`D…`); there from the moment the money is to go back. */
  returnId: string | null;
  returnedAtMs: number | null;
  /** The Pix of ours that came back, for a return. */
  returnOf: string | null;
  payeeKeyHash: Buffer | null;
  /** Waits to be carried out. With `match`, to whom, where the key does not tell. */
  decision: ReceiptDecision | null;
  decidedTenantId: string | null;
  decidedSubjectId: string | null;
  /** By which it came, and by which it would go back. */
  connection: string;
  createdAtMs: number;
};

export type ReceiptRow = RunRow & {
  id: string;
  end_to_end_id: string;
  announced_minor: bigint | null;
  amount_minor: bigint | null;
  subject_id: string | null;
  account_id: string | null;
  payer_sealed: Buffer | null;
  txid: string | null;
  received_at: Date | null;
  credit_refusal: string | null;
  return_refusal: string | null;
  return_id: string | null;
  returned_at: Date | null;
  return_of: string | null;
  payee_key_hash: Buffer | null;
  decision: ReceiptDecision | null;
  decided_tenant_id: string | null;
  decided_subject_id: string | null;
  connection: string;
  created_at: Date;
};

export const toReceipt = (row: ReceiptRow): ReceiptRecord => ({
  ...readRun<ReceiptStatus>(row, row.id),
  endToEndId: row.end_to_end_id,
  announcedMinor: row.announced_minor,
  amountMinor: row.amount_minor,
  subjectId: row.subject_id,
  accountId: row.account_id,
  payerSealed: row.payer_sealed,
  txid: row.txid,
  receivedAtMs: row.received_at?.getTime() ?? null,
  creditRefusal: row.credit_refusal,
  returnRefusal: row.return_refusal,
  returnId: row.return_id,
  returnedAtMs: row.returned_at?.getTime() ?? null,
  returnOf: row.return_of,
  payeeKeyHash: row.payee_key_hash,
  decision: row.decision,
  decidedTenantId: row.decided_tenant_id,
  decidedSubjectId: row.decided_subject_id,
  connection: row.connection,
  createdAtMs: row.created_at.getTime(),
});

/** An arrival to be noted, and how it became known. */
export type NewReceipt = {
  id: string;
  tenantId: string;
  endToEndId: string;
  announcedMinor: bigint | null;
  foundBy: 'announcement' | 'statement';
  connection: string;
};

/** Notes arrivals, due at once. One that is known already changes nothing. Answers the end-to-end ids of those that were new. */
export async function insertReceipts(tx: Tx, receipts: readonly NewReceipt[]): Promise<Set<string>> {
  if (receipts.length === 0) return new Set();
  const rows = await tx.query<{ end_to_end_id: string }>(
    `insert into payments.receipts (id, tenant_id, end_to_end_id, status, announced_minor, found_by, connection, created_at, updated_at, next_attempt_at)
     select t.id, t.tenant_id, t.end_to_end_id, 'announced', t.announced_minor, t.found_by, t.connection, now(), now(), now()
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::numeric[], $5::text[], $6::text[])
       as t (id, tenant_id, end_to_end_id, announced_minor, found_by, connection)
     on conflict do nothing returning end_to_end_id`,
    [
      receipts.map(({ id }) => id),
      receipts.map(({ tenantId }) => tenantId),
      receipts.map(({ endToEndId }) => endToEndId),
      receipts.map(({ announcedMinor }) => announcedMinor?.toString() ?? null),
      receipts.map(({ foundBy }) => foundBy),
      receipts.map(({ connection }) => connection),
    ],
  );
  return new Set(rows.map((row) => row.end_to_end_id));
}

/** Where arrivals are kept. Until it is known whose one is, its tenant is only where it is kept: matching takes it from there. */
export const receiptRows: Rows<ReceiptRecord> = {
  module: 'payments',
  table: 'payments.receipts',
  id: 'id',
  toRecord: toReceipt,
  columns: [
    { column: 'tenant_id', type: 'uuid', of: ({ after }) => after.tenantId },
    { column: 'amount_minor', type: 'numeric', of: ({ after }) => after.amountMinor },
    { column: 'subject_id', type: 'uuid', of: ({ after }) => after.subjectId },
    { column: 'account_id', type: 'uuid', of: ({ after }) => after.accountId },
    { column: 'payer_sealed', type: 'bytea', of: ({ after }) => after.payerSealed },
    { column: 'txid', type: 'text', of: ({ after }) => after.txid },
    { column: 'received_at', type: 'timestamptz', of: ({ after }) => iso(after.receivedAtMs) },
    { column: 'credit_refusal', type: 'text', of: ({ after }) => after.creditRefusal },
    { column: 'return_refusal', type: 'text', of: ({ after }) => after.returnRefusal },
    { column: 'return_id', type: 'text', of: ({ after }) => after.returnId },
    { column: 'returned_at', type: 'timestamptz', of: ({ after }) => iso(after.returnedAtMs) },
    { column: 'return_of', type: 'text', of: ({ after }) => after.returnOf },
    { column: 'payee_key_hash', type: 'bytea', of: ({ after }) => after.payeeKeyHash },
    { column: 'decision', type: 'text', of: ({ after }) => after.decision },
    { column: 'decided_tenant_id', type: 'uuid', of: ({ after }) => after.decidedTenantId },
    { column: 'decided_subject_id', type: 'uuid', of: ({ after }) => after.decidedSubjectId },
  ],
  steps: { table: 'payments.receipt_steps', run: 'receipt_id', isOfManyTenants: true },
  // What carries an event is the tenant's, whose outbox it is. The rest is the module's own work.
  rightsFor: ({ before, after }) => (after.status !== before.status && isTold(after.status) ? 'tenant' : 'module'),
};

/** Statuses of which others are told. */
export const isTold = (status: ReceiptStatus): boolean => status === 'credited' || status === 'returned';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export async function findReceipts(tx: Tx, ids: readonly string[]): Promise<ReceiptRecord[]> {
  const rows = await tx.query<ReceiptRow>('select * from payments.receipts where id = any($1::uuid[])', [ids]);
  return rows.map(toReceipt);
}

/** An arrival that somebody decides about, kept from changing until this transaction ends. */
export async function lockReceipt(tx: Tx, id: string): Promise<ReceiptRecord | undefined> {
  const [row] = await tx.query<ReceiptRow>('select * from payments.receipts where id = $1 for no key update', [id]);
  return row && toReceipt(row);
}

export async function findReceiptsByEndToEndIds(tx: Tx, endToEndIds: readonly string[]): Promise<ReceiptRecord[]> {
  const rows = await tx.query<ReceiptRow>('select * from payments.receipts where end_to_end_id = any($1::text[])', [endToEndIds]);
  return rows.map(toReceipt);
}
