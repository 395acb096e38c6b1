import { canonicalJson } from '#platform/proof/canonical-json.ts';
import { batchHash, type DayStatement, GENESIS, type Refusals, utcDay } from '#platform/proof/chain.ts';
import type { InclusionProof } from '#platform/proof/inclusion.ts';
import { inclusionPath, leafHashOf, merkleRoot } from '#platform/proof/merkle.ts';
import { accountLine, balanceLine, batchLine, dayLine, endLine, headerLine } from './export-lines.ts';
import type { ProblemCode } from './verify-export.ts';

export const TENANT = '0192f000-0000-7000-8000-00000000000a';
const [HOUSE, ANA, BIA] = ['a1', 'a2', 'a3'].map((end) => `0192f000-0000-7000-8000-0000000000${end}`) as [string, string, string];
const id = (n: number) => `0192f000-0000-7000-8000-0000000010${String(n).padStart(2, '0')}`;
const move = (n: number, kind: string, from: string, to: string, amount: number, extra: object = {}) => {
  return { id: id(n), kind, debitAccountId: from, creditAccountId: to, amountMinor: String(amount), ...extra };
};

/** Batches of a small ledger: three days, holds that settle, are freed and stay open, a directive, refusals, a batch of refusals only. */
const BATCHES: { at: string; records: object[]; refused?: Refusals }[] = [
  { at: '2026-03-09T12:00:00.000Z', records: [move(1, 'transfer', HOUSE, ANA, 1_000), move(2, 'transfer', HOUSE, BIA, 500)] },
  { at: '2026-03-09T12:00:01.000Z', records: [move(3, 'hold', ANA, BIA, 300)], refused: [[id(90), 'LEDGER_INSUFFICIENT_FUNDS']] },
  { at: '2026-03-09T23:59:59.999Z', records: [move(4, 'transfer', ANA, BIA, 7, { metadata: { nota: 'á "b"', chave: 'x' } })] },
  { at: '2026-03-10T00:00:00.000Z', records: [move(5, 'settle', ANA, BIA, 200, { heldMinor: '300', holdId: id(3) })] },
  { at: '2026-03-10T09:00:00.000Z', records: [], refused: [[id(91), 'LEDGER_AMOUNT_ZERO']] },
  {
    at: '2026-03-10T10:00:00.000Z',
    records: [move(6, 'hold', BIA, ANA, 40), { id: id(7), kind: 'account', accountId: BIA, state: 'frozen', reason: 'ordem' }],
  },
  {
    at: '2026-03-12T08:00:00.000Z',
    records: [
      move(8, 'release', BIA, ANA, 40, { heldMinor: '40', holdId: id(6), reason: 'void' }),
      move(9, 'hold', ANA, HOUSE, 10),
      move(10, 'reverse', BIA, ANA, 7, { reverses: id(4) }),
    ],
  },
];

export type SmallExport = { lines: string[]; head: { batch: number; hash: string }; days: DayStatement[]; proofs: InclusionProof[] };

/** An export as the ledger would write it, whole; `withLeaves` adds the leaf hashes kept beside the records. */
export function smallExport(options: { withLeaves?: boolean } = {}): SmallExport {
  const lines: string[] = [];
  const balances = new Map([HOUSE, ANA, BIA].map((account) => [account, { pd: 0, pc: 0, hd: 0, hc: 0 }]));
  let previous: Buffer = GENESIS;
  let seq = 0;
  const days: DayStatement[] = [];
  const proofs: InclusionProof[] = [];
  let today: { line: string; seq: number }[] = [];
  BATCHES.forEach(({ at, records, refused }, index) => {
    const firstSeq = seq + 1;
    const recordLines = records.map((record) => canonicalJson({ ...record, effectiveAt: at, recordedAt: at, seq: ++seq }));
    for (const record of records) follow(balances, record as never);
    const leaves = recordLines.map(leafHashOf);
    previous = batchHash(previous, leaves, refused);
    const hash = previous.toString('hex');
    const batch = { batch: index + 1, firstSeq, lastSeq: seq, recordedAt: at, hash, ...(refused ? { refused } : {}) };
    lines.push(...recordLines);
    lines.push(batchLine({ ...batch, ...(options.withLeaves ? { leaves: leaves.map((leaf) => leaf.toString('hex')) } : {}) }));
    today.push(...recordLines.map((line, n) => ({ line, seq: firstSeq + n })));
    const next = BATCHES[index + 1];
    // The last day is still going on: it has no statement yet.
    if (!next || utcDay(next.at) === utcDay(at)) return;
    const day = closeDay(utcDay(at), today, days.at(-1)?.root, { batch: batch.batch, hash });
    days.push(day.statement);
    proofs.push(...day.proofs);
    lines.push(dayLine(day.statement));
    today = [];
  });
  const accounts = [...balances.keys()].map((account) =>
    accountLine({
      id: account,
      code: 'customer',
      asset: 'BRL',
      normalSide: 'credit',
      debitsMustNotExceedCredits: false,
      creditsMustNotExceedDebits: false,
      overdraftLimitMinor: '0',
      createdAt: '2026-03-09T11:00:00.000Z',
    }),
  );
  const sums = [...balances].map(([accountId, { pd, pc, hd, hc }]) =>
    balanceLine({
      accountId,
      postedDebitsMinor: `${pd}`,
      postedCreditsMinor: `${pc}`,
      pendingDebitsMinor: `${hd}`,
      pendingCreditsMinor: `${hc}`,
    }),
  );
  const head = { batch: BATCHES.length, hash: previous.toString('hex') };
  const end = endLine({ records: seq, batches: head.batch, lastSeq: seq, lastBatch: head.batch, hash: head.hash });
  const header = headerLine({ export: 'lastro-ledger', tenantId: TENANT, fromSeq: 1, toSeq: seq });
  return { lines: [header, ...accounts, ...lines, ...sums, end], head, days, proofs };
}

