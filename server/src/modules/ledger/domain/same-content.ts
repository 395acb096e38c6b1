import type { Command, Known, LedgerRecord, Metadata, Transfer } from './model.ts';

type Fields = Record<string, unknown>;

/**
 * Name of the first field in which a command differs from the one its id stood for before, or undefined when it is the same command
 * again. What was left out then and now takes its default: an effect at the time of recording, a settlement in full.
 */
export function differingField(known: Known, command: Command): string | undefined {
  const before = known.outcome === 'done' ? fieldsOfRecord(known.record) : fieldsOf(known.command, null, null);
  const held = known.outcome === 'done' && 'held' in known.record ? known.record.held : null;
  const now = known.outcome === 'done' ? fieldsOf(command, held, known.record.recordedAt) : fieldsOf(command, null, null);
  if (before.kind !== now.kind) return 'kind';
  for (const name of Object.keys(now)) {
    if (before[name] !== now[name]) return name;
  }
  return undefined;
}

function fieldsOfRecord(record: LedgerRecord): Fields {
  return 'debitAccountId' in record ? fieldsOfTransfer(record) : { kind: record.kind };
}

function fieldsOfTransfer(transfer: Transfer): Fields {
  const effectiveAt = transfer.effectiveAt;
  const common = { kind: transfer.kind, effectiveAt, metadata: canonicalMetadata(transfer.metadata) };
  const { debitAccountId, creditAccountId, holdId, reason, expiresAt } = transfer;
  switch (transfer.kind) {
    case 'transfer':
      return { ...common, debitAccountId, creditAccountId, amountMinor: transfer.amount };
    case 'hold':
      return { ...common, debitAccountId, creditAccountId, amountMinor: transfer.amount, expiresAt };
    case 'settle':
      return { ...common, holdId, amountMinor: transfer.amount };
    case 'release':
      return { ...common, holdId, reason };
    case 'reverse':
      return { ...common, transferId: transfer.reverses, amountMinor: transfer.amount };
  }
}

function fieldsOf(command: Command, held: bigint | null, recordedAt: number | null): Fields {
  const common = {
    kind: command.kind,
    effectiveAt: command.effectiveAt ?? recordedAt,
    metadata: canonicalMetadata(command.metadata),
  };
  switch (command.kind) {
    case 'transfer':
      return { ...common, debitAccountId: command.debitAccountId, creditAccountId: command.creditAccountId, amountMinor: command.amount };
    case 'hold': {
      const { debitAccountId, creditAccountId, expiresAt } = command;
      return { ...common, debitAccountId, creditAccountId, amountMinor: command.amount, expiresAt };
    }
    case 'settle':
      return { ...common, holdId: command.holdId, amountMinor: command.amount ?? held };
    case 'release':
      return { ...common, holdId: command.holdId, reason: command.reason };
  }
}

function canonicalMetadata(metadata: Metadata | null): string {
  if (!metadata) return '';
  return JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}
