import type { Clock } from '#platform/clock.ts';
import type { Face } from '#platform/face/contract.ts';
import type { LiveSource, Screens, SessionGuard } from '#platform/screens.ts';
import type { PaymentsContract } from '../contract.ts';
import { ACCOUNT_OPENED, DEVOLUCAO_PROGRESSED, type DevolucaoProgressed, PAYMENT_PROGRESSED, type PaymentProgressed } from '../events.ts';
import { HOME_PARTS } from './contract.ts';
import { documentRoutes } from './routes-documents.ts';
import { moneyRoutes } from './routes-money.ts';
import { returnRoutes } from './routes-returns.ts';

/** What the screens need of payments; its face offers more. */
export type PaymentsPort = Pick<
  Face<PaymentsContract>,
  | 'getAccount'
  | 'getBalance'
  | 'getStatement'
  | 'getComprovante'
  | 'getReceiveCode'
  | 'decode'
  | 'createPayment'
  | 'getPayment'
  | 'getPaymentByKey'
  | 'getReceived'
  | 'createDevolucao'
  | 'getDevolucao'
  | 'requestTestReceipt'
>;

type Parts = { face: PaymentsPort; guard: SessionGuard; clock: Clock; sandbox: boolean };

/** Statement lines the home page shows. */
const HOME_LINES = 6;

/** What people see of payments. Runs where the BFF lives, and knows the module by its face. `sandbox`: a person may ask for a test Pix. */
export function paymentScreens({ face, guard, clock, sandbox }: Parts): Screens {
  return {
    routes(app, compose) {
      documentRoutes(app, { guard, payments: face, clock });
      returnRoutes(app, { guard, payments: face });
      moneyRoutes(app, { guard, payments: face, compose, sandbox });
    },
    adds: [
      {
        screen: 'home',
        properties: HOME_PARTS,
        scopes: ['payments:read'],
        async read({ ctx, accountId }) {
          const [{ status, branch, number, pixKey }, balance, statement] = await Promise.all([
            face.getAccount(ctx, { accountId }),
            face.getBalance(ctx, { accountId }),
            face.getStatement(ctx, { accountId, limit: HOME_LINES }),
          ]);
          return { account: { status, branch, number, pixKey }, balance, recent: statement.lines.slice(0, HOME_LINES) };
        },
      },
    ],
    live: liveMoney(face),
  };
}

function liveMoney(face: Pick<PaymentsPort, 'getBalance'>): LiveSource {
  return {
    about: 'account',
    types: [PAYMENT_PROGRESSED, DEVOLUCAO_PROGRESSED, ACCOUNT_OPENED],
    show(event) {
      if (event.type === DEVOLUCAO_PROGRESSED) {
        const { devolucaoId, status } = event.data as DevolucaoProgressed;
        return { event: 'devolucao', data: { id: devolucaoId, status } };
      }
      if (event.type !== PAYMENT_PROGRESSED) return null;
      const { paymentId, status } = event.data as PaymentProgressed;
      return { event: 'payment', data: { id: paymentId, status } };
    },
    states: [
      {
        event: 'balance',
        // A day that moved tells of money that no payment of ours moved.
        after: [PAYMENT_PROGRESSED, DEVOLUCAO_PROGRESSED, ACCOUNT_OPENED, 'day'],
        async read({ ctx, accountId }) {
          const { availableMinor, postedMinor, heldMinor } = await face.getBalance(ctx, { accountId });
          return { availableMinor, postedMinor, heldMinor };
        },
      },
    ],
  };
}
