import { addDays, businessDate, startOfDay } from '#platform/clock.ts';
import { instantMs } from '#platform/dates.ts';
import type { DevolucaoRecord, DevolucaoStatus } from '../store/devolucoes.ts';

/** A Pix is given back within so many days of its credit, that day not counted (Regulamento do Pix, art. 41). */
export const DAYS_TO_GIVE_BACK = 90;

/** What people see. What is booked a moment later, or waits for the provider, is `processing` or `unknown`; `stuck` is for people here. */
export type ShownDevolucao = 'processing' | 'unknown' | 'stuck' | 'settled' | 'failed' | 'declined';
const SHOWN: Readonly<Record<DevolucaoStatus, ShownDevolucao>> = {
  created: 'processing',
  held: 'processing',
  executed: 'processing',
  rejected: 'processing',
  unknown: 'unknown',
  stuck: 'stuck',
  unbooked: 'stuck',
  settled: 'settled',
  failed: 'failed',
  declined: 'declined',
};
export const shownStatus = (status: DevolucaoStatus): ShownDevolucao => SHOWN[status];

/** Those that gave nothing back. */
export const cameToNothing = (status: DevolucaoStatus): boolean => status === 'failed' || status === 'declined';

/** The instant from which a Pix credited then is not given back any more: the end of the last day, in São Paulo. */
export const lastInstant = (creditedAtMs: number): number =>
  instantMs(startOfDay(addDays(businessDate(creditedAtMs), DAYS_TO_GIVE_BACK + 1)));

/** What of a Pix may still be given back. What is under way counts as given back until it is known that it was not. */
export function leftOf(amountMinor: bigint, devolucoes: readonly Pick<DevolucaoRecord, 'status' | 'amountMinor'>[]): bigint {
  const taken = devolucoes.reduce((sum, one) => (cameToNothing(one.status) ? sum : sum + one.amountMinor), 0n);
  return taken > amountMinor ? 0n : amountMinor - taken;
}
