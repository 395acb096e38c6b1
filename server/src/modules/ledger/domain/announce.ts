import type { NewEvent } from '#platform/bus/bus.ts';
import type { Actor } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import {
  ACCOUNT_CHANGED,
  ACCOUNT_OPENED,
  type AccountChanged,
  type AccountOpened,
  ENTRY_POSTED,
  HOLD_PLACED,
  HOLD_RELEASED,
  type LedgerEventType,
  type Party,
  PERIOD_CLOSED,
  type PeriodClosed,
} from '../events.ts';
import { available, held, posted } from './balance.ts';
import type { Account, Entry, Transfer } from './model.ts';
import type { Directed } from './workspace.ts';

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
    blockId: transfer.blockId,
  };
  const [type, data] = byKind(transfer, movement);
  const key = debit[0].subjectId ? debit[0] : credit[0];
  return event(origin, type, key, recordedAt, data);
}

/** The event of an account's new state or limit, or of a period's close. */
export function announceDirective(origin: Origin, { directive, after }: Directed): NewEvent {
  const { seq, blockId } = directive;
  const recordedAt = new Date(directive.recordedAt).toISOString();
  if (!after) {
    const data: PeriodClosed = { seq, until: directive.until!, recordedAt };
    return { ...envelope(origin, PERIOD_CLOSED, recordedAt), key: origin.tenantId, subjectId: null, data };
  }
  const { account, standing } = after;
  return event(origin, ACCOUNT_CHANGED, account, recordedAt, {
    accountId: account.id,
    code: account.code,
    asset: account.asset,
    subjectId: account.subjectId,
    seq,
    // Version 1 knows no account that is blocked both ways: to its readers it lets nothing out.
    state: standing === 'blocked' ? 'frozen' : standing,
    standing,
    overdraftLimitMinor: account.overdraftLimit.toString(),
    reason: directive.reason!,
    blockId,
    recordedAt,
  } satisfies AccountChanged);
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
      // To whoever follows balances a reversal is one more movement, which names what it takes back.
      return [
        ENTRY_POSTED,
        { ...movement, kind: 'transfer', holdId: null, releasedMinor: '0', remainingMinor: '0', reverses: transfer.reverses },
      ];
    case 'settle': {
      const releasedMinor = ((transfer.held ?? transfer.amount) - transfer.amount).toString();
      const remainingMinor = (transfer.remaining ?? 0n).toString();
      return [ENTRY_POSTED, { ...movement, kind: 'settle', holdId: transfer.holdId, releasedMinor, remainingMinor, reverses: null }];
    }
    case 'hold': {
      const expiresAt = transfer.expiresAt === null ? null : new Date(transfer.expiresAt).toISOString();
      return [HOLD_PLACED, { ...movement, expiresAt, purpose: transfer.purpose ?? 'payment' }];
    }
    case 'release':
      return [HOLD_RELEASED, { ...movement, holdId: transfer.holdId, reason: transfer.reason }];
  }
}

function event<T>(origin: Origin, type: LedgerEventType, key: Account, time: string, data: T): NewEvent<T> {
  return { ...envelope(origin, type, time), key: key.id, subjectId: key.subjectId, data };
}

function envelope({ tenantId, actor, traceparent }: Origin, type: LedgerEventType, time: string) {
  return { id: newId(), type, tenantId, actor, time, traceparent: traceparent ?? null };
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
