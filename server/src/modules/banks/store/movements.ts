import type { Tx } from '#platform/db/db.ts';
import type { StoredBoleto } from './rows.ts';

export type MovementState = 'waiting' | 'open' | 'recorded' | 'matched' | 'refused' | 'passed' | 'undone';
export type Movement = {
  id: string;
  accountId: string;
  placeId: string;
  fileId: string;
  date: string;
  amountMinor: bigint;
  text: string;
  boleto: StoredBoleto | null;
  state: MovementState;
  refusal: string | null;
  matchId: string | null;
};

const COLUMNS = `m.id, m.account_id as "accountId", m.place_id as "placeId", m.file_id as "fileId", m.date::text, m.amount_minor as "amountMinor", m.text,
  m.boleto, m.state, m.refusal, m.match_id as "matchId"`;

/** Of a file, the next movements in one of these states, oldest first. */
export function nextMovements(
  tx: Tx,
  tenantId: string,
  fileId: string,
  states: readonly MovementState[],
  limit: number,
): Promise<Movement[]> {
  return tx.query<Movement>(
    `select ${COLUMNS} from banks.movements m where m.tenant_id = $1 and m.file_id = $2 and m.state = any($3::text[]) order by m.date, m.id limit $4`,
    [tenantId, fileId, states, limit],
  );
}

export function findMovements(tx: Tx, tenantId: string, accountId: string, ids: readonly string[]): Promise<Movement[]> {
  return tx.query<Movement>(
    `select ${COLUMNS} from banks.movements m where m.tenant_id = $1 and m.account_id = $2 and m.id = any($3::uuid[])`,
    [tenantId, accountId, ids],
  );
}

export function listMovements(tx: Tx, tenantId: string, placeId: string, from: string, to: string, limit: number): Promise<Movement[]> {
  return tx.query<Movement>(
    `select ${COLUMNS} from banks.movements m where m.tenant_id = $1 and m.place_id = $2 and m.date between $3 and $4 and m.state <> 'undone'
     order by m.date, m.id limit $5`,
    [tenantId, placeId, from, to, limit],
  );
}

export type Settled = { id: string; state: MovementState; refusal?: string | null; matchId?: string | null };

/** Moves movements on that are still in one of these states; answers the ids of those that were. */
export async function settleMovements(
  tx: Tx,
  tenantId: string,
  from: readonly MovementState[],
  settled: readonly Settled[],
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `update banks.movements m set state = s.state, refusal = s.refusal, match_id = s.match_id
     from json_to_recordset($3::json) as s (id uuid, state text, refusal text, match_id uuid)
     where m.tenant_id = $1 and m.id = s.id and m.state = any($2::text[]) returning m.id`,
    [
      tenantId,
      from,
      JSON.stringify(settled.map(({ id, state, refusal = null, matchId = null }) => ({ id, state, refusal, match_id: matchId }))),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** How many movements of a file are agreed already: matched, or in what is locked. */
export async function countAgreed(tx: Tx, tenantId: string, fileId: string, lockedUntil: string | null): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::integer as n from banks.movements where tenant_id = $1 and file_id = $2 and state <> 'undone'
       and (match_id is not null or date <= $3::date)`,
    [tenantId, fileId, lockedUntil],
  );
  return row!.n;
}

/** Which boletos were paid before this movement, by the bank's number and the shop's. */
export async function paidBefore(tx: Tx, tenantId: string, placeId: string, one: { id: string; boleto: StoredBoleto }): Promise<boolean> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::integer as n from banks.movements m join banks.movements o on o.tenant_id = m.tenant_id and o.id = $3
     where m.tenant_id = $1 and m.place_id = $2 and m.id <> $3 and m.state <> 'undone' and m.boleto ->> 'part' = 'payment'
       and m.boleto ->> 'ourNumber' = $4 and m.boleto ->> 'documentNumber' = $5 and (m.date, m.line, m.id) < (o.date, o.line, o.id)`,
    [tenantId, placeId, one.id, one.boleto.ourNumber, one.boleto.documentNumber],
  );
  return row!.n > 0;
}

export type Totals = { inMinor: bigint; outMinor: bigint };
export async function totalsOf(tx: Tx, tenantId: string, placeId: string, day: string): Promise<Totals> {
  const [row] = await tx.query<Totals>(
    `select coalesce(sum(amount_minor) filter (where amount_minor > 0), 0)::numeric(38,0) as "inMinor",
       coalesce(-sum(amount_minor) filter (where amount_minor < 0), 0)::numeric(38,0) as "outMinor"
     from banks.movements where tenant_id = $1 and place_id = $2 and date = $3 and state not in ('undone', 'passed')`,
    [tenantId, placeId, day],
  );
  return row!;
}

export async function countOpen(tx: Tx, tenantId: string, placeId: string, until: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::integer as n from banks.movements where tenant_id = $1 and place_id = $2 and date <= $3 and state in ('waiting', 'open', 'refused')`,
    [tenantId, placeId, until],
  );
  return row!.n;
}

export async function lockPlace(tx: Tx, tenantId: string, placeId: string, until: string | null): Promise<void> {
  await tx.execute(`update banks.places set locked_until = $3 where tenant_id = $1 and place_id = $2`, [tenantId, placeId, until]);
}
