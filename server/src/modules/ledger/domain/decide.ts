import { type Command, EXPIRY_REASON, type Known, type LedgerRecord, type Outcome, type Rejection, type Transfer } from './model.ts';
import { rule } from './rules.ts';
import { no } from './ruling.ts';
import { differingField } from './same-content.ts';
import { holdOf, type Moment, type Movement, type View, Workspace } from './workspace.ts';

/** Commands handed in together. `atomic`: all of them or none. */
export type Group = { commands: readonly Command[]; atomic: boolean };

/** What is to be written, and what to answer once it is. Outcomes are in the order of groups and their commands. */
export type Decision = { work: Workspace; outcomes: Outcome[][] };

/**
 * The ledger's judgement: given the state and commands, the rows that follow and each command's outcome. Pure; commands see the effect of
 * those before them in the batch.
 */
export function decide(view: View, moment: Moment, groups: readonly Group[]): Decision {
  const work = new Workspace(view, moment);
  const outcomes = groups.map((group) => {
    if (group.atomic && group.commands.length > 1) return decideBlock(group.commands, work);
    return group.commands.map((command) => decideOne(command, work));
  });
  return { work, outcomes };
}

function decideOne(command: Command, work: Workspace): Outcome {
  const known = work.known(command.id);
  if (known) return repeat(known, command, work);
  const ruling = rule(command, work);
  if ('rejection' in ruling) return refuse(command, ruling.rejection, work);
  const record = 'movement' in ruling ? move(ruling.movement, work) : work.direct(ruling.directive, ruling.after);
  work.answer(command.id, { outcome: 'done', record });
  return done(record, false);
}

/** All or none. A block repeated whole gives its first answers. */
function decideBlock(commands: readonly Command[], work: Workspace): Outcome[] {
  const mixed = refuseMixed(commands, work);
  if (mixed) return mixed;
  if (work.known(commands[0]!.id)) return commands.map((command) => decideOne(command, work));
  work.mark(commands[0]!.id);
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const outcome = decideOne(command, work);
    outcomes.push(outcome);
    if (outcome.outcome === 'rejected') break;
  }
  const culprit = outcomes.at(-1)!;
  work.unmark(culprit.outcome === 'done');
  if (culprit.outcome === 'done') return outcomes;
  const others = no(
    'LEDGER_CHAIN_FAILED',
    `O bloco foi recusado por causa do comando ${culprit.id}.`,
    `The block was refused because of command ${culprit.id}.`,
  ).rejection;
  const own = { code: culprit.code, detail: culprit.detail };
  return commands.map((command, index) => refuse(command, index === outcomes.length - 1 ? own : others, work));
}

/**
 * A block that can no longer be all or none, since some of its ids were answered before and others not, or not alike, or one stands in it
 * twice: nothing of it is done, and nothing kept, so that its new ids remain free. What was answered before says so again.
 */
function refuseMixed(commands: readonly Command[], work: Workspace): Outcome[] | undefined {
  const seen = new Set<string>();
  const twice = commands.find(({ id }) => seen.size === seen.add(id).size);
  const before = commands.map((command) => {
    const known = work.known(command.id);
    return known && repeat(known, command, work);
  });
  const isKnown = before.every(Boolean);
  if (isKnown && new Set(before.map((outcome) => outcome?.outcome)).size === 1) return undefined;
  if (!twice && !before.some(Boolean)) return undefined;
  const culprit = culpritOf(before) ?? twice!;
  const [pt, en] = whyMixed(culprit, culprit === twice, isKnown);
  const mixed = {
    outcome: 'rejected',
    duplicate: false,
    recordedAt: work.recordedAt,
    ...no('LEDGER_BLOCK_MIXED', pt, en).rejection,
  } as const;
  return commands.map(({ id }, index) => {
    const outcome = before[index];
    return outcome?.outcome === 'rejected' ? outcome : { id, ...mixed };
  });
}

