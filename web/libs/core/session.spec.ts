import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Session } from './session';

const ANA = {
  authenticated: true,
  csrfToken: 'of the page',
  sandbox: true,
  person: { id: 'p', name: 'Ana </script> Lima', firstName: 'Ana', initials: 'AL' },
  expiresAt: new Date(Date.now() + 60_000).toISOString(),
  lastSignIn: { at: null, failures: 0, blockedAt: null },
};

/** A page that was sent with this, or with nothing. */
function openPage(told?: object): { session: Session; mock: HttpTestingController } {
  if (told) {
    const script = Object.assign(document.createElement('script'), { id: 'session', type: 'application/json' });
    script.textContent = JSON.stringify(told);
    document.head.append(script);
  }
  TestBed.configureTestingModule({ providers: [provideHttpClient(), provideHttpClientTesting()] });
  return { session: TestBed.inject(Session), mock: TestBed.inject(HttpTestingController) };
}

describe('the session', () => {
  beforeEach(() => sessionStorage.clear());

  it('is known from the page, without a call', async () => {
    const { session, mock } = openPage(ANA);
    expect((await session.load()).authenticated).toBe(true);
    expect([session.csrf(), session.person()?.firstName]).toEqual(['of the page', 'Ana']);
    expect(session.expiresAt()).toBe(Date.parse(ANA.expiresAt));
    mock.expectNone('/bff/v1/session');
    expect(document.getElementById('session')).toBeNull();
  });
  it('is asked for once when the page came without it', async () => {
    const { session, mock } = openPage();
    const both = Promise.all([session.load(), session.load()]);
    mock.expectOne('/bff/v1/session').flush(ANA);
    expect((await both).map((one) => one.csrfToken)).toEqual(['of the page', 'of the page']);
  });
  it('tells once why it ended, and nothing that is no reason', () => {
    const { session } = openPage(ANA);
    session.noteEnd('revoked');
    expect([session.takeEnd(), session.takeEnd()]).toEqual(['revoked', null]);
    sessionStorage.setItem('lastro.ended', '<b>');
    expect(session.takeEnd()).toBeNull();
  });
  it('leaves no invitation and no payment in preparation to the next person', () => {
    const { session, mock } = openPage(ANA);
    for (const slot of ['lastro.invitation', 'lastro.pay-draft']) sessionStorage.setItem(slot, 'x');
    void session.logout();
    mock.expectOne('/bff/v1/logout');
    expect(sessionStorage.length).toBe(0);
  });
  it('keeps the invitation for the same person, who logs in again and goes on with it', () => {
    const { session, mock } = openPage(ANA);
    const login = vi.spyOn(session, 'login').mockReturnValue();
    sessionStorage.setItem('lastro.invitation', 'x');
    void session.logInAgain();
    mock.expectOne('/bff/v1/logout').flush(null, { status: 204, statusText: '' });
    expect(sessionStorage.getItem('lastro.invitation')).toBe('x');
    return vi.waitFor(() => expect(login).toHaveBeenCalledWith('sign-in', '/convite'));
  });
});
