import type { AccountBook } from '../account-book.ts';
import type { PaymentRail, Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { Fact, Reason } from '../domain/payment.ts';
import { findInStatement } from '../rails/find-in-statement.ts';
import type { ProviderFact } from '../rails/port.ts';
import type { PaymentRecord } from '../record.ts';
import type { Actions } from './actions.ts';
import { createNewsJudge, isDecided } from './announced-otherwise.ts';
import { orderOf } from './order.ts';

/** So often must the provider say that it does not know a payment, long enough after the last send, to be believed. */
export const NOT_FOUND_TIMES = 2;
const STATEMENT_DAYS_MS = 30 * 86_400_000;
/** Around what is looked for in the statement. */
const MARGIN_MS = 60_000;

export type Learned = { fact: Fact; outcome: Record<string, unknown> };

/** The steps that ask the provider for something, and what its facts mean for the payment. */
export function providerActions(
  deps: PaymentsDeps,
  rails: Pick<Rails, 'forPayment'>,
  book: AccountBook,
): Pick<Actions, 'send' | 'query' | 'give-up'> {
  const { clock, log } = deps;
  const judgeNews = createNewsJudge(deps);
  const strange = deps.metrics.counter('lastro_provider_strange_answers_total', 'Answers that the adapter does not know', ['step']);

  const noteStrange = (step: string, record: PaymentRecord, fact: ProviderFact): void => {
    if (fact.fact !== 'unclear' || !fact.isStrange) return;
    strange.inc({ step });
    log.warn({ paymentId: record.id, step, why: fact.why }, 'the provider answered what its adapter does not know');
  };

  return {
    async send(record) {
      const input = { endToEndId: record.endToEndId, amountMinor: record.amountMinor.toString() };
      const order = await orderOf(deps, book, record);
      if (order === null) return { fact: { type: 'order-lost', reasons: [ORDER_LOST] }, input, outcome: { result: 'order-lost' } };
      const rail = await rails.forPayment(record);
      const said = await rail.submitPayment(order, record.amountMinor);
      noteStrange('send', record, said);
      return { input, ...afterSend(said, record, clock.now()) };
    },
    async query(record) {
      const input = { endToEndId: record.endToEndId };
      const rail = await rails.forPayment(record);
      const said = await rail.queryPayment(record.endToEndId, record.amountMinor);
      noteStrange('query', record, said);
      const hasAnswered = said.fact !== 'not-sent' && said.fact !== 'unclear';
      const learned = said.fact === 'not-found' ? await afterNotFound(record, rail) : afterQuery(said, record, clock.now());
      if (record.news > 0 && isDecided(record)) return { input, ...(await judgeNews(record, learned)) };
      return { input, ...giveUpIfOver(record, learned), heard: hasAnswered };
    },
    /** It is held and its time is up. Whether it was ever sent is for the machine to know. */
    async 'give-up'() {
      return { fact: { type: 'time-is-up', reasons: [TIME_IS_UP] }, input: {}, outcome: { result: 'time-is-up' } };
    },
  };

  /** "Not found" is believed late, twice, and as the end of a payment only together with the provider's own statement. */
  async function afterNotFound(record: PaymentRecord, rail: PaymentRail): Promise<Learned> {
    const { notFoundFinalAfterMs, statementLagMs } = rail.capabilities;
    const { sinceSentMs, status } = record;
    const isOut = status === 'sent' || status === 'unknown' || status === 'stuck';
    if (notFoundFinalAfterMs === null) return { fact: { type: 'nothing-learned' }, outcome: { result: 'not-received', counts: false } };
    const settledMs = Math.max(notFoundFinalAfterMs, statementLagMs);
    const counts = isOut && sinceSentMs !== null && sinceSentMs >= settledMs;
    if (!counts || record.notFoundSeen + 1 < NOT_FOUND_TIMES)
      return { fact: { type: 'not-found', counts }, outcome: { result: 'not-received', counts } };
    // The same order under the same id may go again: should it be there after all, it is answered as a duplicate, or not at all.
    if (!record.isOver && record.refusal === null) return { fact: { type: 'not-received' }, outcome: { result: 'not-received', counts } };
    const nowMs = clock.now();
    const fromMs = Math.max(record.createdAtMs - MARGIN_MS, nowMs - STATEMENT_DAYS_MS);
    const window = { fromMs, toMs: nowMs - sinceSentMs + settledMs, untilMs: nowMs + MARGIN_MS };
    const { found: statement } = await findInStatement(rail, ({ endToEndId }) => endToEndId === record.endToEndId, window);
    const outcome = { result: 'not-received', counts, statement };
    if (statement !== 'absent') return { fact: { type: 'nothing-learned' }, outcome };
    return { fact: { type: 'never-executed', reasons: [record.refusal ?? TIME_IS_UP] }, outcome };
  }
}

/** What the answer to an order means. A final word under the order's own id and amount is used at once. */
function afterSend(said: ProviderFact, record: PaymentRecord, nowMs: number): Learned {
  switch (said.fact) {
    case 'not-sent':
      return { fact: { type: 'not-sent', ...later(said) }, outcome: { result: 'not-sent', why: said.why } };
    case 'refused':
    case 'cancelled':
      return {
        fact: { type: 'provider-refused', reasons: [refusalReason(said.code)] },
        outcome: { result: 'refused', code: said.code },
      };
    case 'settled':
      // Without an amount it is only a promise that asking will tell.
      if (said.amountMinor === null) return { fact: { type: 'provider-accepted' }, outcome: { result: 'accepted' } };
      return { fact: { type: 'provider-confirmed', settledAtMs: datedWithin(record, said.atMs, nowMs) }, outcome: { result: 'settled' } };
    case 'accepted':
    case 'awaiting-approval':
    case 'held':
      return { fact: { type: 'provider-accepted' }, outcome: { result: said.fact } };
    case 'differs':
      return { fact: { type: 'disagrees', code: said.code }, outcome: { result: 'amount-differs', code: said.code } };
    case 'settlement-revoked':
      return { fact: { type: 'settlement-revoked', code: 'SETTLEMENT_REVOKED' }, outcome: { result: 'revoked', code: said.code } };
    case 'duplicate':
      return { fact: { type: 'answer-missing' }, outcome: { result: 'duplicate', code: said.code } };
    case 'unclear':
      return { fact: { type: 'answer-missing' }, outcome: { result: 'unclear', why: said.why } };
    case 'not-found':
    case 'returned':
      return { fact: { type: 'answer-missing' }, outcome: { result: 'unclear', why: said.fact } };
  }
}

/** What the answer to a question means. */
function afterQuery(said: ProviderFact, record: PaymentRecord, nowMs: number): Learned {
  switch (said.fact) {
    case 'settled':
    case 'returned': {
      // Executed, and perhaps given back since: that arrives like any money that comes in.
      const outcome = { result: said.fact };
      if (said.amountMinor === null) return { fact: { type: 'nothing-learned' }, outcome: { ...outcome, why: 'AMOUNT_MISSING' } };
      const atMs = said.fact === 'settled' ? said.atMs : null;
      return { fact: { type: 'provider-confirmed', settledAtMs: datedWithin(record, atMs, nowMs) }, outcome };
    }
    case 'refused':
    case 'cancelled':
      return {
        fact: { type: 'provider-rejected', reasons: [refusalReason(said.code)] },
        outcome: { result: 'rejected', reason: said.code },
      };
    case 'accepted':
    case 'awaiting-approval':
    case 'held':
      return { fact: { type: 'provider-accepted' }, outcome: { result: said.fact } };
    case 'differs':
      return { fact: { type: 'disagrees', code: said.code }, outcome: { result: 'amount-differs', code: said.code } };
    case 'settlement-revoked':
      return { fact: { type: 'settlement-revoked', code: 'SETTLEMENT_REVOKED' }, outcome: { result: 'revoked', code: said.code } };
    case 'duplicate':
    case 'not-found':
      return { fact: { type: 'nothing-learned' }, outcome: { result: said.fact } };
    case 'not-sent':
    case 'unclear':
      return { fact: { type: 'nothing-learned', ...later(said) }, outcome: { result: said.fact, why: said.why } };
  }
}

/** What was asked once more after its time was up, in vain, is for people; but "not found" is on its way to an end of its own. */
function giveUpIfOver(record: PaymentRecord, learned: Learned): Learned {
  // Held and asked about: the provider announced it, so that it went out, and whoever sent it did not live to say so.
  const isOut = record.status === 'sent' || record.status === 'unknown' || record.status === 'held';
  const isInconclusive = learned.fact.type === 'nothing-learned' || learned.fact.type === 'provider-accepted';
  if (!isOut || !record.isOver || !isInconclusive) return learned;
  return { fact: { type: 'time-is-up', reasons: [TIME_IS_UP] }, outcome: { ...learned.outcome, isOver: true } };
}

const later = ({ retryAfterMs }: { retryAfterMs?: number }): { retryAfterMs?: number } =>
  retryAfterMs === undefined ? {} : { retryAfterMs };

/** The settlement's instant as the provider tells it, where it can be true: after the money was held, and not in the future. */
function datedWithin({ heldAtMs, createdAtMs }: PaymentRecord, atMs: number | null, nowMs: number): number {
  return Math.max(heldAtMs ?? createdAtMs, Math.min(atMs ?? nowMs, nowMs));
}

const TIME_IS_UP: Reason = {
  code: 'PAYMENTS_TIME_IS_UP',
  message: 'O Pix não pôde ser enviado a tempo. O dinheiro voltou para a sua conta.',
};
const ORDER_LOST: Reason = {
  code: 'PAYMENTS_ORDER_LOST',
  message: 'Os dados deste pagamento foram apagados antes do envio. O dinheiro voltou para a sua conta.',
};

const REFUSALS: Record<string, string> = {
  AC03: 'A conta de destino não existe ou não aceita este Pix.',
  INVALID_PAYEE: 'Os dados de quem vai receber não foram aceitos.',
  INVALID_KEY: 'A chave de quem vai receber não foi aceita.',
};
/** Why the provider said no, for the person: the money is back in every case. */
function refusalReason(code: string): Reason {
  return { code: `PIX_${code}`, message: `${REFUSALS[code] ?? 'O banco de destino recusou o Pix.'} O dinheiro voltou para a sua conta.` };
}
