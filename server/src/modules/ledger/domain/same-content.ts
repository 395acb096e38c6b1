import type { Command, Directive, Known, Metadata, Original, Transfer } from './model.ts';

type Fields = Record<string, unknown>;
/** What a field that was left out stands for, once the command was accepted. */
type Defaults = { recordedAt: number | null; held: bigint | null; originalAmount: bigint | null };

const NONE: Defaults = { recordedAt: null, held: null, originalAmount: null };

/**
 * Name of the first field in which a command differs from the one its id stood for before, or undefined when it is the same command
 * again. What was left out then and now takes its default: an effect at the time of recording, a settlement of all that was held, a
 * reversal of all that was left.
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

function defaultsOf({ recordedAt, held, reverses }: Transfer, originals: { original(id: string): Original | undefined }): Defaults {
  const original = reverses === null ? undefined : originals.original(reverses);
  return { recordedAt, held, originalAmount: original && original !== 'other' ? original.transfer.amount : null };
}

/** What was asked for, as far as it can still differ. */
function fieldsOfTransfer(transfer: Transfer): Fields {
  const { kind, effectiveAt, debitAccountId, creditAccountId, holdId, reason, expiresAt, balancing, purpose, reference } = transfer;
  const common = { kind, effectiveAt, metadata: canonicalMetadata(transfer.metadata) };
  const amountMinor = transfer.requested ?? transfer.amount;
  switch (transfer.kind) {
    case 'transfer':
      return { ...common, debitAccountId, creditAccountId, amountMinor, balancing };
    case 'hold':
      return { ...common, debitAccountId, creditAccountId, amountMinor, balancing, expiresAt, purpose, reference };
    case 'settle':
      return { ...common, holdId, amountMinor, reference };
    case 'release':
      return { ...common, holdId, reason, reference };
    case 'reverse':
      return { ...common, transferId: transfer.reverses, amountMinor };
  }
}

function fieldsOfDirective({ kind, accountId, state, overdraftLimit, reason, until }: Directive): Fields {
  return kind === 'account' ? { kind, accountId, state, overdraftLimitMinor: overdraftLimit, reason } : { kind, until };
}

function fieldsOf(command: Command, defaults: Defaults): Fields {
  if (command.kind === 'account') {
    const { kind, accountId, state, overdraftLimit, reason } = command;
    return { kind, accountId, state, overdraftLimitMinor: overdraftLimit, reason };
  }
  if (command.kind === 'close-period') return { kind: command.kind, until: command.until };
  const { kind, metadata } = command;
  const common = { kind, effectiveAt: command.effectiveAt ?? defaults.recordedAt, metadata: canonicalMetadata(metadata) };
  switch (command.kind) {
    case 'transfer': {
      const { debitAccountId, creditAccountId, amount, balancing } = command;
      return { ...common, debitAccountId, creditAccountId, amountMinor: amount, balancing };
    }
    case 'hold': {
      const { debitAccountId, creditAccountId, amount, balancing, expiresAt, purpose, reference } = command;
      return { ...common, debitAccountId, creditAccountId, amountMinor: amount, balancing, expiresAt, purpose, reference };
    }
    case 'settle':
      return { ...common, holdId: command.holdId, amountMinor: command.amount ?? defaults.held, reference: command.reference };
    case 'release':
      return { ...common, holdId: command.holdId, reason: command.reason, reference: command.reference };
    case 'reverse':
      return { ...common, transferId: command.transferId, amountMinor: command.amount ?? defaults.originalAmount };
  }
}

function canonicalMetadata(metadata: Metadata | null): string {
  if (!metadata) return '';
  return JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}
