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
  '/bff/v1/privacy': () => ({
    kept: [
      { module: 'identity', part: 'registration', title: { pt: 'Cadastro', en: 'Registration' } },
      { module: 'payments', part: 'payments', title: { pt: 'Pagamentos', en: 'Payments' } },
      { module: 'payments', part: 'receipts', title: { pt: 'Recebimentos', en: 'Receipts' } },
      {
        module: 'risk',
        part: 'decisions',
        title: { pt: 'Decisões automáticas sobre seus pagamentos', en: 'Automated decisions about your payments' },
      },
      { module: 'audit', part: 'records', title: { pt: 'O que ficou registrado sobre você', en: 'What is on record about you' } },
    ],
    exports: [
      {
        id: '0192f000-0000-7000-8000-0000000000e1',
        askedAt: at(1),
        readyAt: at(1),
        expiresAt: at(-6),
        jsonBytes: 48_210,
        pdfBytes: 91_004,
      },
    ],
    erasure: null,
    obstacles: [
      {
        code: 'PAYMENTS_BALANCE',
        pt: 'Ainda há dinheiro nas suas contas, ou saldo a acertar. Deixe-as em zero antes.',
        en: 'There is still money on your accounts, or a balance to settle. Bring them to zero first.',
      },
    ],
    stays: [
      {
        code: 'REGISTRATION',
        pt: 'Quem você é (nome, CPF, e-mail): prevenção à lavagem de dinheiro.',
        en: 'Who you are (name, CPF, e-mail): prevention of money laundering.',
        law: 'Lei 9.613/1998, art. 10; Circular BCB 3.978/2020, art. 67',
        years: 10,
      },
    ],
    consents: [
      {
        purpose: 'news',
        version: 1,
        title: { pt: 'Novidades por e-mail', en: 'News by e-mail' },
        text: {
          pt: 'Quero receber por e-mail novidades e ofertas desta instituição. Posso parar quando quiser, aqui mesmo.',
          en: 'I want to receive news and offers of this institution by e-mail. I can stop it here whenever I want.',
        },
        given: true,
        at: at(3),
      },
      {
        purpose: 'fraud-sharing',
        version: 1,
        title: { pt: 'Troca de indícios de fraude', en: 'Sharing signs of fraud' },
        text: {
          pt: 'Autorizo o registro e a troca, entre instituições, de dados sobre indícios de fraude que me envolvam, como prevê a Resolução Conjunta nº 6/2023.',
          en: 'I agree that data about signs of fraud that involve me are recorded and shared among institutions, as Joint Resolution 6/2023 provides.',
        },
        given: false,
        at: null,
      },
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
