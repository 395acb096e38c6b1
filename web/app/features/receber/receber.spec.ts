import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { Subject } from 'rxjs';
import type { LiveEvent } from '#core/live/live';
import { Live } from '#core/live/live';
import { Bff } from '../../money/bff';
import type { Comprovante } from '../../money/contract';
import { Receber } from './receber';

const party = (name: string) => ({ name, taxIdMasked: '', bankName: '', ispb: null, branch: null, account: null });
const arrival = (id: string, txid: string | null): Comprovante => ({
  id,
  direction: 'in',
  amountMinor: '1990',
  at: '2026-01-01T00:00:00Z',
  payer: party('Caio'),
  payee: party('Rosa'),
  description: null,
  endToEndId: 'E1',
  txid,
  returnOf: null,
});

describe('Receber', () => {
  const events = new Subject<LiveEvent>();
  const asked: object[] = [];
  let known: Record<string, Comprovante> = {};
  let fixture: ReturnType<typeof TestBed.createComponent<Receber>>;
  const one = (id: string): HTMLElement | null => fixture.nativeElement.querySelector(`[data-testid="${id}"]`);
  const settle = async (ms = 0): Promise<void> => {
    await new Promise((done) => setTimeout(done, ms));
    await fixture.whenStable();
    fixture.detectChanges();
  };
  const come = async (id: string, status = 'settled'): Promise<void> => {
    events.next({ type: 'payment', id: '1', data: { id, status } } as LiveEvent);
    await settle(5);
  };
  const type = async (amount: string): Promise<void> => {
    const input = one('receive-amount') as HTMLInputElement;
    input.value = amount;
    input.dispatchEvent(new Event('input'));
    await settle(600);
  };

  beforeEach(async () => {
    asked.length = 0;
    known = {};
    const bff = {
      receiveCode: async (q: { amountMinor?: string }) => {
        asked.push(q);
        return {
          code: `000201${asked.length}`,
          txid: `tx${asked.length}`,
          pixKey: 'chave',
          payeeName: 'Rosa',
          amountMinor: q.amountMinor ?? null,
        };
      },
      comprovante: async (id: string) => known[id] ?? Promise.reject(new Error('404')),
    };
    TestBed.configureTestingModule({
      providers: [provideRouter([]), { provide: Bff, useValue: bff }, { provide: Live, useValue: { events, resumed: signal(0) } }],
    });
    fixture = TestBed.createComponent(Receber);
    fixture.detectChanges();
    await settle(20);
  });

  it('shows a code at once, and another for another amount', async () => {
    expect(one('qr')).not.toBeNull();
    await type('R$ 19,90');
    expect(asked).toEqual([{}, { amountMinor: '1990' }]);
    expect((one('receive-code') as HTMLTextAreaElement).value).toBe('0002012');
  });
  it('says paid for the Pix with its own txid alone', async () => {
    await type('R$ 19,90');
    known = { rcv_other: arrival('rcv_other', 'tx1'), rcv_none: arrival('rcv_none', null), rcv_mine: arrival('rcv_mine', 'tx2') };
    for (const id of ['rcv_other', 'rcv_none', 'rcv_unknown', 'pay_mine']) await come(id);
    await come('rcv_mine', 'processing');
    expect(one('receive-paid')).toBeNull();
    await come('rcv_mine');
    expect(one('receive-paid')?.textContent).toContain('Caio');
  });
  it('lists each payer once while the amount is open', async () => {
    known = { rcv_a: arrival('rcv_a', 'tx1'), rcv_b: arrival('rcv_b', 'tx1') };
    for (const id of ['rcv_a', 'rcv_a', 'rcv_b']) await come(id);
    expect(one('receive-paid')).toBeNull();
    expect(fixture.nativeElement.querySelectorAll('.came li').length).toBe(2);
  });
});
