import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { AppError, refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import { freshRun } from '#platform/machine/run.ts';
import { currentTraceparent } from '#platform/telemetry/tracing.ts';
import type { Rails } from '../connections/rails.ts';
import type { Devolucao } from '../contract-returns.ts';
import type { PaymentsDeps } from '../deps.ts';
import { formatDecimalAmount } from '../domain/amount.ts';
import { lastInstant, leftOf } from '../domain/devolucao.ts';
import { makeReturnId } from '../domain/end-to-end-id.ts';
import { refusePayments } from '../errors.ts';
import type { Allowance } from '../payer/allowance.ts';
import type { LogIn } from '../payer/guard.ts';
import type { Rail } from '../rails/port.ts';
import { type DevolucaoRecord, findDevolucoesOf, insertDevolucao } from '../store/devolucoes.ts';
import { takePart } from '../store/return-totals.ts';
import { DEVOLVING } from './devolucao.ts';
import { devolucaoEvents } from './events.ts';
import { findOrigin, type Origin } from './origin.ts';
import type { Returner } from './returner.ts';
import { showDevolucao } from './views.ts';

const ROUTE = 'POST /v1/pix/returns';
const BUSY_RETRY_S = 2;

type Input = { accountId: string; receiptId: string; amountMinor: string; logIn?: LogIn };
type Parts = { machine: Returner; rails: Pick<Rails, 'of'>; allow: Allowance; mustEndWithinMs: number };

/**
 * A person gives back what they received, or a part. Devolução, count of the parts, first event, idempotency key and answer commit together;
 * then it is driven. The parts of one Pix meet at one row: all together they are never more than it was.
 *
 * @throws PAYMENTS_RECEIPT_NOT_FOUND, PAYMENTS_RETURN_NOT_RECEIVED, PAYMENTS_RETURN_NOT_CREDITED, PAYMENTS_RETURN_OF_RETURN,
 * PAYMENTS_RETURN_TOO_OLD, PAYMENTS_RETURN_EXCEEDS, PAYMENTS_PROVIDER_BUSY
 */
export function createDevolucaoCreation(deps: PaymentsDeps, { machine, rails, allow, mustEndWithinMs }: Parts) {
  const { db, bus, clock, config } = deps;

  /** The rail that the money came by; null between two customers here. Asked for before the transaction: no call is made within one. */
  async function railOf({ tenantId }: CallContext, { receiptId, accountId }: Input): Promise<Rail | null> {
    const { route, connection } = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => findOrigin(tx, receiptId, accountId));
    return route === 'pix' ? rails.of(connection) : null;
  }

  async function make(tx: Tx, ctx: CallContext, id: string, input: Input, rail: Rail | null): Promise<DevolucaoRecord> {
    const nowMs = clock.now();
    const origin = await findOrigin(tx, input.receiptId, input.accountId);
    if (origin.isReturn) throw refusePayments('PAYMENTS_RETURN_OF_RETURN');
    if (nowMs >= lastInstant(origin.creditedAtMs)) throw refusePayments('PAYMENTS_RETURN_TOO_OLD');
    if (rail?.isBusy()) throw refusePayments('PAYMENTS_PROVIDER_BUSY', { retryAfterSeconds: BUSY_RETRY_S });
    const amountMinor = BigInt(input.amountMinor);
    const refund = rail?.capabilities.refund ?? 'whole-or-parts';
    if (refund === 'none' || (refund === 'whole' && amountMinor !== origin.amountMinor))
      throw refusePayments(refund === 'none' ? 'PAYMENTS_RETURN_UNSUPPORTED' : 'PAYMENTS_RETURN_WHOLE_ONLY');
    const { endToEndId } = origin;
    const isWithin = await takePart(tx, { endToEndId, direction: 'out', amountMinor: origin.amountMinor, partMinor: amountMinor });
    if (!isWithin) throw await exceeds(tx, origin);
    const { tenantId, actor } = ctx;
    const run: DevolucaoRecord = {
      ...freshRun({ tenantId, id, status: 'created', definition: DEVOLVING.version }),
      traceparent: currentTraceparent() ?? ctx.traceparent ?? null,
      subjectId: input.accountId,
      accountId: origin.accountId,
      route: origin.route,
      originId: origin.id,
      endToEndId,
      connection: origin.connection,
      payerSubjectId: origin.payerSubjectId,
      payerAccountId: origin.payerAccountId,
      amountMinor,
      returnId: makeReturnId(config.ispb, nowMs, id),
      openSends: 0,
      heldAtMs: null,
      returnedAtMs: null,
      refusal: null,
      bookRound: 1,
      actor,
      createdAtMs: nowMs,
    };
    await insertDevolucao(tx, run, machine.lease, mustEndWithinMs);
    await bus.publish(tx, devolucaoEvents(null, run, nowMs));
    return run;
  }

  async function exceeds(tx: Tx, { id, amountMinor }: Origin) {
    const left = formatDecimalAmount(leftOf(amountMinor, await findDevolucoesOf(tx, id)));
    const detail = { pt: `Restam R$ ${left.replace('.', ',')} deste Pix.`, en: `R$ ${left} are left of this Pix.` };
    return refusePayments('PAYMENTS_RETURN_EXCEEDS', { detail });
  }

  return async (ctx: CallContext, input: Input): Promise<{ status: number; replayed: boolean; devolucao: Devolucao }> => {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    // In which log-in it is asked is no part of what is asked.
    const { accountId, logIn, ...order } = input;
    const id = newId();
    // Keys were kept under this name of the account before accounts had ids of their own.
    const asked = { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: { subjectId: accountId, ...order } };
    const { receiptId, amountMinor } = order;
    // What was made before is answered again, also to whoever may not do it any more: only what would be new is refused.
    const { refusal, giveBack } = await allow(ctx, { id, kind: 'return', accountId, about: receiptId, amountMinor, logIn });
    let made: DevolucaoRecord | undefined;
    try {
      const rail = await railOf(ctx, input);
      const answer = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
        once(tx, asked, async () => {
          if (refusal) throw refusal;
          made = await make(tx, ctx, id, input, rail);
          machine.begun(tx, 1);
          return { status: 201, body: showDevolucao(made) };
        }),
      );
      if (made && !answer.replayed) machine.start(made);
      // The first of this key has counted already.
      else await giveBack();
      return { status: answer.status, replayed: answer.replayed, devolucao: answer.body as Devolucao };
    } catch (error) {
      // Only a clear refusal: after a lost connection it may have been made. No other request has this id.
      if (error instanceof AppError) await giveBack();
      throw error;
    }
  };
}
