import type { Static } from 'typebox';
import type { Booking, Settlement, Title } from './contract-titles.ts';
import { type Charges, cashOf, daysLate } from './domain/charges.ts';
import { openMinor, statusOn } from './domain/status.ts';
import type { TitleSet } from './events.ts';
import type { BookingRecord } from './store/bookings.ts';
import type { SettlementRecord } from './store/settlements.ts';
import type { TitleRecord } from './store/titles.ts';

/** A title as it is on a day. */
export function showTitle(title: TitleRecord, today: string): Title {
  const { id, kind, description, dueOn, competenceOn, categoryId, placeId, counterpartyId, document, terms, version } = title;
  const status = statusOn(today, title);
  return {
    ...{ id, kind, status, description, dueOn, competenceOn, categoryId, placeId, counterpartyId, document, terms, version },
    amountMinor: title.amountMinor.toString(),
    settledMinor: title.settledMinor.toString(),
    openMinor: openMinor(title).toString(),
    daysLate: status === 'overdue' ? daysLate(dueOn, today) : 0,
    rule: title.ruleId === null ? null : { ruleId: title.ruleId, n: title.n! },
    plan: title.planId === null ? null : { planId: title.planId, nth: title.nth!, count: title.planCount! },
  };
}

export const showCharges = (principalMinor: bigint, charges: Charges) => ({
  principalMinor: principalMinor.toString(),
  fineMinor: charges.fineMinor.toString(),
  interestMinor: charges.interestMinor.toString(),
  discountMinor: charges.discountMinor.toString(),
  cashMinor: cashOf(principalMinor, charges).toString(),
});

export function showSettlement(one: SettlementRecord): Settlement {
  const { id, status, refusal, paidOn, placeId, method, createdAt } = one;
  return { id, status, refusal, paidOn, placeId, method, createdAt: createdAt.toISOString(), ...showCharges(one.principalMinor, one) };
}

export const showBooking = ({ entryId, purpose, action, state, refusal, bookOn }: BookingRecord): Static<typeof Booking> => ({
  entryId,
  purpose,
  action,
  state,
  refusal,
  bookOn,
});

export function titleSet(title: TitleRecord, change: TitleSet['change'], version: number): TitleSet {
  const { id: titleId, accountId, kind, dueOn, competenceOn, categoryId } = title;
  const amounts = { amountMinor: title.amountMinor.toString(), openMinor: openMinor(title).toString() };
  return { titleId, accountId, kind, change, ...amounts, dueOn, competenceOn, categoryId, version };
}