type Totals = { pd: number; pc: number; hd: number; hc: number };
type Moved = { kind: string; debitAccountId?: string; creditAccountId: string; amountMinor: string; heldMinor?: string };

function follow(balances: Map<string, Totals>, { kind, debitAccountId, creditAccountId, amountMinor, heldMinor }: Moved): void {
  if (debitAccountId === undefined) return;
  const [debit, credit] = [balances.get(debitAccountId)!, balances.get(creditAccountId)!];
  const posted = kind === 'hold' || kind === 'release' ? 0 : Number(amountMinor);
  const pending = kind === 'hold' ? Number(amountMinor) : -Number(heldMinor ?? 0);
  debit.pd += posted;
  credit.pc += posted;
  debit.hd += pending;
  credit.hc += pending;
}

function closeDay(
  day: string,
  records: { line: string; seq: number }[],
  previousRoot: string | undefined,
  at: { batch: number; hash: string },
) {
  const leaves = records.map(({ line }) => leafHashOf(line));
  const root = merkleRoot(leaves).toString('hex');
  const seqs = { firstSeq: records[0]!.seq, lastSeq: records.at(-1)!.seq, count: records.length };
  const statement: DayStatement = {
    tenantId: TENANT,
    chain: 'ledger',
    day,
    ...seqs,
    root,
    ...(previousRoot ? { previousRoot } : {}),
    batch: at.batch,
    batchHash: at.hash,
  };
  const proofs = records.map(({ line, seq }, leafIndex): InclusionProof => {
    const path = inclusionPath(leaves, leafIndex).map((hash) => hash.toString('hex'));
    const leafHash = leaves[leafIndex]!.toString('hex');
    return { tenantId: TENANT, day, isFinal: true, seq, line, leafHash, leafIndex, treeSize: leaves.length, path, root };
  });
  return { statement, proofs };
}

export type Damage = {
  name: string;
  /** Takes the lines of a whole export, gives those of a damaged one. */
  plant: (lines: string[]) => string[];
  /** What must be reported, and where. */
  finds: { code: ProblemCode; seq?: number; batch?: number; day?: string };
  /** Found only against what is kept outside: the head, and days. */
  needsOutside?: boolean;
};

const edit = (part: string, from: string, to: string) => (lines: string[]) => {
  const at = lines.findIndex((line) => line.includes(part));
  if (at < 0 || !lines[at]!.includes(from)) throw new Error(`the export has no ${part} with ${from}`);
  return lines.with(at, lines[at]!.replace(from, to));
};
const drop = (part: string) => (lines: string[]) => {
  const rest = lines.filter((line) => !line.includes(part));
  if (rest.length !== lines.length - 1) throw new Error(`the export has not one ${part}`);
  return rest;
};
const swap = (part: string, other: string) => (lines: string[]) => {
  const [a, b] = [lines.findIndex((line) => line.includes(part)), lines.findIndex((line) => line.includes(other))];
  return lines.with(a, lines[b]!).with(b, lines[a]!);
};
/** Ends the export after a batch as if it had never gone on: header and last line say so too, balances are left out. */
const cutAfter = (batch: number, lastSeq: number) => (lines: string[]) => {
  const last = lines.findIndex((line) => line.startsWith(`{"batch":{"batch":${batch},`));
  const { hash } = (JSON.parse(lines[last]!) as { batch: { hash: string } }).batch;
  const kept = lines.slice(1, last + 1);
  return [
    headerLine({ export: 'lastro-ledger', tenantId: TENANT, fromSeq: 1, toSeq: lastSeq }),
    ...kept,
    endLine({ records: lastSeq, batches: batch, lastSeq, lastBatch: batch, hash }),
  ];
};
const record = (seq: number) => `"seq":${seq}}`;
const OTHER = 'ab'.repeat(32);

