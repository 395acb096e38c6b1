import { createBatcher } from '#platform/batcher.ts';
import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { isUnstorable } from '#platform/db/unstorable.ts';
import { AppError, refusePlatform } from '#platform/errors.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { currentTraceparent, withSpan } from '#platform/telemetry/tracing.ts';
import { flawOfWords, stripMargins } from '#platform/text.ts';
import type { AccountBook } from './account-book.ts';
import { DEFAULT_CONNECTION } from './connections/names.ts';
import type { Connection, Rails } from './connections/rails.ts';
import type { Payment } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { progressEvents } from './drive/events.ts';
import type { PaymentMachine } from './drive/machine.ts';
import { refusePayments } from './errors.ts';
import { type Agreed, type NewPayment, toRecord } from './new-payment.ts';
import type { Allowance } from './payer/allowance.ts';
import type { LogIn } from './payer/guard.ts';
import { DESCRIPTION_PURPOSE, type PaymentRecord, paymentName, QUOTE_PREFIX } from './record.ts';
import type { AccountRecord } from './store/accounts.ts';
import { CREATION_ROUTE, giveBackKeys, type Key, takeKeys } from './store/creations.ts';
import { findPayments, insertPayments } from './store/payments.ts';
import { findQuotes } from './store/quotes.ts';
import type { PaymentViews } from './views/payment.ts';

type Input = { accountId: string; quoteId: string; amountMinor: string; description?: string; logIn?: LogIn };
/** `refusal`: of whoever may not spend it, unless it was made before. */
type Request = { key: Key; asked: NewPayment; way: Connection | null; refusal: AppError | undefined };
const BUSY_RETRY_S = 2;
const NO_CONNECTION_RETRY_S = 60;
type Outcome = { made: PaymentRecord } | { replayed: string } | { refused: AppError };

/**
 * Makes payments out of quotes. Payment, first event, idempotency key and answer commit together, for all requests of the moment in one
 * transaction; then each is driven. The answer is what was true at that commit (`processing`), the same at every repetition, also while
 * the first still runs and after a crash. It is stored by id only: who is paid stays sealed.
 */
