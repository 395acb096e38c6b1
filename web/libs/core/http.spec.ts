import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { bffInterceptor } from './http';
import { Session } from './session';

function setup() {
  TestBed.configureTestingModule({ providers: [provideHttpClient(withInterceptors([bffInterceptor])), provideHttpClientTesting()] });
  const session = TestBed.inject(Session);
  return { http: TestBed.inject(HttpClient), mock: TestBed.inject(HttpTestingController), session };
}
const answer = (csrfToken: string, expiresAt = new Date(Date.now() + 60_000).toISOString()) => ({
  authenticated: true,
  csrfToken,
  sandbox: true,
  person: { id: 'p', name: 'Ana Lima', firstName: 'Ana', initials: 'AL' },
  expiresAt,
});
const tick = () => new Promise((done) => setTimeout(done));

describe('calls to the BFF', () => {
  it('carry the CSRF token on POST only', async () => {
    const { http, mock, session } = setup();
    void session.load();
    mock.expectOne('/bff/v1/session').flush(answer('t1'));
    await tick();
    http.get('/bff/v1/home').subscribe();
    expect(mock.expectOne('/bff/v1/home').request.headers.has('X-CSRF-Token')).toBe(false);
    http.post('/bff/v1/payments', {}).subscribe();
    expect(mock.expectOne('/bff/v1/payments').request.headers.get('X-CSRF-Token')).toBe('t1');
  });
  it('renew a stale CSRF token once and repeat under the same Idempotency-Key', async () => {
    const { http, mock } = setup();
    http.post('/bff/v1/payments', {}, { headers: { 'Idempotency-Key': 'k' } }).subscribe();
    mock.expectOne('/bff/v1/payments').flush({ code: 'PLATFORM_CSRF' }, { status: 403, statusText: '' });
    mock.expectOne('/bff/v1/session').flush(answer('t2'));
    await tick();
    const again = mock.expectOne('/bff/v1/payments');
    expect([again.request.headers.get('X-CSRF-Token'), again.request.headers.get('Idempotency-Key')]).toEqual(['t2', 'k']);
    again.flush({});
  });
  it('send an ended session to the log-in, but not a failed log-in', () => {
    const { http, mock, session } = setup();
    const expire = vi.spyOn(session, 'expire').mockReturnValue();
    http.post('/entrar/u/login', {}).subscribe({ error: () => undefined });
    mock.expectOne('/entrar/u/login').flush({ code: 'IDENTITY_BAD_CREDENTIALS' }, { status: 401, statusText: '' });
    expect(expire).not.toHaveBeenCalled();
    http.get('/bff/v1/home').subscribe({ error: () => undefined });
    mock.expectOne('/bff/v1/home').flush({ code: 'BFF_SESSION_REVOKED' }, { status: 401, statusText: '' });
    expect(expire).toHaveBeenCalledExactlyOnceWith('revoked');
  });
  it('let the end of the session slide with use', async () => {
    const { http, mock, session } = setup();
    void session.load();
    const told = new Date(Date.now() + 60_000).toISOString();
    mock.expectOne('/bff/v1/session').flush(answer('t', told));
    await tick();
    expect(session.expiresAt()).toBe(Date.parse(told));
    await new Promise((done) => setTimeout(done, 15));
    http.get('/bff/v1/home').subscribe();
    mock.expectOne('/bff/v1/home').flush({});
    expect(session.expiresAt()).toBeGreaterThan(Date.parse(told));
  });
});
