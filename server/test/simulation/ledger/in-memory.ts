/** The ledger's decisions against the model, without storage: everything replays exactly from the seed, and millions of commands are quick. */
import type { CommandInput, NewAccount } from '#ledger';
import type { Directive, Entry, LedgerRecord, Outcome, Transfer } from '../../../src/modules/ledger/domain/model.ts';
import { readCommand } from '../../../src/modules/ledger/domain/read-command.ts';
import { account, MemoryLedger } from '../../../src/modules/ledger/test-support/memory-ledger.ts';
import type { Dice } from '../../support/dice.ts';
import { bookingDifferences, Disagreement, objection, tell } from './compare.ts';
import { type Booking, Model, type Totals, type Verdict } from './model.ts';
import { type Request, Requests } from './requests.ts';

export type MemoryLedgerMaker = (accounts: readonly NewAccount[]) => MemoryLedger;

/** Runs about so many commands through both, all kept in memory; answers how many it were. Throws a Disagreement at the first difference. */
export function simulateInMemory(dice: Dice, operations: number, make: MemoryLedgerMaker = makeLedger): number {
  const requests = new Requests(dice, 0, { accounts: dice.pick([3, 10, 60]) });
  const model = new Model();
  for (const one of requests.accounts) model.open(one);
  const ledger = make(requests.accounts);
  const size = dice.pick([1, 5, 40]);
  let done = 0;
  for (let batch = 1; done < operations; batch++) {
    ledger.now += dice.pick([0, 0, 1, 7, 900, 60_000]);
    const round = Array.from({ length: dice.whole(1, 12) }, () => requests.next(ledger.now, size));
    const groups = round.map(({ commands, atomic }) => ({
      commands: (commands as CommandInput[]).map((command, index) => readCommand(command, index)),
      atomic,
    }));
    const seqBefore = ledger.seq;
    const entriesBefore = ledger.entries.length;
    const answers = ledger.runGroups(groups);
    const entries = Map.groupBy(ledger.entries.slice(entriesBefore), (entry) => entry.seq);
    let place = 0;
    for (const [index, request] of round.entries()) {
      const verdicts = model.submit(request.commands, request.atomic, ledger.now);
      place = compareRequest(ledger, request, verdicts, answers[index]!, place, `batch ${batch}`, seqBefore, entries);
      requests.wasAnswered(request, answers[index]!);
      done += request.commands.length;
    }
  }
  for (const id of model.accounts.keys()) expectSame(`balance of ${id}`, model.totals(id), totalsOf(ledger.balance(id)));
  return done;
}

/** Answers how many records of the batch are accounted for now. */
function compareRequest(
  ledger: MemoryLedger,
  request: Request,
  verdicts: readonly Verdict[],
  answers: readonly Outcome[],
  from: number,
  where: string,
  seqBefore: number,
  entries: Map<number, Entry[]>,
): number {
  let place = from;
  for (const [index, verdict] of verdicts.entries()) {
    const answer = answers[index]!;
    const why = objection(verdict, answer);
    if (why) throw new Disagreement(`${where}: ${why}\n${tell(request, index)}`);
    if (verdict.is !== 'done') continue;
    const seq = seqBefore + ++place;
    if (answer.outcome !== 'done' || answer.seq !== seq) throw new Disagreement(`${where}: not at place ${seq}\n${tell(request, index)}`);
    const after = (entries.get(seq) ?? []).map((entry) => totalsOf(entry.after));
    const stored = { ...toBooking(ledger.records[seq - 1]!), after };
    const differences = bookingDifferences(verdict.record, stored);
    if (differences.length > 0) throw new Disagreement(`${where}: ${differences.join('; ')}\n${tell(request, index)}`);
  }
  return place;
}

function toBooking(record: LedgerRecord): Omit<Booking, 'after'> {
  const transfer: Partial<Transfer> = 'debitAccountId' in record ? record : {};
  const directive: Partial<Directive> = 'debitAccountId' in record ? {} : record;
  const pairs = Object.entries(transfer.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    id: record.id,
    kind: record.kind,
    block: record.blockId,
    debit: transfer.debitAccountId ?? null,
    credit: transfer.creditAccountId ?? null,
    amount: transfer.amount ?? null,
    held: transfer.held ?? null,
    holdId: transfer.holdId ?? null,
    reason: record.reason,
    effectiveAt: transfer.effectiveAt ?? null,
    expiresAt: transfer.expiresAt ?? null,
    metadata: pairs.length === 0 ? '' : JSON.stringify(pairs),
    balancing: transfer.balancing ?? null,
    requested: transfer.requested ?? null,
    reverses: transfer.reverses ?? null,
    purpose: transfer.purpose ?? null,
    reference: transfer.reference ?? null,
    remaining: transfer.remaining ?? null,
    onlyIf: (record.onlyIf ?? [])
      .map(({ accountId, balance, atLeast, atMost }) => [accountId, balance, atLeast ?? '', atMost ?? ''].join(' '))
      .join(', '),
    accountId: directive.accountId ?? null,
    state: directive.state ?? null,
    overdraft: directive.overdraftLimit ?? null,
    until: directive.until ?? null,
  };
}

function totalsOf(balance: { postedDebits: bigint; postedCredits: bigint; pendingDebits: bigint; pendingCredits: bigint }): Totals {
  return [balance.postedDebits, balance.postedCredits, balance.pendingDebits, balance.pendingCredits];
}

function expectSame(what: string, expected: Totals, found: Totals): void {
  if (String(expected) !== String(found)) throw new Disagreement(`${what}: model ${expected}, ledger ${found}`);
}

export function makeLedger(accounts: readonly NewAccount[]): MemoryLedger {
  return new MemoryLedger(
    accounts.map(({ id, overdraftLimitMinor = '0', ...rest }) =>
      account(id, { ...rest, overdraftLimit: BigInt(overdraftLimitMinor) } as object),
    ),
  );
}
