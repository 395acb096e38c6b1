import { randomUUID } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { defineErrors } from '#platform/errors.ts';
import { localFace } from '#platform/face/call.ts';
import type { ModuleInstance } from '#platform/module.ts';
import { MODULES, scopesOf } from '../../src/module-list.ts';
import { createBff } from '../../src/modules/bff/index.ts';
import { cashflowScreens } from '../../src/modules/cashflow/bff.ts';
import type { CashflowFace } from '../../src/modules/cashflow/index.ts';
import { securityScreens } from '../../src/modules/identity/bff.ts';
import { identityDesk } from '../../src/modules/identity/desk.ts';
import { identityContract } from '../../src/modules/identity/index.ts';
import type { StatementLine } from '../../src/modules/payments/bff/contract.ts';
import { type PaymentsPort, paymentScreens } from '../../src/modules/payments/bff/screens.ts';
import { COMPROVANTE } from './comprovante.ts';
import type { CookieClient } from './cookie-client.ts';
import { type IdentityServer, MARIA, OWN_PAGE, PASSWORD, startIdentityServer } from './identity-server.ts';

export const ACCOUNT = '0192f000-0000-7000-8000-00000000acc0';
const refuse = defineErrors({
  PAYMENTS_NOT_FOUND: {
    status: 404,
    title: 'Pagamento não encontrado',
    action: 'Confira.',
    en: { title: 'Payment not found', action: 'Check.' },
  },
});

export type Fakes = {
  payments: PaymentsPort;
  cashflow: Pick<CashflowFace, 'getDays'>;
  /** Every call of a face: name, context and input. */
  calls: { name: string; ctx: CallContext; input: unknown }[];
  balanceMinor: string;
  cashflowDown: boolean;
  /** Pages of the statement; a cursor is the number of one. */
  statement: { lines: StatementLine[]; next: string | null }[];
};

/** Payments and cashflow as screens see them, with one person's account and no money moving. */
export function createFakes(): Fakes {
  const calls: Fakes['calls'] = [];
  const noted =
    <I, O>(name: string, answer: (input: I, ctx: CallContext) => O) =>
    async (ctx: CallContext, input: I): Promise<O> => {
      calls.push({ name, ctx, input });
      return answer(input, ctx);
    };
  const payment = {
    id: 'pay_01j0000000000000000000000a',
    status: 'processing' as const,
    amountMinor: '1050',
    payee: { name: 'Padaria', taxIdMasked: '***', bankName: 'Banco' },
    description: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    settledAt: null,
    endToEndId: null,
    reasons: [],
    steps: [],
  };
  const devolucao = {
    id: 'dev_01j0000000000000000000000a',
    receiptId: 'rcv_01j0000000000000000000000a',
    status: 'processing' as const,
    amountMinor: '1050',
    returnId: 'D12345678202601020230abcdefghijk',
    createdAt: '2026-01-01T00:00:00.000Z',
    settledAt: null,
    reasons: [],
  };
  const fakes: Fakes = {
    calls,
    balanceMinor: '10000',
    cashflowDown: false,
    statement: [],
    payments: {
      getAccount: noted('getAccount', () => ({
        status: 'open',
        ledgerAccountId: ACCOUNT,
        branch: '0001',
        ispb: '12345678',
        number: '12345-6',
        pixKey: 'chave',
      })),
      getBalance: noted('getBalance', () => ({
        availableMinor: fakes.balanceMinor,
        postedMinor: fakes.balanceMinor,
        heldMinor: '0',
        currency: 'BRL',
        asOf: '2026-01-01T00:00:00.000Z',
      })),
      getStatement: noted(
        'getStatement',
        ({ cursor }: { cursor?: string }) => fakes.statement[Number(cursor ?? 0)] ?? { lines: [], next: null },
      ),
      getComprovante: noted('getComprovante', ({ id }: { id: string }) => {
        if (id !== COMPROVANTE.id) throw refuse('PAYMENTS_NOT_FOUND');
        return COMPROVANTE;
      }),
      getReceiveCode: noted('getReceiveCode', ({ amountMinor }: { amountMinor?: string }) => ({
        code: '000201',
        txid: 'a1',
        pixKey: 'chave',
        payeeName: 'Maria',
        amountMinor: amountMinor ?? null,
      })),
      decode: noted('decode', () => ({
        kind: 'static',
        payee: { name: 'Padaria', taxIdMasked: '***', bankName: 'Banco', keyMasked: null, city: null },
        amountMinor: null,
        amountEditable: true,
        txid: null,
        description: null,
        expiresAt: null,
        quoteId: 'quo_1',
      })),
      createPayment: noted('createPayment', () => ({ status: 201, replayed: false, payment })),
      getReceived: noted('getReceived', () => ({
        id: devolucao.receiptId,
        amountMinor: '1050',
        creditedAt: '2026-01-01T00:00:00.000Z',
        endToEndId: COMPROVANTE.endToEndId,
        payerName: 'Maria',
        leftMinor: '1050',
        until: '2026-04-02T03:00:00.000Z',
        refusal: null,
        devolucoes: [],
      })),
      createDevolucao: noted('createDevolucao', () => ({ status: 201, replayed: false, devolucao })),
      getDevolucao: noted('getDevolucao', () => devolucao),
      getPayment: noted('getPayment', ({ paymentId }: { paymentId: string }) => {
        if (paymentId !== payment.id) throw refuse('PAYMENTS_NOT_FOUND');
        return payment;
      }),
      getPaymentByKey: noted('getPaymentByKey', () => {
        throw refuse('PAYMENTS_NOT_FOUND');
      }),
      requestTestReceipt: noted('requestTestReceipt', () => ({ endToEndId: 'E1' })),
    },
    cashflow: {
      getDays: noted('getDays', ({ to }: { to: string }) => {
        if (fakes.cashflowDown) throw new Error('cashflow is away');
        const day = { date: to, openingMinor: '0', inMinor: '10000', outMinor: '0', netMinor: '10000', closingMinor: '10000' };
        return { days: [day], updatedAt: '2026-01-01T00:00:00.000Z', position: '1', pending: false, lagMs: 0 };
      }),
    },
  };
  return fakes;
}

