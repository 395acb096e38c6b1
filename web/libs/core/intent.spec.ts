import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { TimeoutError } from 'rxjs';
import { IntentKey, PendingPayment } from './intent';
import { isAmbiguous, toProblem } from './problem';
import { BROWSER_STORAGE, type TextStore } from './storage';

function memory(): TextStore {
  const m = new Map<string, string>();
  return {
    get: (k) => m.get(k) ?? null,
    set: (k, v) => void m.set(k, v),
    remove: (k) => void m.delete(k),
    keys: (p) => [...m.keys()].filter((k) => k.startsWith(p)),
  };
}

describe('Idempotency-Key of a payment', () => {
  const count = () => {
    let n = 0;
    return new IntentKey(() => `key-${++n}`);
  };
  it('is the same on each retry, and new once anything is edited', () => {
    const intent = count();
    expect(intent.keyFor({ quoteId: 'q', amountMinor: '100' })).toBe('key-1');
    expect(intent.keyFor({ quoteId: 'q', amountMinor: '100' })).toBe('key-1');
    expect(intent.keyFor({ quoteId: 'q', amountMinor: '101' })).toBe('key-2');
    expect(intent.keyFor({ quoteId: 'q', amountMinor: '101', description: 'oi' })).toBe('key-3');
  });
  it('is new for the same content after a definitive answer', () => {
    const intent = count();
    intent.keyFor('a');
    intent.renew();
    expect(intent.keyFor('a')).toBe('key-2');
  });
});

describe('a payment without an answer', () => {
  const pending = () => {
    TestBed.configureTestingModule({ providers: [{ provide: BROWSER_STORAGE, useValue: { local: memory(), session: memory() } }] });
    return TestBed.inject(PendingPayment);
  };
  const wish = { key: 'k', body: { amountMinor: '1' }, payee: 'Ana', owner: 'per_1', since: '2026-11-21T12:00:00Z' };
  it('is found again by its owner, until it is answered', () => {
    const p = pending();
    p.save(wish);
    expect(p.read('per_1')).toEqual(wish);
    p.clear();
    expect(p.read('per_1')).toBeNull();
  });
  it('is never offered to somebody else on the same computer', () => {
    const p = pending();
    p.save(wish);
    expect(p.read('per_2')).toBeNull();
    expect(p.read('per_1')).toBeNull();
  });
});

describe('whether money may have moved', () => {
  const http = (status: number, error: unknown = null) => toProblem(new HttpErrorResponse({ status, error }));
  it('is open when no clear answer came', () => {
    for (const p of [http(0), http(500), http(504), http(409, { code: 'IDEMPOTENCY_IN_PROGRESS' }), toProblem(new TimeoutError())])
      expect(isAmbiguous(p)).toBe(true);
  });
  it('is settled by a refusal', () => {
    for (const p of [
      http(422, { code: 'PAYMENTS_QUOTE_EXPIRED' }),
      http(409, { code: 'IDEMPOTENCY_KEY_REUSED' }),
      ...[400, 401, 403, 404, 410, 429].map((status) => http(status)),
    ])
      expect(isAmbiguous(p)).toBe(false);
  });
  it('reads field errors as list or map, and Retry-After', () => {
    expect(http(422, { code: 'X', errors: [{ path: '/body/cpf', message: 'ruim' }] }).fields).toEqual({ cpf: 'ruim' });
    expect(http(422, { code: 'X', errors: { email: ['ruim'] } }).fields).toEqual({ email: 'ruim' });
    expect(toProblem(new HttpErrorResponse({ status: 429, headers: new HttpHeaders({ 'retry-after': '12' }) })).retryAfterS).toBe(12);
  });
});
