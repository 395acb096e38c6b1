import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { bffInterceptor } from '#core/http';
import { Session } from '#core/session';
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

async function setup({ keep = false, person = 'per_1' } = {}) {
  if (!keep) sessionStorage.clear();
  sessionStorage.setItem('lastro.resume', '1');
  TestBed.configureTestingModule({
    providers: [provideHttpClient(withInterceptors([bffInterceptor])), provideHttpClientTesting(), provideRouter([])],
  });
  const http = TestBed.inject(HttpTestingController);
  const known = TestBed.inject(Session).load();
  const expiresAt = new Date(Date.now() + 600_000).toISOString();
  http.expectOne('/bff/v1/session').flush({ authenticated: true, csrfToken: 't', sandbox: true, person: { id: person }, expiresAt });
  await known;
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
/** As the browser does it: what is kept stays, and nothing of the app is told. */
async function reload(person = 'per_1') {
  const kept = sessionStorage.getItem('lastro.pay-draft');
  TestBed.resetTestingModule();
  if (kept) sessionStorage.setItem('lastro.pay-draft', kept);
  return setup({ keep: true, person });
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
  it('asks by its key what became of a payment without an answer, names it, and never sends it again', async () => {
    const s = await upToReview();
    const go = vi.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    await s.click('confirm');
    const first = s.http.expectOne('/bff/v1/payments');
    expect(first.request.body).toEqual({ quoteId: 'quo_1', amountMinor: '2590' });
    const key = first.request.headers.get('Idempotency-Key');
    first.flush(null, { status: 504, statusText: '' });
    await s.settle();
    expect(go).not.toHaveBeenCalled();
    expect(s.tid('payment-lost').textContent!.replaceAll('\u00a0', ' ')).toMatch(/R\$ 25,90 para Fulano de Tal/);
    expect(s.tid<HTMLButtonElement>('confirm').getAttribute('aria-disabled')).toBe('true');
    await s.click('confirm');
    s.http.expectNone('/bff/v1/payments');
    await s.click('check-lost');
    s.http.expectOne({ method: 'GET', url: `/bff/v1/payments/by-key/${key}` }).flush({ id: 'pay_1' });
    await s.settle();
    expect(go).toHaveBeenCalledWith(['/pagar', 'pay_1'], { replaceUrl: true });
    expect(sessionStorage.getItem('lastro.pending-payment')).toBeNull();
    s.http.expectNone('/bff/v1/payments');
  });
  it('says that a payment was not made, first after it could still have come, and lets the notice go', async () => {
    const s = await upToReview();
    await s.click('confirm');
    s.http.expectOne('/bff/v1/payments').error(new ProgressEvent('error'));
    await s.settle();
    const ask = async () => {
      await s.click('check-lost');
      s.http
        .expectOne((r) => r.method === 'GET' && r.url.startsWith('/bff/v1/payments/by-key/'))
        .flush({ code: 'PAYMENTS_NOT_FOUND' }, { status: 404, statusText: '' });
      await s.settle();
      return s.tid('payment-lost').dataset.found;
    };
    expect(await ask()).toBe('not-yet');
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 120_000);
    expect(await ask()).toBe('none');
    expect(s.tid('payment-lost').textContent).toContain('não foi feito');
    await s.click('discard-lost');
    expect(s.tid('payment-lost')).toBeNull();
    expect(sessionStorage.getItem('lastro.pending-payment')).toBeNull();
    vi.restoreAllMocks();
  });
  it('asks for the proof on the same page, and sends the same request under the same key once it was given', async () => {
    const s = await upToReview();
    const go = vi.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    await s.click('confirm');
    const first = s.http.expectOne('/bff/v1/payments');
    const stepUp = { binding: 'ab', acr: 'aal1', maxAgeS: 300, ways: ['password'], reasons: ['new-payee'] };
    first.flush({ code: 'PAYMENTS_PROOF_NEEDED', stepUp }, { status: 403, statusText: '' });
    await s.settle();
    expect(s.tid('problem')).toBeNull();
    expect(s.tid('proof-what').textContent!.replaceAll('\u00a0', ' ')).toContain('Pagar R$ 25,90 para Fulano de Tal');
    expect(sessionStorage.getItem('lastro.pending-payment')).toBeNull();
    await s.type('payment-proof', 'errada');
    await s.click('prove-payment');
    s.http.expectOne('/bff/v1/identity/payment-proof').flush({ code: 'IDENTITY_PROOF_REFUSED' }, { status: 403, statusText: '' });
    await s.settle();
    s.http.expectNone('/bff/v1/payments');
    await s.type('payment-proof', 'nove cavalos azuis');
    await s.click('prove-payment');
    const proof = s.http.expectOne('/bff/v1/identity/payment-proof');
    expect(proof.request.body).toEqual({ binding: 'ab', proof: { password: 'nove cavalos azuis' } });
    proof.flush(null, { status: 204, statusText: '' });
    await s.settle();
    const again = s.http.expectOne('/bff/v1/payments');
    expect([again.request.body, again.request.headers.get('Idempotency-Key')]).toEqual([
      first.request.body,
      first.request.headers.get('Idempotency-Key'),
    ]);
    again.flush({ id: 'pay_1' });
    await s.settle();
    expect(go).toHaveBeenCalledWith(['/pagar', 'pay_1'], { replaceUrl: true });
  });
  it.each([400, 401, 403, 404, 409, 410, 422, 429])('takes %d as an answer: nothing is left without one', async (status) => {
    const s = await upToReview();
    vi.spyOn(TestBed.inject(Session), 'expire').mockReturnValue();
    await s.click('confirm');
    s.http.expectOne('/bff/v1/payments').flush({ code: 'X' }, { status, statusText: '' });
    await s.settle();
    expect(s.tid('payment-lost')).toBeNull();
    expect(sessionStorage.getItem('lastro.pending-payment')).toBeNull();
  });
  it('offline it says why nothing happens, and nothing is sent or left open', async () => {
    const s = await upToReview();
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    await s.click('confirm');
    s.http.expectNone('/bff/v1/payments');
    expect(s.tid('problem').textContent).toContain('não foi enviado');
    expect(sessionStorage.getItem('lastro.pending-payment')).toBeNull();
    vi.restoreAllMocks();
  });
  it('keeps what was prepared over a reload, for the same person, as long as the quote is good', async () => {
    const first = await upToReview();
    await first.type('note', 'Almoço');
    const again = await reload();
    expect(again.tid<HTMLInputElement>('amount').value).toBe('R$ 25,90');
    expect(again.tid<HTMLInputElement>('note').value).toBe('Almoço');
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 600_000);
    const later = await reload();
    expect(later.tid<HTMLTextAreaElement>('br-code').value).toBe('00020126 qualquer');
    vi.restoreAllMocks();
    const other = await reload('per_2');
    expect(other.tid<HTMLTextAreaElement>('br-code').value).toBe('');
  });
  it('reads an amount that comes whole as it is written, and refuses what it cannot read', async () => {
    const s = await upToReview();
    const shown = async (text: string) => {
      await s.type('amount', text);
      return s.tid<HTMLInputElement>('amount').value;
    };
    expect(await shown('100')).toBe('R$ 100,00');
    expect(await shown('R$ 1.000')).toBe('R$ 1.000,00');
    expect(await shown('-50,00')).toBe('R$ 1.000,00');
    expect(s.tid('amount-refused').textContent).toContain('negativo');
    expect(await shown('1,000.50')).toBe('R$ 1.000,00');
    expect(s.tid('amount-refused').textContent).toContain('1,000.50');
    expect(await shown('50,5')).toBe('R$ 50,50');
    expect(s.tid('amount-refused')).toBeNull();
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
