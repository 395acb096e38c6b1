import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Obstacle, Stay } from '#platform/privacy/keeper.ts';
import type { ErasureState } from '../domain/erasure.ts';

export type ErasureRow = {
  tenantId: string;
  id: string;
  subjectId: string;
  state: ErasureState;
  askedBy: Actor;
  askedAt: Date;
  dueAt: Date | null;
  accountIds: string[];
  obstacles: Obstacle[];
  stays: Stay[];
  cpfHash: Buffer | null;
  endedAt: Date | null;
  /** A business date. */
  retainedUntil: string | null;
  retentionEndedAt: Date | null;
};

type Row = Omit<ErasureRow, 'askedBy'> & { kind: Actor['kind']; by: string };
const COLUMNS = `tenant_id as "tenantId", id, subject_id as "subjectId", state, asked_by_kind as kind, asked_by as by, asked_at as "askedAt",
  due_at as "dueAt", account_ids as "accountIds", obstacles, stays, cpf_hash as "cpfHash", ended_at as "endedAt",
  retained_until::text as "retainedUntil", retention_ended_at as "retentionEndedAt"`;
const toErasure = ({ kind, by, ...row }: Row): ErasureRow => ({ ...row, askedBy: { kind, id: by } });

/** False when one is under way, or the person has been erased. */
export async function insertErasure(
  tx: Tx,
  row: Pick<ErasureRow, 'tenantId' | 'id' | 'subjectId' | 'askedBy' | 'askedAt'>,
): Promise<boolean> {
  const count = await tx.execute(
    `insert into privacy.erasures (tenant_id, id, subject_id, state, asked_by_kind, asked_by, asked_at, due_at)
     values ($1, $2, $3, 'asked', $4, $5, $6, $6) on conflict do nothing`,
    [row.tenantId, row.id, row.subjectId, row.askedBy.kind, row.askedBy.id, row.askedAt],
  );
  return count === 1;
}

/** The last one that was asked for. */
export async function findLastErasure(tx: Tx, tenantId: string, subjectId: string): Promise<ErasureRow | undefined> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from privacy.erasures where tenant_id = $1 and subject_id = $2 order by asked_at desc, id desc limit 1`,
    [tenantId, subjectId],
  );
  return rows[0] && toErasure(rows[0]);
}

export async function findErasure(tx: Tx, tenantId: string, id: string): Promise<ErasureRow | undefined> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from privacy.erasures where tenant_id = $1 and id = $2`, [tenantId, id]);
  return rows[0] && toErasure(rows[0]);
}

export async function findErasures(
  tx: Tx,
  tenantId: string,
  by: { subjectId: string | null; cpfHash: Buffer | null },
): Promise<ErasureRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from privacy.erasures where tenant_id = $1 and ($2::uuid is null or subject_id = $2) and ($3::bytea is null or cpf_hash = $3)
     order by asked_at desc, id desc limit 100`,
    [tenantId, by.subjectId, by.cpfHash],
  );
  return rows.map(toErasure);
}

export type Due = { tenantId: string; id: string };

/** Whose next step is due, of whatever tenant (system scope). */
export function findDue(tx: Tx, now: Date, limit: number): Promise<Due[]> {
  return tx.query<Due>('select tenant_id as "tenantId", id from privacy.erasures where due_at <= $1 order by due_at limit $2', [
    now,
    limit,
  ]);
}

/** Whose term is over, and what stayed is still there (system scope). */
export function findTermsOver(tx: Tx, today: string, limit: number): Promise<Due[]> {
  return tx.query<Due>(
    `select tenant_id as "tenantId", id from privacy.erasures where retained_until <= $1::date and retention_ended_at is null
     order by retained_until, id limit $2`,
    [today, limit],
  );
}

export type Step = { state: ErasureState } & Partial<
  Pick<ErasureRow, 'dueAt' | 'accountIds' | 'obstacles' | 'stays' | 'cpfHash' | 'endedAt' | 'retainedUntil'>
>;

/** The next state, with what belongs to it; what is not named stays. False when somebody else took a step meanwhile. */
export async function takeStep(tx: Tx, row: ErasureRow, step: Step): Promise<boolean> {
  const next = { ...row, ...step };
  const count = await tx.execute(
    `update privacy.erasures set state = $4, due_at = $5, account_ids = $6, obstacles = $7, stays = $8, cpf_hash = $9, ended_at = $10, retained_until = $11
     where tenant_id = $1 and id = $2 and state = $3`,
    [
      row.tenantId,
      row.id,
      row.state,
      next.state,
      next.dueAt,
      next.accountIds,
      JSON.stringify(next.obstacles),
      JSON.stringify(next.stays),
      next.cpfHash,
      next.endedAt,
      next.retainedUntil,
    ],
  );
  return count === 1;
}

/** False when it was over before. */
export async function endRetention(tx: Tx, { tenantId, id }: Due, at: Date): Promise<boolean> {
  const count = await tx.execute(
    'update privacy.erasures set retention_ended_at = $3, cpf_hash = null where tenant_id = $1 and id = $2 and retention_ended_at is null',
    [tenantId, id, at],
  );
  return count === 1;
}

/** Nothing is left to do for what ended without being done. */
export async function noteReopened(tx: Tx, { tenantId, id }: Due): Promise<void> {
  await tx.execute(`update privacy.erasures set due_at = null where tenant_id = $1 and id = $2 and state in ('refused', 'withdrawn')`, [
    tenantId,
    id,
  ]);
}
