import type { CallContext } from '#platform/context.ts';
import { collectParts, type KeeperFace, type Obstacle, onePage, pageOf, type Stay } from '#platform/privacy/keeper.ts';
import type { PaymentsDeps } from './deps.ts';
import {
  DESCRIPTION_PURPOSE,
  devolucaoName,
  HOLDER_PURPOSE,
  PAYEE_PURPOSE,
  PAYER_PURPOSE,
  PIX_KEY_PURPOSE,
  paymentName,
  receiptName,
} from './record.ts';
import { type AccountRecord, findAccounts } from './store/accounts.ts';
import { countUnfinished, forgetCustomer, type Unfinished } from './store/erasure.ts';
import { pageDevolucoes, pagePayments, pageReceipts } from './store/own-pages.ts';

const OBSTACLES: Readonly<Record<keyof Unfinished, Obstacle>> = {
  payments: {
    code: 'PAYMENTS_UNDER_WAY',
    pt: 'Há um pagamento em andamento. Espere ele terminar.',
    en: 'A payment is under way. Wait until it has ended.',
  },
  receipts: {
    code: 'PAYMENTS_ARRIVAL_UNDER_WAY',
    pt: 'Há um Pix chegando. Espere ele terminar.',
    en: 'A Pix is coming in. Wait until it has ended.',
  },
  devolucoes: {
    code: 'PAYMENTS_RETURN_UNDER_WAY',
    pt: 'Há uma devolução em andamento. Espere ela terminar.',
    en: 'A return is under way. Wait until it has ended.',
  },
  openings: {
    code: 'PAYMENTS_ACCOUNT_OPENING',
    pt: 'Uma conta sua ainda está sendo aberta. Espere alguns minutos.',
    en: 'An account of yours is still being opened. Wait some minutes.',
  },
};

const BALANCE: Obstacle = {
  code: 'PAYMENTS_BALANCE',
  pt: 'Ainda há dinheiro nas suas contas, ou saldo a acertar. Deixe-as em zero antes.',
  en: 'There is still money on your accounts, or a balance to settle. Bring them to zero first.',
};
const HELD: Obstacle = {
  code: 'PAYMENTS_HELD',
  pt: 'Há dinheiro reservado nas suas contas. Espere o que o reservou terminar.',
  en: 'Money on your accounts is held. Wait until what holds it has ended.',
};

const LAW = 'Lei 9.613/1998, art. 10; Circular BCB 3.978/2020, art. 67';
/** Of everybody who had an account in which money could be kept. */
const STAYS: readonly Stay[] = [
  {
    code: 'REGISTRATION',
    pt: 'Quem você é (nome, CPF, e-mail): prevenção à lavagem de dinheiro.',
    en: 'Who you are (name, CPF, e-mail): prevention of money laundering.',
    law: LAW,
    years: 10,
  },
  {
    code: 'OPERATIONS',
    pt: 'O que você pagou e recebeu, e com quem: prevenção à lavagem de dinheiro.',
    en: 'What you paid and received, and with whom: prevention of money laundering.',
    law: LAW,
    years: 10,
  },
];

