import { writeConditions } from './condition-text.ts';
import type { Command, Directive, Known, Metadata, Original, Transfer } from './model.ts';

type Fields = Record<string, unknown>;
/** What a field that was left out stands for, once the command was accepted. */
type Defaults = { recordedAt: number | null; amount: bigint | null };

const NONE: Defaults = { recordedAt: null, amount: null };

/**
 * Name of the first field in which a command differs from the one its id stood for before, or undefined when it is the same command
 * again. Money and accounts are compared before the rest, since a reader wants those first. What was left out then and now takes its
 * default: an effect at the time of recording, a settlement of all that was held, a reversal of all that was left.
 */
export function differingField(
  known: Known,
  command: Command,
  originals: { original(id: string): Original | undefined },
): string | undefined {
  const [before, now] =
    known.outcome === 'rejected'
      ? [fieldsOf(known.command, NONE), fieldsOf(command, NONE)]
      : 'debitAccountId' in known.record
        ? [fieldsOfTransfer(known.record), fieldsOf(command, defaultsOf(known.record, originals))]
        : [fieldsOfDirective(known.record), fieldsOf(command, NONE)];
  if (before.kind !== now.kind) return 'kind';
  for (const name of Object.keys(now)) {
    if (before[name] !== now[name]) return name;
  }
  return undefined;
}

function defaultsOf(
  { recordedAt, held, amount, requested, reverses }: Transfer,
  originals: Parameters<typeof differingField>[2],
): Defaults {
  if (reverses === null) return { recordedAt, amount: held };
  // It left its amount out, too; or it named one, which is the same only if that was all there was.
  const original = requested === null ? originals.original(reverses) : undefined;
  return { recordedAt, amount: original && original !== 'other' ? original.transfer.amount : amount };
}

/** What was asked for, as far as it can still differ. */
function fieldsOfTransfer(transfer: Transfer): Fields {
  const { kind, effectiveAt, debitAccountId, creditAccountId, holdId, reason, expiresAt, balancing, purpose, reference } = transfer;
  const common = { effectiveAt, onlyIf: writeConditions(transfer.onlyIf), metadata: canonicalMetadata(transfer.metadata) };
  const amountMinor = transfer.requested ?? transfer.amount;
  switch (transfer.kind) {
    case 'transfer':
      return { kind, debitAccountId, creditAccountId, amountMinor, balancing, ...common };
    case 'hold':
      return { kind, debitAccountId, creditAccountId, amountMinor, balancing, expiresAt, purpose, reference, ...common };
    case 'settle':
      return { kind, holdId, amountMinor, keepRest: transfer.remaining !== null, reference, ...common };
    case 'release':
      return { kind, holdId, reason, reference, ...common };
    case 'reverse':
      return { kind, transferId: transfer.reverses, amountMinor: transfer.amount, ...common };
  }
}

function fieldsOfDirective({ kind, accountId, state, overdraftLimit, reason, until, onlyIf }: Directive): Fields {
  const conditions = { onlyIf: writeConditions(onlyIf) };
  return kind === 'account'
    ? { kind, accountId, state, overdraftLimitMinor: overdraftLimit, reason, ...conditions }
    : { kind, until, ...conditions };
}

function fieldsOf(command: Command, defaults: Defaults): Fields {
  const conditions = { onlyIf: writeConditions(command.onlyIf) };
  if (command.kind === 'account') {
    const { kind, accountId, state, overdraftLimit, reason } = command;
    return { kind, accountId, state, overdraftLimitMinor: overdraftLimit, reason, ...conditions };
  }
  if (command.kind === 'close-period') return { kind: command.kind, until: command.until, ...conditions };
  const { kind } = command;
  const effectiveAt = command.effectiveAt ?? defaults.recordedAt;
  const common = { effectiveAt, ...conditions, metadata: canonicalMetadata(command.metadata) };
  switch (command.kind) {
    case 'transfer': {
      const { debitAccountId, creditAccountId, amount, balancing } = command;
      return { kind, debitAccountId, creditAccountId, amountMinor: amount, balancing, ...common };
    }
    case 'hold': {
      const { debitAccountId, creditAccountId, amount, balancing, expiresAt, purpose, reference } = command;
      return { kind, debitAccountId, creditAccountId, amountMinor: amount, balancing, expiresAt, purpose, reference, ...common };
    }
    case 'settle': {
      const { holdId, amount, keepRest, reference } = command;
      return { kind, holdId, amountMinor: amount ?? defaults.amount, keepRest, reference, ...common };
    }
    case 'release':
      return { kind, holdId: command.holdId, reason: command.reason, reference: command.reference, ...common };
    case 'reverse':
      return { kind, transferId: command.transferId, amountMinor: command.amount ?? defaults.amount, ...common };
  }
}

function canonicalMetadata(metadata: Metadata | null): string {
  if (!metadata) return '';
  return JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}