export const DAMAGES: Damage[] = [
  { name: 'one cent more in a record', plant: edit(record(3), '"300"', '"301"'), finds: { code: 'RECORD_CHANGED', seq: 3, batch: 2 } },
  { name: 'another account', plant: edit(record(4), ANA, HOUSE), finds: { code: 'RECORD_CHANGED', seq: 4, batch: 3 } },
  { name: 'a directive changed', plant: edit('"kind":"account"', 'frozen', 'closed'), finds: { code: 'RECORD_CHANGED', batch: 6 } },
  { name: 'a refusal changed', plant: edit('LEDGER_AMOUNT_ZERO', 'AMOUNT_ZERO', 'X'), finds: { code: 'RECORD_CHANGED', batch: 5 } },
  {
    name: 'a record moved to another time',
    plant: edit(record(5), '00.000Z', '00.001Z'),
    finds: { code: 'RECORD_CHANGED', seq: 5, batch: 4 },
  },
  { name: 'a record taken out', plant: drop(record(9)), finds: { code: 'RECORD_MISSING', seq: 9, batch: 7 } },
  { name: 'two records in the other order', plant: swap(record(1), record(2)), finds: { code: 'RECORD_ORDER', seq: 1, batch: 1 } },
  {
    name: 'two records of different batches swapped',
    plant: swap(record(3), record(4)),
    finds: { code: 'RECORD_FOREIGN', seq: 4, batch: 2 },
  },
  {
    name: 'a record twice',
    plant: (lines) => lines.flatMap((line) => (line.includes(record(6)) ? [line, line] : [line])),
    finds: { code: 'RECORD_ORDER', seq: 6, batch: 6 },
  },
  { name: 'a batch without its line', plant: drop('{"batch":{"batch":3,'), finds: { code: 'BATCH_MISSING', batch: 4 } },
  {
    name: 'a batch with another hash',
    plant: edit('{"batch":{"batch":4,', '"hash":"', '"hash":"0'),
    finds: { code: 'RECORD_CHANGED', batch: 4 },
  },
  {
    name: 'another root',
    plant: (lines) => lines.map((line) => (line.includes('"day":"2026-03-09"') ? line.replace(/"root":"\w+"/, `"root":"${OTHER}"`) : line)),
    finds: { code: 'ROOT_WRONG', day: '2026-03-09' },
  },
  {
    name: 'another root before',
    plant: (lines) => lines.map((line) => line.replace(/"previousRoot":"\w+"/, `"previousRoot":"${OTHER}"`)),
    finds: { code: 'ROOT_CHAIN_BROKEN', day: '2026-03-10' },
  },
  {
    name: 'a day with fewer records',
    plant: edit('"day":"2026-03-10"', '"count":3', '"count":2'),
    finds: { code: 'DAY_WRONG', day: '2026-03-10' },
  },
  { name: 'a day left out', plant: drop('"day":"2026-03-09"'), finds: { code: 'ROOT_CHAIN_BROKEN', day: '2026-03-10' } },
  { name: 'the file ends early', plant: (lines) => lines.slice(0, -8), finds: { code: 'TAIL_CUT', seq: 8 } },
  { name: 'the last line is missing', plant: (lines) => lines.slice(0, -1), finds: { code: 'TAIL_CUT', seq: 11 } },
  { name: 'a balance of one cent more', plant: edit('{"balance"', '"1500"', '"1501"'), finds: { code: 'BALANCE_WRONG' } },
  { name: 'a balance left out', plant: (lines) => lines.toSpliced(-2, 1), finds: { code: 'BALANCE_WRONG' } },
  { name: 'an account left out', plant: (lines) => lines.toSpliced(2, 1), finds: { code: 'ACCOUNT_UNKNOWN', seq: 1 } },
  { name: 'a line that is no line', plant: (lines) => lines.toSpliced(5, 0, '{"seq":'), finds: { code: 'LINE_MALFORMED' } },
  { name: 'a cut that leaves no trace inside', plant: cutAfter(6, 7), finds: { code: 'TAIL_CUT', seq: 8 }, needsOutside: true },
  {
    name: 'the same, beyond a day kept outside',
    plant: cutAfter(3, 4),
    finds: { code: 'TAIL_CUT', seq: 5, day: '2026-03-10' },
    needsOutside: true,
  },
];
