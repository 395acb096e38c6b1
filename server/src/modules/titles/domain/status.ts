import { previousBusinessDay } from '#platform/business-days.ts';
import { addDays } from '#platform/clock.ts';
import { daysLate } from './charges.ts';

export const STATUSES = ['open', 'partly', 'overdue', 'settled', 'cancelled'] as const;
/** As a title is on a day. `overdue`: something of it is open after the last day on which it could be paid without charges, partly settled or not. */
export type Status = (typeof STATUSES)[number];

export type Standing = { amountMinor: bigint; settledMinor: bigint; cancelled: boolean; dueOn: string };

export const openMinor = ({ amountMinor, settledMinor, cancelled }: Standing): bigint => (cancelled ? 0n : amountMinor - settledMinor);

export function statusOn(today: string, title: Standing): Status {
  if (title.cancelled) return 'cancelled';
  if (openMinor(title) === 0n) return 'settled';
  if (daysLate(title.dueOn, today) > 0) return 'overdue';
  return title.settledMinor > 0n ? 'partly' : 'open';
}

/** What is due before that day is late today: what fell due since the last business day may still be paid. */
export const lateBefore = (today: string): string => addDays(previousBusinessDay(addDays(today, -1)), 1);
