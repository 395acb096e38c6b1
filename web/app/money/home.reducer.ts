import type { LiveEvent } from '#core/live/live';
import type { Day, Home } from './contract';

/** True if `id` comes after `last`. Ids are log positions; one that is no number cannot be compared and is taken as new. */
export function isNewer(id: string, last: string): boolean {
  if (!id || !last) return true;
  if (/^\d+$/.test(id) && /^\d+$/.test(last)) return BigInt(id) > BigInt(last);
  return id !== last;
}

function withDay(days: Day[], day: Day): Day[] {
  const at = days.findIndex((d) => d.date === day.date);
  if (at >= 0) return days.map((d, i) => (i === at ? day : d));
  return [...days, day].sort((a, b) => a.date.localeCompare(b.date)).slice(-30);
}

/** Whether the event tells of money that this home does not show yet: then its list of recent lines is old. */
export function moves(home: Home, e: LiveEvent): boolean {
  if (e.type !== 'balance') return e.type === 'payment' || e.type === 'devolucao';
  const { balance } = home;
  return e.data.postedMinor !== balance.postedMinor || e.data.heldMinor !== balance.heldMinor;
}

/** The home screen after one live event; the same object comes back when the event changes nothing here. */
export function applyEvent(home: Home, e: LiveEvent, nowIso: string): Home {
  if (e.type === 'balance') return { ...home, balance: { ...home.balance, ...e.data, asOf: nowIso } };
  if (e.type === 'day') {
    const { updatedAt, date, openingMinor, inMinor, outMinor, netMinor, closingMinor } = e.data;
    const day = { date, openingMinor, inMinor, outMinor, netMinor, closingMinor };
    const days = withDay(home.days, day);
    // A late event about yesterday must not replace today's figures.
    if (day.date < home.today.date) return { ...home, days };
    return { ...home, days, today: { ...day, updatedAt, pending: false, lagMs: 0 } };
  }
  if (e.type === 'payment') {
    const status = e.data.status === 'settled' ? 'done' : e.data.status === 'failed' || e.data.status === 'declined' ? 'failed' : 'pending';
    if (!home.recent.some((l) => l.paymentId === e.data.id && l.status !== status)) return home;
    return { ...home, recent: home.recent.map((l) => (l.paymentId === e.data.id ? { ...l, status } : l)) };
  }
  return home;
}
