import type { Db, Tx } from '../db/db.ts';
import { assert } from '../errors.ts';
import { batchHash } from './chain.ts';
import { CHUNK, type Chunk, insertChunks, insertDay, readChunks, readDays } from './day-store.ts';
import { dayOf, endOfUtcDay, type Leaf, type ProvenChain, startOfUtcDay } from './leaves.ts';
import { merkleRoot } from './merkle.ts';

/** Leaves read at once. */
const PAGE = 8 * CHUNK;
/** After midnight the last batches of the day are let through before the day is sealed. */
const GRACE_MS = 5_000;
const MAX_AHEAD_MS = 2_000;
const LOCK = 7_205_140_010;

/**
 * One round: every tenant's days get their runs, and days that are over their roots. Answers how many days were closed. Any number of
 * processes may do this; each tenant is in one's hands at a time. Throws when all others were served if a tenant's chain has a hole.
 * No day is over before it is so for the database, give or take `maxAheadMs`: a process whose clock is ahead would seal a day that goes on.
 */
export async function closeDays(db: Db, chain: ProvenChain, ownNowMs: number, maxAheadMs = MAX_AHEAD_MS): Promise<number> {
  const { name } = chain;
  const [waiting, nowMs] = await db.tx({ module: name, system: true }, async (tx) => [
    await tx.query<{ tenant_id: string }>(
      `select h.tenant_id from ${name}.heads h
       left join lateral (select last_seq from ${name}.day_roots r where r.tenant_id = h.tenant_id order by day desc limit 1) r on true
       where h.seq > coalesce(r.last_seq, 0)`,
    ),
    Math.min(ownNowMs, (await clockOf(tx)) + maxAheadMs),
  ]);
  let closed = 0;
  const faults: Error[] = [];
  for (const { tenant_id: tenantId } of waiting) {
    try {
      for (let step: Step = 'again'; step !== 'done'; ) {
        step = await db.tx({ module: name, system: true }, (tx) => grow(tx, chain, tenantId, nowMs));
        if (step === 'closed') closed++;
      }
    } catch (error) {
      faults.push(error as Error);
    }
  }
  if (faults.length > 0) throw new Error(`${faults.length} of ${waiting.length} tenants: ${faults[0]!.message}`, { cause: faults[0] });
  return closed;
}

async function clockOf(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ now: Date }>('select clock_timestamp() as now');
  return row!.now.getTime();
}

type Step = 'again' | 'closed' | 'done';

/** Takes one step with a tenant's oldest day without a root. */
async function grow(tx: Tx, chain: ProvenChain, tenantId: string, nowMs: number): Promise<Step> {
  const { name } = chain;
  const [lock] = await tx.query<{ mine: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, $2)) as mine', [
    `${name} ${tenantId}`,
    LOCK,
  ]);
  if (!lock?.mine) return 'done';
  // The head is read before the leaves: whatever day it has left behind is complete in what is read after it.
  const [head] = await tx.query<{ at: Date }>(`select recorded_at as at from ${name}.heads where tenant_id = $1`, [tenantId]);
  const [before] = await readDays(tx, name, tenantId, null, 1);
  const dayPlace = { at: before ? endOfUtcDay(before.day) : new Date(0), seq: before?.lastSeq ?? 0 };
  const [first] = await chain.leavesAfter(tx, tenantId, dayPlace, 1);
  if (!head || !first) return 'done';
  assert(first.seq === dayPlace.seq + 1, `the record after ${dayPlace.seq} of ${tenantId} is there before its day gets a root`);

  const day = dayOf(first.at);
  const chunks = await readChunks(tx, name, tenantId, day);
  const last = chunks.at(-1);
  const leaves = await chain.leavesAfter(tx, tenantId, last ? { at: last.lastAt, seq: last.lastSeq } : dayPlace, PAGE);
  const todays = leaves.filter((leaf) => dayOf(leaf.at) === day);
  const { full, rest } = intoChunks(todays, chunks.length);
  if (full.length > 0) await insertChunks(tx, name, tenantId, day, full);
  if (todays.length === PAGE) return 'again';

  const end = endOfUtcDay(day).getTime();
  if (head.at.getTime() < end) return nowMs >= end + GRACE_MS ? seal(tx, name, tenantId, nowMs) : 'done';
  const all = [...chunks, ...full];
  const lastSeq = rest.at(-1)?.seq ?? all.at(-1)!.lastSeq;
  const count = all.length * CHUNK + rest.length;
  assert(lastSeq - first.seq + 1 === count, `no record of ${tenantId} is missing on ${day}`);
  const root = rootOf(all, rest);
  const [batch] = await tx.query<{ batch: bigint; hash: Buffer }>(
    `select batch, hash from ${name}.batches where tenant_id = $1 and first_seq <= $2 and last_seq >= $2 order by batch desc limit 1`,
    [tenantId, lastSeq],
  );
  assert(batch, `the batch of record ${lastSeq} of ${tenantId} is there`);
  const place = { firstSeq: first.seq, lastSeq, count, batch: Number(batch.batch), batchHash: batch.hash.toString('hex') };
  const previous = before ? { previousRoot: before.root } : {};
  await insertDay(tx, { tenantId, chain: name, day, ...place, root: root.toString('hex'), ...previous }, new Date(nowMs));
  return 'closed';
}

