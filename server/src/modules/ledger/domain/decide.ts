import { type Command, EXPIRY_REASON, type Known, type LedgerRecord, type Outcome, type Rejection, type Transfer } from './model.ts';
import { rule } from './rules.ts';
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

/**
 * All or none. A block repeated whole gives its first answers; a block that mixes ids of before with new ones is refused, since it could
 * no longer be all or none.
 */
function decideBlock(commands: readonly Command[], work: Workspace): Outcome[] {
  if (commands.every((command) => work.known(command.id))) return commands.map((command) => decideOne(command, work));
  work.mark(commands[0]!.id);
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const outcome = decideOne(command, work);
    outcomes.push(outcome);
    if (outcome.outcome === 'rejected' || outcome.duplicate) break;
  }
  const last = outcomes.at(-1);
  const failed = last?.outcome === 'rejected' || last?.duplicate === true;
  work.unmark(!failed);
  if (!failed || !last) return outcomes;
  return commands.map((command, index) => refuseInBlock(command, index === outcomes.length - 1 ? last : undefined, last.id, work));
}

function refuseInBlock(command: Command, culprit: Outcome | undefined, culpritId: string, work: Workspace): Outcome {
  const known = work.known(command.id);
  if (known) return repeat(known, command, work);
  if (culprit?.outcome === 'rejected') return refuse(command, { code: culprit.code, detail: culprit.detail }, work);
  return refuse(command, { code: 'LEDGER_CHAIN_FAILED', detail: `O bloco foi recusado por causa do comando ${culpritId}.` }, work);
}

function repeat(known: Known, command: Command, work: Workspace): Outcome {
  const field = differingField(known, command, work);
  if (field) {
    const detail = `O identificador ${command.id} já foi usado com outro conteúdo no campo ${field}.`;
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
  else if (transfer.holdId !== null) work.setHold(transfer.holdId, { state: endedAs(transfer) });
  else if (transfer.reverses !== null) {
    const original = work.original(transfer.reverses);
    if (original && original !== 'other') work.setReversed(transfer.reverses, original.reversed + transfer.amount);
  }
  return transfer;
}

/** The state in which a settle or release leaves its hold. */
export function endedAs(transfer: Transfer): 'settled' | 'released' | 'expired' {
  if (transfer.kind === 'settle') return 'settled';
  return transfer.reason === EXPIRY_REASON ? 'expired' : 'released';
}