/** What payments keep of a person: their accounts, and what moved. All of it is sealed under the accounts' keys, and law makes it stay. */
export function createPersonalData({ db, vault, ledger }: Pick<PaymentsDeps, 'db' | 'vault' | 'ledger'>): KeeperFace {
  const scope = ({ tenantId }: CallContext) => ({ module: 'payments', tenants: [tenantId] });
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  const reader = ({ tenantId }: CallContext, retained: boolean) => {
    const read = retained ? vault.openRetained : vault.open;
    return {
      text: (accountId: string, purpose: string, sealed: Buffer | null) => (sealed ? read(tenantId, accountId, purpose, sealed) : null),
      async json(accountId: string, purpose: string, sealed: Buffer | null): Promise<unknown> {
        const text = sealed && (await read(tenantId, accountId, purpose, sealed));
        return text ? JSON.parse(text) : null;
      },
    };
  };
  const opened = async <R>(rows: readonly R[], show: (row: R) => Promise<unknown>, keyOf: (row: R) => string) => {
    const shown = new Map(await Promise.all(rows.map(async (row) => [row, await show(row)] as const)));
    return pageOf(rows, keyOf, (row) => shown.get(row));
  };

  /** What is on the accounts in the ledger, or held there. */
  async function money(ctx: CallContext, accounts: readonly AccountRecord[]): Promise<Obstacle[]> {
    if (accounts.length === 0) return [];
    const { balances } = await ledger.getBalances(ctx, { accountIds: accounts.map(({ ledgerAccountId }) => ledgerAccountId) });
    const isHeld = balances.some(
      ({ pendingDebitsMinor, pendingCreditsMinor }) => pendingDebitsMinor !== '0' || pendingCreditsMinor !== '0',
    );
    return [...(balances.some(({ postedMinor }) => postedMinor !== '0') ? [BALANCE] : []), ...(isHeld ? [HELD] : [])];
  }

  return {
    collectPersonalData: collectParts({
      accounts: onePage(async (ctx, { accountIds, retained }) => {
        const read = reader(ctx, retained);
        const found = await db.tx({ ...scope(ctx), single: true }, (tx) => findAccounts(tx, accountIds));
        return Promise.all(
          found.map(async ({ subjectId, status, branch, number, holderSealed, pixKeySealed }) => ({
            accountId: subjectId,
            status,
            branch,
            number,
            holder: await read.json(subjectId, HOLDER_PURPOSE, holderSealed),
            pixKey: await read.text(subjectId, PIX_KEY_PURPOSE, pixKeySealed),
          })),
        );
      }),
      payments: async (ctx, { accountIds, retained }, after) => {
        const read = reader(ctx, retained);
        const rows = await db.tx({ ...scope(ctx), single: true }, (tx) => pagePayments(tx, ctx.tenantId, accountIds, after));
        return opened(
          rows,
          async ({ id, subjectId, status, amountMinor, endToEndId, payeeSealed, descriptionSealed, createdAt, settledAt }) => ({
            id: paymentName(id),
            accountId: subjectId,
            status,
            amountMinor: amountMinor.toString(),
            endToEndId,
            payee: await read.json(subjectId, PAYEE_PURPOSE, payeeSealed),
            description: await read.text(subjectId, DESCRIPTION_PURPOSE, descriptionSealed),
            createdAt: iso(createdAt),
            settledAt: iso(settledAt),
          }),
          ({ createdAt, id }) => `${createdAt.getTime()}~${id}`,
        );
      },
      receipts: async (ctx, { accountIds, retained }, after) => {
        const read = reader(ctx, retained);
        const rows = await db.tx({ ...scope(ctx), single: true }, (tx) => pageReceipts(tx, ctx.tenantId, accountIds, after));
        return opened(
          rows,
          async ({ id, subjectId, status, amountMinor, endToEndId, payerSealed, receivedAt }) => ({
            id: receiptName(id),
            accountId: subjectId,
            status,
            amountMinor: amountMinor?.toString() ?? null,
            endToEndId,
            payer: await read.json(subjectId, PAYER_PURPOSE, payerSealed),
            receivedAt: iso(receivedAt),
          }),
          ({ id }) => id,
        );
      },
      devolucoes: async (ctx, { accountIds }, after) => {
        const rows = await db.tx({ ...scope(ctx), single: true }, (tx) => pageDevolucoes(tx, ctx.tenantId, accountIds, after));
        return pageOf(
          rows,
          ({ id }) => id,
          ({ id, subjectId, status, amountMinor, endToEndId, returnId, createdAt }) => ({
            id: devolucaoName(id),
            accountId: subjectId,
            status,
            amountMinor: amountMinor.toString(),
            endToEndId,
            returnId,
            createdAt: iso(createdAt),
          }),
        );
      },
    }),
    async judgeErasure(ctx, { accountIds }) {
      const [unfinished, accounts] = await db.tx(scope(ctx), (tx) =>
        Promise.all([countUnfinished(tx, ctx.tenantId, accountIds), findAccounts(tx, accountIds)]),
      );
      const obstacles = (Object.keys(OBSTACLES) as (keyof Unfinished)[])
        .filter((kind) => unfinished[kind] > 0)
        .map((kind) => OBSTACLES[kind]);
      return {
        obstacles: [...(await money(ctx, accounts)), ...obstacles],
        stays: accounts.some(({ status }) => status === 'open') ? [...STAYS] : [],
      };
    },
    async erasePersonalData(ctx, { accountIds }) {
      await db.tx(scope(ctx), (tx) => forgetCustomer(tx, ctx.tenantId, accountIds));
      return {};
    },
  };
}
