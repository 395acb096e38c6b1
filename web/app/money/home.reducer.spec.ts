import type { Day, Home, StatementLine } from './contract';
import { applyEvent, isNewer, moves } from './home.reducer';

const day = (date: string, closing = '0'): Day => ({
  date,
  openingMinor: '0',
  inMinor: '0',
  outMinor: '0',
  netMinor: '0',
  closingMinor: closing,
});
const line = (paymentId: string): StatementLine => ({
  id: 'l',
  at: '2026-11-21T12:00:00Z',
  kind: 'pix-out',
  direction: 'out',
  amountMinor: '1',
  balanceAfterMinor: null,
  counterparty: null,
  description: null,
  paymentId,
  comprovanteId: null,
  status: 'pending',
});
const home = (): Home => ({
  account: { status: 'open', branch: '1', number: '2', pixKey: 'k' },
  balance: { availableMinor: '100', postedMinor: '100', heldMinor: '0', currency: 'BRL', asOf: 'then' },
  today: { ...day('2026-11-21'), updatedAt: null, pending: true, lagMs: 900 },
  days: [day('2026-11-20', '5')],
  before: { inMinor: '0', outMinor: '0' },
  recent: [line('pay_1')],
});
const now = '2026-11-21T12:00:01Z';

describe('home after an event', () => {
  it('takes the balance whole', () => {
    const h = applyEvent(home(), { type: 'balance', id: '1', data: { availableMinor: '60', postedMinor: '100', heldMinor: '40' } }, now);
    expect(h.balance).toEqual({ availableMinor: '60', postedMinor: '100', heldMinor: '40', currency: 'BRL', asOf: now });
  });
  it('ends the pending state when the day is projected, and adds the day to the chart', () => {
    const h = applyEvent(home(), { type: 'day', id: '1', data: { ...day('2026-11-21', '70'), updatedAt: now } }, now);
    expect(h.today).toMatchObject({ closingMinor: '70', updatedAt: now, pending: false });
    expect(h.days.map((d) => d.closingMinor)).toEqual(['5', '70']);
  });
  it('lets a late event about yesterday correct the chart, not today', () => {
    const h = applyEvent(home(), { type: 'day', id: '1', data: { ...day('2026-11-20', '9'), updatedAt: now } }, now);
    expect(h.today.pending).toBe(true);
    expect(h.days).toEqual([day('2026-11-20', '9')]);
  });
  it('keeps thirty days', () => {
    const h = { ...home(), days: Array.from({ length: 30 }, (_, i) => day(`2026-10-${String(i + 1).padStart(2, '0')}`)) };
    const after = applyEvent(h, { type: 'day', id: '1', data: { ...day('2026-11-21'), updatedAt: now } }, now);
    expect(after.days).toHaveLength(30);
    expect(after.days[0]!.date).toBe('2026-10-02');
  });
  it.each([
    ['settled', 'done'],
    ['failed', 'failed'],
    ['declined', 'failed'],
    ['unknown', 'pending'],
  ] as const)('shows a payment that is %s as %s', (status, shown) => {
    expect(applyEvent(home(), { type: 'payment', id: '1', data: { id: 'pay_1', status } }, now).recent[0]!.status).toBe(shown);
  });
  it('gives the same object back when nothing here changes', () => {
    const h = home();
    expect(applyEvent(h, { type: 'payment', id: '1', data: { id: 'pay_9', status: 'settled' } }, now)).toBe(h);
  });
  it('tells news of money from what is on screen already', () => {
    const balance = (postedMinor: string, heldMinor: string) =>
      ({ type: 'balance', id: '', data: { availableMinor: '100', postedMinor, heldMinor } }) as const;
    expect(moves(home(), balance('100', '0'))).toBe(false);
    expect(moves(home(), balance('100', '1'))).toBe(true);
    expect(moves(home(), { type: 'payment', id: '2', data: { id: 'rcv_1', status: 'settled' } })).toBe(true);
  });
  it('orders events by log position, beyond what a float can tell apart', () => {
    expect(isNewer('10', '9')).toBe(true);
    expect(isNewer('9', '9')).toBe(false);
    expect(isNewer('9007199254740993', '9007199254740992')).toBe(true);
    expect(isNewer('', '9')).toBe(true);
  });
});