export function createPaymentCreation(
  deps: PaymentsDeps,
  parts: {
    machine: PaymentMachine;
    views: PaymentViews;
    book: AccountBook;
    rails: Pick<Rails, 'choose'>;
    allow: Allowance;
    mustEndWithinMs: number;
  },
) {
  const { db, bus, clock, vault, config } = deps;
  const { machine } = parts;

  async function write(tx: Tx, requests: readonly Request[]): Promise<Outcome[]> {
    const nowMs = clock.now();
    const [keys, found] = await Promise.all([
      takeKeys(
        tx,
        requests.map(({ key, asked }) => ({ key, answer: { status: 201, body: { paymentId: asked.id } } })),
      ),
      findQuotes(
        tx,
        requests.map(({ asked }) => asked.quoteId),
      ),
    ]);
    const quotes = new Map(found.map((quote) => [`${quote.tenantId}/${quote.id}`, quote]));
    const agreed = requests.map(({ asked, way, refusal }, at): Agreed | Outcome => {
      const key = keys[at]!;
      if (key.state === 'taken') {
        if (refusal) return { refused: refusal };
        const quote = quotes.get(`${asked.tenantId}/${asked.quoteId}`);
        // On us nothing is sent.
        if (quote?.route === 'pix' && way === null)
          return { refused: refusePayments('PAYMENTS_NO_CONNECTION', { retryAfterSeconds: NO_CONNECTION_RETRY_S }) };
        // Held for a queue, money would only be held.
        if (quote?.route === 'pix' && way?.rail.isBusy())
          return { refused: refusePayments('PAYMENTS_PROVIDER_BUSY', { retryAfterSeconds: BUSY_RETRY_S }) };
        return toRecord(asked, quote, config.ispb, nowMs);
      }
      if (key.state === 'replay') return { replayed: key.answer.body.paymentId };
      if (key.state === 'gone') return { refused: refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1 }) };
      const detail = {
        pt: `A chave já foi usada em ${CREATION_ROUTE} com outro corpo.`,
        en: `The key was used on ${CREATION_ROUTE} with another body.`,
      };
      return { refused: refusePlatform('PLATFORM_IDEMPOTENCY_CONFLICT', { detail }) };
    });
    const records = agreed.flatMap((one) => ('record' in one ? [one.record] : []));
    const inserted = await insertPayments(tx, records, { ...machine.lease, mustEndWithinMs: parts.mustEndWithinMs });
    machine.begun(tx, inserted.size);
    const judged = agreed.map((one): Outcome => {
      if (!('record' in one)) return one;
      return inserted.has(one.record.id) ? { made: one.record } : { refused: refusePayments('PAYMENTS_QUOTE_USED') };
    });
    // A repetition that came in the same batch as its first gets that one's refusal, too.
    const byId = new Map(requests.map(({ asked }, at) => [asked.id, judged[at]!]));
    const outcomes = judged.map((one): Outcome => {
      const first = 'replayed' in one ? byId.get(one.replayed) : undefined;
      return first && 'refused' in first ? first : one;
    });
    await giveBackKeys(
      tx,
      requests.flatMap(({ key }, at) => (keys[at]!.state === 'taken' && 'refused' in outcomes[at]! ? [key] : [])),
    );
    await bus.publish(
      tx,
      outcomes.flatMap((outcome) => ('made' in outcome ? progressEvents(null, outcome.made, outcome.made.actor, nowMs) : [])),
    );
    return outcomes;
  }

  const batcher = createBatcher<Request, Outcome>(
    async (requests) => {
      const tenants = [...new Set(requests.map(({ key }) => key.tenantId))];
      const links = requests.map(({ asked }) => asked.traceparent);
      return withSpan('payments create', { links, attributes: { 'lastro.batch': requests.length } }, () =>
        db.tx({ module: 'payments', tenants }, (tx) => write(tx, requests)),
      );
    },
    {
      maxBatch: 200,
      maxBacklog: 5_000,
      isolate: isUnstorable,
      overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }),
    },
  );

  return async (ctx: CallContext, input: Input): Promise<{ status: number; replayed: boolean; payment: Payment }> => {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    // In which log-in it is asked is no part of what is asked.
    const { accountId, logIn, ...order } = input;
    const id = newId();
    // Keys were kept under this name of the account before accounts had ids of their own.
    const request: Key = { tenantId, principal: ctx.actor.id, route: CREATION_ROUTE, key, body: { subjectId: accountId, ...order } };
    const { quoteId, amountMinor } = order;
    const asking = parts.allow(ctx, { id, kind: 'payment', accountId, about: quoteId, amountMinor, logIn });
    const [allowed, account, way] = await Promise.all([asking, parts.book.find(tenantId, accountId), parts.rails.choose(tenantId)]).catch(
      async (error: unknown) => {
        await asking.then((one) => one.giveBack()).catch(() => undefined);
        throw error;
      },
    );
    const outcome = await submit(account, (open) => orderOf(ctx, id, input, open, way), {
      key: request,
      way,
      refusal: allowed.refusal,
    }).catch((error: unknown): Outcome => {
      // Only a clear refusal: after a lost connection the payment may have been made.
      if (error instanceof AppError) return { refused: error };
      throw error;
    });
    // No other request has this id. What is replayed has counted when it was made.
    if (!('made' in outcome)) await allowed.giveBack();
    if ('refused' in outcome) throw outcome.refused;
    if ('made' in outcome) machine.start(outcome.made);
    const record = 'made' in outcome ? outcome.made : await load(tenantId, outcome.replayed);
    return { status: 201, replayed: 'replayed' in outcome, payment: await parts.views.asCreated(record) };
  };

  async function submit(
    account: AccountRecord | undefined,
    orderOn: (account: AccountRecord) => Promise<NewPayment>,
    request: Omit<Request, 'asked'>,
  ): Promise<Outcome> {
    if (!account) throw refusePayments('PAYMENTS_NO_ACCOUNT');
    if (account.status !== 'open') throw refusePayments('PAYMENTS_ACCOUNT_OPENING', { retryAfterSeconds: 1 });
    return batcher.submit({ ...request, asked: await orderOn(account) });
  }

  async function orderOf(ctx: CallContext, id: string, input: Input, account: AccountRecord, way: Connection | null): Promise<NewPayment> {
    const { tenantId } = ctx;
    const description = readDescription(input.description);
    return {
      id,
      tenantId,
      subjectId: input.accountId,
      accountId: account.ledgerAccountId,
      quoteId: parsePublicId(QUOTE_PREFIX, input.quoteId),
      amountMinor: BigInt(input.amountMinor),
      connection: way?.name ?? DEFAULT_CONNECTION,
      descriptionSealed: description ? await vault.seal(tenantId, input.accountId, DESCRIPTION_PURPOSE, description) : null,
      actor: ctx.actor,
      traceparent: currentTraceparent() ?? ctx.traceparent ?? null,
    };
  }

  async function load(tenantId: string, id: string): Promise<PaymentRecord> {
    const [found] = await db.tx({ module: 'payments', tenants: [tenantId], single: true }, (tx) => findPayments(tx, [id]));
    if (!found) throw refusePayments('PAYMENTS_NOT_FOUND', { detail: { pt: paymentName(id), en: paymentName(id) } });
    return found;
  }
}

/** What the payer writes is shown to the payee. @throws PLATFORM_BAD_REQUEST for characters that nobody sees */
function readDescription(text: string | undefined): string | undefined {
  const description = text === undefined ? undefined : stripMargins(text);
  const detail = description === undefined ? undefined : flawOfWords(description);
  if (detail)
    throw refusePlatform('PLATFORM_BAD_REQUEST', {
      detail: { pt: `A descrição ${detail.pt}.`, en: `The description ${detail.en}.` },
      errors: [{ pointer: '/body/description', detail }],
    });
  return description;
}