export type BffServer = IdentityServer & {
  fakes: Fakes;
  bff: ModuleInstance;
  logIn(browser?: CookieClient, origin?: string, login?: string, password?: string): Promise<CookieClient>;
};

/** Identity and BFF behind the real HTTP edge, with fake money. */
export async function startBffServer(options: { clock?: Clock; webDist?: string; factorDemanded?: boolean } = {}): Promise<BffServer> {
  const fakes = createFakes();
  let bff: ModuleInstance | undefined;
  const server = await startIdentityServer({
    modules: ['bff'],
    ...(options.clock ? { clock: options.clock } : {}),
    factorDemanded: options.factorDemanded ?? false,
    more: async ({ deps, identity, publicUrl, masterKey }) => {
      const face = localFace(identityContract, identity.face!.impl, { checked: true });
      bff = await createBff({
        ...deps,
        identity: face,
        screens: async (guard) => [
          { ...securityScreens(face, guard, { customer: true }), module: 'identity', pages: [], cards: [] },
          {
            ...paymentScreens({ face: fakes.payments, guard, clock: deps.clock, sandbox: true }),
            module: 'payments',
            pages: [],
            cards: [],
          },
          {
            ...cashflowScreens({
              face: { getShopDays: fakes.cashflow.getDays, ...fakes.cashflow },
              accounts: fakes.payments,
              clock: deps.clock,
              guard,
            }),
            module: 'cashflow',
            pages: [],
            cards: [],
          },
        ],
        desks: async (guard) => [{ ...identityDesk(face, guard), module: 'identity', pages: [], cards: [] }],
        config: {
          publicUrl,
          masterKey,
          development: true,
          webDist: options.webDist,
          personScopes: scopesOf(MODULES).people,
          operatorScopes: [...new Set(Object.values(scopesOf(MODULES).roles).flat())],
        },
      });
      return [bff];
    },
  });
  return {
    ...server,
    fakes,
    bff: bff!,
    async logIn(browser = server.browser(), origin = server.publicUrl, login = MARIA.email, password = PASSWORD) {
      const { url: page } = await browser.follow(`${origin}/bff/login?returnTo=/inicio`, (url) => url.pathname.startsWith('/entrar/'));
      const posted = await browser.send(`${page}/login`, { body: { login, password }, headers: OWN_PAGE });
      if (posted.status !== 200) throw new Error(`log-in: ${posted.status} ${posted.text}`);
      const { url } = await browser.follow(String(posted.json().redirectTo), (to) => to.pathname === '/inicio');
      if (url !== `${origin}/inicio`) throw new Error(`log-in ended at ${url}`);
      return browser;
    },
  };
}

/** Headers of the web app's own POSTs. */
export async function ownHeaders(browser: CookieClient, origin: string): Promise<Record<string, string>> {
  const session = await browser.send(`${origin}/bff/v1/session`);
  return { 'x-csrf-token': String(session.json().csrfToken), 'idempotency-key': randomUUID(), origin, 'sec-fetch-site': 'same-origin' };
}
