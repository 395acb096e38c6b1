import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { bffInterceptor } from '../../core/http';
import { Pagar } from './pagar';

const QUOTE = {
  kind: 'static',
  payee: { name: 'Fulano de Tal', taxIdMasked: '***', bankName: 'Banco', keyMasked: null, city: null },
  amountMinor: null,
  amountEditable: true,
  txid: null,
  description: null,
  expiresAt: null,
  quoteId: 'quo_1',
};

async function setup() {
  sessionStorage.clear();
  TestBed.configureTestingModule({
    providers: [provideHttpClient(withInterceptors([bffInterceptor])), provideHttpClientTesting(), provideRouter([])],
  });
  const http = TestBed.inject(HttpTestingController);
  const fixture = TestBed.createComponent(Pagar);
  const el = fixture.nativeElement as HTMLElement;
  // An answer passes through several promises before the screen follows.
  const settle = async () => {
    await new Promise((done) => setTimeout(done));
    await fixture.whenStable();
  };
  const tid = <T extends HTMLElement>(id: string) => el.querySelector<T>(`[data-testid="${id}"]`)!;
  const type = async (id: string, value: string) => {
    const input = tid<HTMLInputElement>(id);
    input.value = value;
    input.dispatchEvent(new Event('input'));
    await settle();
  };
  const click = async (id: string) => {
    tid(id).click();
    await settle();
  };
  await settle();
  return { http, settle, el, tid, type, click };
}
async function upToReview() {
  const s = await setup();
  await s.type('br-code', '00020126 qualquer');
  await s.click('decode');
  s.http.expectOne('/bff/v1/pix/decode').flush(QUOTE);
  await s.settle();
  await s.type('amount', 'R$ 25,90');
  return s;
}

describe('pay', () => {
  it('shows the words for a broken code and calls nothing else', async () => {
    const s = await setup();
    await s.type('br-code', '000201xx');
    await s.click('decode');
    s.http.expectOne('/bff/v1/pix/decode').flush({ code: 'PIX_BR_CODE_BAD_CRC' }, { status: 422, statusText: '' });
    await s.settle();
    expect(s.tid('problem').textContent).toContain('O código está incompleto ou foi alterado');
  });
  it('does not ask the server about an empty field', async () => {
    const s = await setup();
    await s.click('decode');
    s.http.expectNone('/bff/v1/pix/decode');
    expect(s.tid('problem').textContent).toContain('Cole um código');
  });
  it('repeats a payment without an answer under the same key, then opens it', async () => {
    const s = await upToReview();
    const go = vi.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    await s.click('confirm');
    const first = s.http.expectOne('/bff/v1/payments');
    expect(first.request.body).toEqual({ quoteId: 'quo_1', amountMinor: '2590' });
    const key = first.request.headers.get('Idempotency-Key');
    first.flush(null, { status: 504, statusText: '' });
    await s.settle();
    expect(go).not.toHaveBeenCalled();
    await s.click('check-lost');
    const second = s.http.expectOne('/bff/v1/payments');
    expect(second.request.headers.get('Idempotency-Key')).toBe(key);
    second.flush({ id: 'pay_1' });
    await s.settle();
    expect(go).toHaveBeenCalledWith(['/pagar', 'pay_1'], { replaceUrl: true });
    expect(sessionStorage.getItem('lastro.pending-payment')).toBeNull();
  });
  it('takes a new key when the amount is edited, and ignores a double click', async () => {
    const s = await upToReview();
    s.tid('confirm').click();
    s.tid('confirm').click();
    await s.settle();
    const first = s.http.expectOne('/bff/v1/payments');
    first.flush({ code: 'PAYMENTS_LIMIT' }, { status: 422, statusText: '' });
    await s.settle();
    await s.type('amount', 'R$ 20,00');
    await s.click('confirm');
    const second = s.http.expectOne('/bff/v1/payments');
    expect(second.request.body.amountMinor).toBe('2000');
    expect(second.request.headers.get('Idempotency-Key')).not.toBe(first.request.headers.get('Idempotency-Key'));
  });
  it('does not send an amount of zero', async () => {
    const s = await upToReview();
    await s.type('amount', '');
    await s.click('confirm');
    s.http.expectNone('/bff/v1/payments');
    expect(s.el.querySelector('mat-error')?.textContent).toContain('maior que zero');
  });
});
