import type { Identity } from '#identity';
import type { CallContext } from '#platform/context.ts';
import type { Balance, Comprovante, Day, Payment, Quote, ReceiveCode, StatementLine } from './contract.ts';

type OfSubject = { subjectId: string };
type Ask<I, O> = (ctx: CallContext, input: I) => Promise<O>;

/** What the BFF needs of payments; its face offers more. */
export type PaymentsPort = {
  getAccount: Ask<
    OfSubject,
    { status: 'opening' | 'open'; ledgerAccountId: string | null; branch: string; number: string; pixKey: string | null }
  >;
  getBalance: Ask<OfSubject, Balance>;
  getStatement: Ask<
    OfSubject & {
      limit: number;
      cursor?: string;
      from?: string;
      to?: string;
      direction?: 'in' | 'out';
      search?: string;
      status?: 'done' | 'failed';
    },
    { lines: StatementLine[]; next: string | null }
  >;
  getComprovante: Ask<OfSubject & { id: string }, Comprovante>;
  getReceiveCode: Ask<OfSubject & { amountMinor?: string; description?: string }, ReceiveCode>;
  decode: Ask<OfSubject & { code: string }, Quote>;
  createPayment: Ask<
    OfSubject & { quoteId: string; amountMinor: string; description?: string },
    { status: number; replayed: boolean; payment: Payment }
  >;
  getPayment: Ask<{ paymentId: string; subjectId?: string }, Payment>;
  getPaymentByKey: Ask<OfSubject & { idempotencyKey: string }, Payment>;
  requestTestReceipt: Ask<OfSubject & { amountMinor: string }, unknown>;
};

/** What the BFF needs of cashflow. */
export type CashflowPort = {
  getDays: Ask<{ accountId: string; from: string; to: string }, { days: Day[]; updatedAt: string | null; pending: boolean; lagMs: number }>;
};

export type IdentityPort = Pick<Identity, 'getPerson' | 'getLastSignIn' | 'resolveTenant' | 'isRevoked'>;
