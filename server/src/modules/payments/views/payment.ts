import type { CallContext } from '#platform/context.ts';
import { parsePublicId } from '#platform/id.ts';
import type { Step as MachineStep } from '#platform/machine/rows.ts';
import { findSteps } from '#platform/machine/steps.ts';
import type { Payment, Step } from '../contract.ts';
import type { PaymentsDeps } from '../deps.ts';
import { nextAction, publicStatus } from '../domain/next-action.ts';
import { openPayee } from '../drive/order.ts';
import { refusePayments } from '../errors.ts';
import type { PixNameOf } from '../pix-name.ts';
import { DESCRIPTION_PURPOSE, PAYMENT_PREFIX, type PaymentRecord, paymentName } from '../record.ts';
import { findCreated } from '../store/creations.ts';
import { findPayments, paymentRows } from '../store/payments.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
/** Results that say a step did not do what it was for. */
const FAILED = new Set(['error', 'rejected', 'refused', 'deny', 'expired']);
const WAITS = new Set(['not-sent', 'not-received', 'review', 'not-yet', 'amount-differs', 'time-is-up', 'order-lost', 'revoked']);
/** Asked, and no answer came in time: it may have been done all the same. */
const UNANSWERED = new Set(['unclear', 'duplicate']);

function statusOf(result: string): Payment['steps'][number]['status'] {
  if (FAILED.has(result)) return 'failed';
  if (UNANSWERED.has(result)) return 'unanswered';
  return WAITS.has(result) ? 'waiting' : 'done';
}

/** Payments as people see them: names opened, statuses in public words. */
export function createPaymentViews(deps: PaymentsDeps, pixNameOf: PixNameOf) {
  const { db, vault, clock } = deps;

  async function find(
    ctx: CallContext,
    input: { paymentId: string; accountId?: string },
  ): Promise<{ record: PaymentRecord; steps: MachineStep[] }> {
    const id = parsePublicId(PAYMENT_PREFIX, input.paymentId);
    const found = await db.tx({ module: 'payments', tenants: [ctx.tenantId], read: true }, async (tx) => {
      const [[record], steps] = await Promise.all([
        findPayments(tx, [id]),
        findSteps(tx, paymentRows.steps, { tenantId: ctx.tenantId, id }),
      ]);
      return record && { record, steps };
    });
    // Another's payment does not exist, rather than being forbidden: an id must tell nothing.
    if (!found || (input.accountId !== undefined && found.record.subjectId !== input.accountId)) throw refusePayments('PAYMENTS_NOT_FOUND');
    return found;
  }

  async function render(record: PaymentRecord, steps: Payment['steps']): Promise<Payment> {
    const { tenantId, subjectId, descriptionSealed } = record;
    const [payee, endToEndId] = await Promise.all([openPayee(vault, record), pixNameOf(record)]);
    const description = descriptionSealed ? await vault.open(tenantId, subjectId, DESCRIPTION_PURPOSE, descriptionSealed) : null;
    return {
      id: paymentName(record.id),
      status: publicStatus(record.status),
      amountMinor: record.amountMinor.toString(),
      payee: { name: payee?.name ?? '', taxIdMasked: payee?.taxIdMasked ?? '', bankName: payee?.bankName ?? '' },
      description,
      createdAt: iso(record.createdAtMs),
      settledAt: record.status === 'settled' && record.settledAtMs !== null ? iso(record.settledAtMs) : null,
      endToEndId,
      reasons: record.reasons,
      steps,
    };
  }

  /** The last try of each step, in order, then what is due. */
  function summarise(record: PaymentRecord, steps: readonly MachineStep[]): Payment['steps'] {
    const last = new Map<string, Payment['steps'][number]>();
    for (const step of steps) {
      const result = String(step.outcome.result);
      last.set(step.step, {
        name: step.step,
        status: statusOf(result),
        at: iso(step.startedAtMs),
        attempt: step.attempt,
        durationMs: step.durationMs,
      });
    }
    const next = nextAction(record, clock.now());
    // What is looked up for people is not what the payer waits for.
    if (next && next.action !== 'look') {
      const status = next.action === 'query' || next.action === 'expire-review' ? 'waiting' : 'running';
      last.delete(next.action);
      last.set(next.action, { name: next.action, status, at: iso(clock.now()), attempt: record.attempt + 1, durationMs: 0 });
    }
    return [...last.values()];
  }

  return {
    async getPayment(ctx: CallContext, input: { paymentId: string; accountId?: string }): Promise<Payment> {
      const { record, steps } = await find(ctx, input);
      return render(record, summarise(record, steps));
    },
    /** Asks under a creation's key of whoever calls; nothing is made. */
    async getPaymentByKey(ctx: CallContext, input: { accountId: string; idempotencyKey: string }): Promise<Payment> {
      const { accountId, idempotencyKey: key } = input;
      const asked = { tenantId: ctx.tenantId, principal: ctx.actor.id, key };
      const paymentId = await db.tx({ module: 'payments', tenants: [ctx.tenantId], single: true }, (tx) => findCreated(tx, asked));
      if (!paymentId)
        throw refusePayments('PAYMENTS_NOT_FOUND', {
          detail: { pt: 'Nenhum pagamento foi feito com esta chave.', en: 'No payment was made with this key.' },
        });
      const { record, steps } = await find(ctx, { paymentId, accountId });
      return render(record, summarise(record, steps));
    },
    async getSteps(ctx: CallContext, input: { paymentId: string; accountId?: string }): Promise<{ paymentId: string; steps: Step[] }> {
      const { record, steps } = await find(ctx, input);
      return {
        paymentId: paymentName(record.id),
        steps: steps.map(({ step, attempt, startedAtMs, durationMs, input: given, outcome, statusBefore, statusAfter, actor, reason }) => ({
          step,
          attempt,
          startedAt: iso(startedAtMs),
          durationMs,
          // Who decided and why, of what people did.
          input: reason === null ? given : { by: actor.id, reason, ...given },
          outcome,
          statusBefore,
          statusAfter,
        })),
      };
    },
    /** A payment as it was when it was made, whatever became of it since: what its creation answers, every time. */
    asCreated: (record: PaymentRecord): Promise<Payment> => render({ ...record, status: 'created', reasons: [], settledAtMs: null }, []),
  };
}

export type PaymentViews = ReturnType<typeof createPaymentViews>;