/** The command to name: one whose id means something else, or else one that was answered before, a refused one first if all were. */
function culpritOf(before: readonly (Outcome | undefined)[]): Outcome | undefined {
  const conflict = before.find((one) => one?.outcome === 'rejected' && !one.duplicate);
  return conflict ?? (before.every(Boolean) ? before.find((one) => one?.outcome === 'rejected') : before.find(Boolean));
}

function whyMixed(culprit: { id: string; outcome?: string }, isTwice: boolean, isKnown: boolean): [pt: string, en: string] {
  const { id } = culprit;
  if (isTwice) return [`O comando ${id} aparece duas vezes no bloco.`, `Command ${id} stands in the block twice.`];
  if (isKnown)
    return [
      `O comando ${id} já foi recusado, e outros do bloco já foram feitos.`,
      `Command ${id} was refused before, and others of the block were done.`,
    ];
  const [pt, en] = culprit.outcome === 'done' ? ['feito', 'done'] : ['recusado', 'refused'];
  return [`O comando ${id} já foi ${pt} antes deste bloco.`, `Command ${id} was ${en} before this block.`];
}

function repeat(known: Known, command: Command, work: Workspace): Outcome {
  const field = differingField(known, command, work);
  if (field) {
    const detail = {
      pt: `O identificador ${command.id} já foi usado com outro conteúdo no campo ${field}.`,
      en: `Identifier ${command.id} was used before with another content of the field ${field}.`,
    };
    return {
      id: command.id,
      outcome: 'rejected',
      duplicate: false,
      code: 'LEDGER_ID_CONFLICT',
      detail,
      field,
      recordedAt: work.recordedAt,
    };
  }
  if (known.outcome === 'done') return done(known.record, true);
  return { id: command.id, outcome: 'rejected', duplicate: true, ...known.rejection, recordedAt: known.recordedAt };
}

function refuse(command: Command, rejection: Rejection, work: Workspace): Outcome {
  const { recordedAt } = work;
  work.answer(command.id, { outcome: 'rejected', command, rejection, recordedAt });
  return { id: command.id, outcome: 'rejected', duplicate: false, ...rejection, recordedAt };
}

function done(record: LedgerRecord, duplicate: boolean): Outcome {
  const { id, seq, recordedAt } = record;
  const outcome: Outcome = { id, outcome: 'done', duplicate, seq, recordedAt };
  return leavesAmountOpen(record) ? { ...outcome, amount: record.amount } : outcome;
}

/** Whether a command of this kind may leave its amount to the ledger. */
function leavesAmountOpen(record: LedgerRecord): record is Transfer {
  if (!('debitAccountId' in record)) return false;
  return record.balancing !== null || record.kind === 'settle' || record.kind === 'reverse';
}

/** Writes a movement down, with what it means for the hold or the transfer it follows. */
function move(movement: Movement, work: Workspace): Transfer {
  const transfer = work.move(movement);
  if (transfer.kind === 'hold') work.setHold(transfer.id, { state: 'open', hold: holdOf(transfer) });
  else if (transfer.holdId !== null) {
    const before = work.hold(transfer.holdId);
    const isKept = before?.state === 'open' && !endsHold(transfer);
    work.setHold(
      transfer.holdId,
      isKept ? { state: 'open', hold: { ...before.hold, amount: transfer.remaining! } } : { state: endedAs(transfer) },
    );
  } else if (transfer.reverses !== null) {
    const original = work.original(transfer.reverses);
    if (original && original !== 'other') work.setReversed(transfer.reverses, original.reversed + transfer.amount);
  }
  return transfer;
}

/** Whether nothing is held any more after a settle or release. */
export function endsHold({ remaining }: Transfer): boolean {
  return remaining === null || remaining === 0n;
}

/** The state in which a settle or release that ends its hold leaves it. */
export function endedAs(transfer: Transfer): 'settled' | 'released' | 'expired' {
  if (transfer.kind === 'settle') return 'settled';
  return transfer.reason === EXPIRY_REASON ? 'expired' : 'released';
}
