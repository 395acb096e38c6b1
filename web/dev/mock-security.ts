/** How Helena logs in, for the page Segurança: an app of codes, a passkey, two sessions. Nothing here changes. */
const at = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString();

export const SECURITY: Readonly<Record<string, () => unknown>> = {
  '/bff/v1/identity/security': () => ({
    passwordChangedAt: at(40),
    email: { masked: 'h…@exemplo.com.br', verified: false },
    totpSince: at(12),
    passkeys: [{ id: 'pky_1', kind: 'passkey', backedUp: true, createdAt: at(5), lastUsedAt: at(1) }],
    recoveryCodesLeft: 9,
    lock: null,
    mustAddFactor: false,
    notes: [
      { kind: 'passkey-added', at: at(5) },
      { kind: 'totp-added', at: at(12) },
    ],
  }),
  '/bff/v1/sessions': () => ({
    sessions: [
      {
        id: 'ses_1',
        current: true,
        browser: 'Firefox',
        system: 'Linux',
        kind: 'computer',
        address: '203.0.113.7',
        createdAt: at(0.1),
        lastSeenAt: at(0),
      },
      {
        id: 'ses_2',
        current: false,
        browser: 'Safari',
        system: 'iOS',
        kind: 'phone',
        address: '2001:db8::7',
        createdAt: at(0.3),
        lastSeenAt: at(0.2),
      },
    ],
  }),
};
