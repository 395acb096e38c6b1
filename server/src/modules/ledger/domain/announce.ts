import type { NewEvent } from '#platform/bus/bus.ts';
import type { Actor } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import {
  ACCOUNT_OPENED,
  type AccountOpened,
  ENTRY_POSTED,
  HOLD_PLACED,
  HOLD_RELEASED,
  type LedgerEventType,
  type Party,
} from '../events.ts';
import { available, held, posted } from './balance.ts';
import type { Account, Entry, Transfer } from './model.ts';

/** On whose behalf a command came. */
export type Origin = { tenantId: string; actor: Actor; traceparent?: string | null };

/** The event a transfer makes: its debit and credit entries carry the balances right after it. */
export function announceTransfer(origin: Origin, transfer: Transfer, debit: [Account, Entry], credit: [Account, Entry]): NewEvent {
  const asset = debit[0].asset;
  const recordedAt = new Date(transfer.recordedAt).toISOString();
  const effectiveAt = transfer.effectiveAt === transfer.recordedAt ? recordedAt : new Date(transfer.effectiveAt).toISOString();
  const movement = {
    transferId: transfer.id,
    seq: transfer.seq,
    asset,
    amountMinor: transfer.amount.toString(),
    debit: party(...debit),
    credit: party(...credit),
    effectiveAt,
    recordedAt,
    metadata: transfer.metadata,
  };
  const [type, data] = byKind(transfer, movement);
  const key = debit[0].subjectId ? debit[0] : credit[0];
  return event(origin, type, key, recordedAt, data);
}

export function announceAccount(origin: Origin, account: Account, openedAt: string): NewEvent<AccountOpened> {
  return event(origin, ACCOUNT_OPENED, account, openedAt, {
    accountId: account.id,
    code: account.code,
    asset: account.asset,
    normalSide: account.normalSide,
    subjectId: account.subjectId,
    overdraftLimitMinor: account.overdraftLimit.toString(),
    openedAt,
  });
}

function byKind(transfer: Transfer, movement: object): [LedgerEventType, object] {
  switch (transfer.kind) {
    case 'transfer':
    case 'reverse':
      return [ENTRY_POSTED, { ...movement, kind: 'transfer', holdId: null, releasedMinor: '0' }];
    case 'settle': {
      const releasedMinor = ((transfer.held ?? transfer.amount) - transfer.amount).toString();
      return [ENTRY_POSTED, { ...movement, kind: 'settle', holdId: transfer.holdId, releasedMinor }];
    }
    case 'hold':
      return [HOLD_PLACED, { ...movement, expiresAt: transfer.expiresAt === null ? null : new Date(transfer.expiresAt).toISOString() }];
    case 'release':
      return [HOLD_RELEASED, { ...movement, holdId: transfer.holdId, reason: transfer.reason }];
  }
}

function event<T>(origin: Origin, type: LedgerEventType, key: Account, time: string, data: T): NewEvent<T> {
  const { tenantId, actor, traceparent } = origin;
  return { id: newId(), type, tenantId, key: key.id, subjectId: key.subjectId, actor, time, traceparent: traceparent ?? null, data };
}

function party(account: Account, entry: Entry): Party {
  return {
    accountId: account.id,
    code: account.code,
    normalSide: account.normalSide,
    subjectId: account.subjectId,
    postedMinor: posted(account, entry.after).toString(),
    heldMinor: held(account, entry.after).toString(),
    availableMinor: available(account, entry.after).toString(),
  };
}
