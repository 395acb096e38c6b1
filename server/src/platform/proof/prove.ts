import type { Tx } from '../db/db.ts';
import { assert } from '../errors.ts';
import { intoChunks, rootOf, startOfDayPlace } from './day-roots.ts';
import { CHUNK, readChunks, readDay } from './day-store.ts';
import type { InclusionProof } from './inclusion.ts';
import { dayOf, type Leaf, type ProvenChain } from './leaves.ts';
import { inclusionPath, leafHashOf, merkleRoot } from './merkle.ts';

const PAGE = 8 * CHUNK;

/** Proves that a record is in its day: against the day's root once there is one, until then against the tree as it stands. */
export async function proveRecord(
  tx: Tx,
  chain: ProvenChain,
  tenantId: string,
  record: { seq: number; at: Date; line: string },
): Promise<InclusionProof> {
  const day = dayOf(record.at);
  const stated = await readDay(tx, chain.name, tenantId, day);
  const [first] = await chain.leavesAfter(tx, tenantId, startOfDayPlace(day), 1);
  assert(first, 'the day of a record has a first record');
  const index = record.seq - first.seq;
  const target = Math.floor(index / CHUNK);

  const chunks = await readChunks(tx, chain.name, tenantId, day);
  const last = chunks.at(-1);
  let run: Leaf[] = [];
  const kept = chunks[target];
  if (kept) run = await chain.leavesAfter(tx, tenantId, { at: kept.firstAt, seq: kept.firstSeq - 1 }, CHUNK);
  let rest: Leaf[] = [];
  for (let place = last ? { at: last.lastAt, seq: last.lastSeq } : startOfDayPlace(day); ; ) {
    const leaves = await chain.leavesAfter(tx, tenantId, place, PAGE);
    const todays = [...rest, ...leaves.filter((leaf) => dayOf(leaf.at) === day)];
    const grown = intoChunks(todays, chunks.length);
    const at = target - chunks.length;
    if (!kept && at >= 0 && at < grown.full.length) run = todays.slice(at * CHUNK, (at + 1) * CHUNK);
    chunks.push(...grown.full);
    rest = grown.rest;
    const end = leaves.at(-1);
    if (!end || leaves.length < PAGE || dayOf(end.at) !== day) break;
    place = { at: end.at, seq: end.seq };
  }
  const nodes = chunks.map(({ hash }) => hash);
  if (rest.length > 0) nodes.push(merkleRoot(rest.map(({ hash }) => hash)));
  if (target === chunks.length) run = rest;

  const within = inclusionPath(
    run.map(({ hash }) => hash),
    index % CHUNK,
  );
  const path = [...within, ...inclusionPath(nodes, target)].map((hash) => hash.toString('hex'));
  const leafHash = leafHashOf(record.line).toString('hex');
  const size = chunks.length * CHUNK + rest.length;
  const root = stated?.root ?? rootOf(chunks, rest).toString('hex');
  const place = { leafIndex: index, treeSize: stated?.count ?? size };
  return { tenantId, day, isFinal: stated !== undefined, seq: record.seq, line: record.line, leafHash, ...place, path, root };
}
