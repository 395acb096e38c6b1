import type { Tx } from '#platform/db/db.ts';

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
  | 'return-refused';

/** What a person decided about an arrival that stands still. */
export type ReceiptDecision = 'match' | 'give-back';

/** Money coming in, from its announcement to its credit, or to its return. */
export type ReceiptRecord = {
  id: string;
  tenantId: string;
  endToEndId: string;
  version: number;
  status: ReceiptStatus;
  announcedMinor: bigint | null;
  amountMinor: bigint | null;
  subjectId: string | null;
  accountId: string | null;
  payerSealed: Buffer | null;
  txid: string | null;
  receivedAtMs: number | null;
  attempt: number;
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
  statusSinceMs: number;
  createdAtMs: number;
};

export type ReceiptRow = {
  id: string;
  tenant_id: string;
  end_to_end_id: string;
  version: number;
  status: ReceiptStatus;
  announced_minor: bigint | null;
  amount_minor: bigint | null;
  subject_id: string | null;
  account_id: string | null;
  payer_sealed: Buffer | null;
  txid: string | null;
  received_at: Date | null;
  attempt: number;
  credit_refusal: string | null;
  return_refusal: string | null;
  return_id: string | null;
  returned_at: Date | null;
  return_of: string | null;
  payee_key_hash: Buffer | null;
  decision: ReceiptDecision | null;
  decided_tenant_id: string | null;
  decided_subject_id: string | null;
  status_since: Date;
  created_at: Date;
};

export const toReceipt = (row: ReceiptRow): ReceiptRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  endToEndId: row.end_to_end_id,
  version: row.version,
  status: row.status,
  announcedMinor: row.announced_minor,
  amountMinor: row.amount_minor,
  subjectId: row.subject_id,
  accountId: row.account_id,
  payerSealed: row.payer_sealed,
  txid: row.txid,
  receivedAtMs: row.received_at?.getTime() ?? null,
  attempt: row.attempt,
  creditRefusal: row.credit_refusal,
  returnRefusal: row.return_refusal,
  returnId: row.return_id,
  returnedAtMs: row.returned_at?.getTime() ?? null,
  returnOf: row.return_of,
  payeeKeyHash: row.payee_key_hash,
  decision: row.decision,
  decidedTenantId: row.decided_tenant_id,
  decidedSubjectId: row.decided_subject_id,
  statusSinceMs: row.status_since.getTime(),
  createdAtMs: row.created_at.getTime(),
});

/** An arrival to be noted, and how it became known. */
export type NewReceipt = {
  id: string;
  tenantId: string;
  endToEndId: string;
  announcedMinor: bigint | null;
  foundBy: 'announcement' | 'statement';
};

/** Notes arrivals, due at once. One that is known already changes nothing. Answers the end-to-end ids of those that were new. */
export async function insertReceipts(tx: Tx, receipts: readonly NewReceipt[]): Promise<Set<string>> {
  if (receipts.length === 0) return new Set();
  const rows = await tx.query<{ end_to_end_id: string }>(
    `insert into payments.receipts (id, tenant_id, end_to_end_id, status, announced_minor, found_by, created_at, updated_at, next_attempt_at)
     select t.id, t.tenant_id, t.end_to_end_id, 'announced', t.announced_minor, t.found_by, now(), now(), now()
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::numeric[], $5::text[])
       as t (id, tenant_id, end_to_end_id, announced_minor, found_by)
     on conflict do nothing returning end_to_end_id`,
    [
      receipts.map(({ id }) => id),
      receipts.map(({ tenantId }) => tenantId),
      receipts.map(({ endToEndId }) => endToEndId),
      receipts.map(({ announcedMinor }) => announcedMinor?.toString() ?? null),
      receipts.map(({ foundBy }) => foundBy),
    ],
  );
  return new Set(rows.map((row) => row.end_to_end_id));
}

/** A receipt to be written on top of the version it was decided on; `pauseMs` until it is due again, null when it is over. */
export type ReceiptWrite = {
  after: ReceiptRecord;
  pauseMs: number | null /** Whoever writes goes on with it. */;
  keepLeaseMs: number | null;
};

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Writes receipts, each on top of its version. Answers the ids of those that were written: another was faster with the rest. */
export async function writeReceipts(tx: Tx, writes: readonly ReceiptWrite[]): Promise<Set<string>> {
  if (writes.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    `update payments.receipts r set version = r.version + 1, tenant_id = t.tenant_id, status = t.status, amount_minor = t.amount_minor,
       subject_id = t.subject_id, account_id = t.account_id, payer_sealed = decode(t.payer_sealed, 'base64'), txid = t.txid,
       received_at = t.received_at, attempt = t.attempt, credit_refusal = t.credit_refusal, return_refusal = t.return_refusal,
       return_id = t.return_id, returned_at = t.returned_at, return_of = t.return_of, payee_key_hash = decode(t.payee_key_hash, 'base64'),
       decision = t.decision, decided_tenant_id = t.decided_tenant_id, decided_subject_id = t.decided_subject_id, updated_at = now(),
       status_since = case when r.status = t.status then r.status_since else date_trunc('milliseconds', now()) end,
       next_attempt_at = now() + t.pause_ms * interval '1 millisecond',
       lease_owner = case when t.keep_lease_ms is null then null else r.lease_owner end,
       lease_until = now() + t.keep_lease_ms * interval '1 millisecond'
     from jsonb_to_recordset($1::jsonb) as t (id uuid, version integer, tenant_id uuid, status text, amount_minor numeric, subject_id uuid,
       account_id uuid, payer_sealed text, txid text, received_at timestamptz, attempt integer, credit_refusal text, return_refusal text,
       return_id text, returned_at timestamptz, return_of text, payee_key_hash text, decision text, decided_tenant_id uuid,
       decided_subject_id uuid, pause_ms float8, keep_lease_ms float8)
     where r.id = t.id and r.version = t.version returning r.id`,
    [JSON.stringify(writes.map(toJson))],
  );
  return new Set(rows.map((row) => row.id));
}

const toJson = ({ after, pauseMs, keepLeaseMs }: ReceiptWrite) => ({
  id: after.id,
  version: after.version,
  tenant_id: after.tenantId,
  status: after.status,
  amount_minor: after.amountMinor?.toString() ?? null,
  subject_id: after.subjectId,
  account_id: after.accountId,
  payer_sealed: after.payerSealed?.toString('base64') ?? null,
  txid: after.txid,
  received_at: iso(after.receivedAtMs),
  attempt: after.attempt,
  credit_refusal: after.creditRefusal,
  return_refusal: after.returnRefusal,
  return_id: after.returnId,
  returned_at: iso(after.returnedAtMs),
  return_of: after.returnOf,
  payee_key_hash: after.payeeKeyHash?.toString('base64') ?? null,
  decision: after.decision,
  decided_tenant_id: after.decidedTenantId,
  decided_subject_id: after.decidedSubjectId,
  pause_ms: pauseMs,
  keep_lease_ms: keepLeaseMs,
});

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
