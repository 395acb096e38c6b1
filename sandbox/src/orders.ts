import type { FastifyReply } from 'fastify';
import { answer, turnAway } from './answer.ts';
import { SandboxError } from './errors.ts';
import type { FaultSet } from './faults.ts';
import type { Words } from './oddities.ts';
import type { Payment } from './payment.ts';
import type { SentOrder } from './records.ts';
import { applyFaults, injectedError, type Services } from './sandbox-app.ts';

const DEFAULT_ARRIVE_LATE_MS = 2_000;

/** What became of an order that was taken: whether just now, and what the caller would hear. */
export interface Taken {
  readonly isNew: boolean;
  readonly body: object;
}

/** An order of the platform, payment or return: what it is called, and how it is taken. */
export interface Order {
  readonly id: string;
  /** How its wire calls what the switches are about. */
  readonly words: Words;
  readonly take: (faults: FaultSet) => Promise<Taken>;
  /** Says yes and does nothing; null for orders of which that would be an outright lie about money that moved. */
  readonly pretend: (() => object) | null;
}

/** Takes an order and answers it, with every manner that the switches ask for: before it is taken, after it, and in the answer. */
export async function answerOrder({ faults: all, pause, hang }: Services, reply: FastifyReply, order: Order): Promise<unknown> {
  const faults = all.of(order.id);
  turnAway(faults, 'answer', reply);
  if (faults.strikes('error500')) throw injectedError();
  if (faults.strikes('timeoutBeforeExecute')) return hang(reply);
  if (faults.strikes('arriveLate')) {
    // As when it was held up in the network: who asks meanwhile hears that nothing came, and that is true.
    void pause(faults.config.arriveLateMs ?? DEFAULT_ARRIVE_LATE_MS).then(() => order.take(faults).catch(() => undefined));
    return hang(reply);
  }
  const manner = { faults, group: 'answer', words: order.words } as const;
  if (order.pretend && faults.strikes('forget')) return answer(reply, manner, 201, order.pretend());
  const { isNew, body } = await order.take(faults);
  if (!isNew && faults.strikes('duplicate422')) throw new SandboxError(422, 'AM05', 'an order with this id was received before');
  if (!isNew && faults.strikes('duplicate409')) throw new SandboxError(409, 'DUPLICATE', 'an order with this id was received before');
  if (faults.strikes('timeoutAfterExecute')) return hang(reply);
  if (faults.strikes('error500AfterExecute')) throw injectedError();
  // The latency delays the answer only: a caller that gave up and then hears 404 would rightly believe that nothing happened.
  await pause(faults.config.latencyMs);
  return answer(reply, manner, isNew ? 201 : 200, body);
}

/** How long an answer waits for a webhook that is to arrive before it. */
const BEFORE_ANSWER_PATIENCE_MS = 2_000;

/** Takes a payment, executed at once where the switches want it. */
export async function takePayment(
  { institution, pause }: Services,
  order: SentOrder,
  own: FaultSet,
): Promise<{ payment: Payment; isNew: boolean; isFinal: boolean }> {
  const announceFirst = own.strikes('webhook.beforeAnswer');
  const isFinal = own.strikes('finalInPost');
  const { payment, isNew } = await institution.accept(order, announceFirst || isFinal);
  if (announceFirst || isFinal) {
    const { firstTry } = await institution.execute(payment);
    if (announceFirst) await Promise.race([firstTry, pause(BEFORE_ANSWER_PATIENCE_MS)]);
  }
  return { payment, isNew, isFinal };
}

export interface Found {
  readonly sinceMs: number;
  readonly body: object;
}

/** Answers a question about one payment, arrival or return, with the manners that the switches ask for. @throws what `missing` makes. */
export async function answerQuery(
  services: Services,
  reply: FastifyReply,
  { id, words, missing }: { id: string; words: Words; missing: () => Error },
  find: () => Promise<Found | null>,
): Promise<FastifyReply> {
  const set = services.faults.of(id);
  await applyFaults(services, set, 'query', reply);
  const found = await find();
  // A replica that lags has not heard of it yet, and does not know that it does not know.
  if (!found || Date.now() - found.sinceMs < (set.config.query?.notFoundMs ?? 0)) throw missing();
  return answer(reply, { faults: set, group: 'query', words }, 200, found.body);
}