/** Full runs, numbered on from `from`, and what is left. */
export function intoChunks(leaves: readonly Leaf[], from: number): { full: Chunk[]; rest: Leaf[] } {
  const full: Chunk[] = [];
  let at = 0;
  for (; at + CHUNK <= leaves.length; at += CHUNK) {
    const run = leaves.slice(at, at + CHUNK);
    const [first, last] = [run[0]!, run.at(-1)!];
    const seqs = { firstSeq: first.seq, lastSeq: last.seq, firstAt: first.at, lastAt: last.at };
    full.push({ chunk: from + full.length, ...seqs, hash: merkleRoot(run.map(({ hash }) => hash)) });
  }
  return { full, rest: leaves.slice(at) };
}

/** Runs are subtrees of equal size, so the tree over their roots is the upper part of the tree over all leaves. */
export function rootOf(chunks: readonly { hash: Buffer }[], rest: readonly { hash: Buffer }[]): Buffer {
  const nodes = chunks.map(({ hash }) => hash);
  if (rest.length > 0) nodes.push(merkleRoot(rest.map(({ hash }) => hash)));
  return merkleRoot(nodes);
}

/**
 * A quiet tenant's head still stands in the day that ended, and a writer whose clock is late could record into it. A batch without records
 * moves the head past midnight; after it nothing can be recorded before, since recorded_at never goes back behind the head.
 */
async function seal(tx: Tx, name: string, tenantId: string, nowMs: number): Promise<Step> {
  const [head] = await tx.query<{ batch: bigint; seq: bigint; recorded_at: Date; hash: Buffer }>(
    `select batch, seq, recorded_at, hash from ${name}.heads where tenant_id = $1 for update`,
    [tenantId],
  );
  if (!head) return 'done';
  const at = new Date(Math.max(nowMs, head.recorded_at.getTime()));
  const next = [tenantId, head.batch + 1n, at, batchHash(head.hash, [])];
  await tx.execute(`update ${name}.heads set batch = $2, recorded_at = $3, hash = $4 where tenant_id = $1`, next);
  await tx.execute(
    `insert into ${name}.batches (tenant_id, batch, recorded_at, hash, first_seq, last_seq) values ($1, $2, $3, $4, $5, $6)`,
    [...next, head.seq + 1n, head.seq],
  );
  return 'again';
}

/** First place of a day. */
export function startOfDayPlace(day: string): { at: Date; seq: number } {
  return { at: startOfUtcDay(day), seq: 0 };
}
