/** Sends what the plan says, and repeats every request with its own key until somebody answers. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnexpectedAnswer } from '../../../../scripts/lib/person.ts';
import { decimal } from '../money-checks.ts';
import type { Payer } from './people.ts';
import type { Arrival, Order, Plan } from './plan.ts';
import type { Stage } from './stage.ts';

export type Sent = {
  /** Payments by the id they were acknowledged with. */
  payments: Map<string, Order>;
  /** Arrivals by end-to-end id. */
  arrivals: Map<string, Arrival>;
  /** Orders that were refused, with the code: none should be. */
  refused: string[];
};

const PATIENCE_MS = 180_000;
const PAYMENT_LANES = 24;
const ARRIVAL_LANES = 4;

export class Traffic {
  readonly sent: Sent = { payments: new Map(), arrivals: new Map(), refused: [] };
  readonly #stage: Stage;
  readonly #plan: Plan;
  readonly #payers: readonly Payer[];
  readonly #closedKeys: readonly string[];
  readonly #say: (line: string) => void;
  #answered = 0;
  #isStopped = false;

  constructor(stage: Stage, plan: Plan, payers: readonly Payer[], closedKeys: readonly string[], say: (line: string) => void) {
    this.#say = say;
    this.#stage = stage;
    this.#plan = plan;
    this.#payers = payers;
    this.#closedKeys = closedKeys;
  }

  /** Orders that were answered, one way or the other. */
  get answered(): number {
    return this.#answered;
  }

  get isOver(): boolean {
    return this.#isStopped || this.#answered === this.#plan.orders.length;
  }

  /** Nobody is asked any more: the storm has failed. */
  stop(): void {
    this.#isStopped = true;
  }

  async flow(): Promise<void> {
    const orders = this.#plan.orders[Symbol.iterator]();
    const arrivals = this.#plan.arrivals.entries();
    const pay = async (): Promise<void> => {
      // One iterator for all lanes: each takes the next.
      for (const order of orders) if (!this.#isStopped) await this.#pay(order);
    };
    const receive = async (): Promise<void> => {
      for (const [at, arrival] of arrivals) {
        while (!this.isOver && this.#answered / this.#plan.orders.length < at / this.#plan.arrivals.length) await sleep(20);
        if (!this.#isStopped) await this.#receive(at, arrival);
      }
    };
    await Promise.all([...Array.from({ length: PAYMENT_LANES }, pay), ...Array.from({ length: ARRIVAL_LANES }, receive)]);
  }

  async #pay(order: Order): Promise<void> {
    const { person } = this.#payers[order.payer]!;
    const code = typeof order.to === 'number' ? this.#payers[order.to]!.pixKey : order.to;
    const keys = [randomUUID(), randomUUID()] as const;
    try {
      const { quoteId } = await this.#insist(() => person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code }, keys[0]));
      const body = { quoteId, amountMinor: String(order.amountMinor) };
      const { id } = await this.#insist(() => person.post<{ id: string }>(201, '/bff/v1/payments', body, keys[1]));
      this.sent.payments.set(id, order);
    } catch (error) {
      this.sent.refused.push((error as Error).message);
      // At once, so that it is known even if the storm itself does not come to its end.
      if (!this.#isStopped) this.#say(`an order of ${order.payer} to ${order.to} was refused: ${(error as Error).message}`);
    }
    this.#answered++;
  }

  async #receive(at: number, { requestId, to, amountMinor, manners }: Arrival): Promise<void> {
    const payeeKey =
      to === 'nobody'
        ? `ninguem.${at}@exemplo.com.br`
        : to === 'closed'
          ? this.#closedKeys[at % this.#closedKeys.length]!
          : this.#payers[to]!.pixKey;
    const body = { payeeKey, amount: decimal(amountMinor), requestId };
    const { endToEndId } = await this.#insist(() => this.#stage.call<{ endToEndId: string }>('POST', '/admin/receive', body));
    this.sent.arrivals.set(endToEndId, { requestId, to, amountMinor, manners });
  }

  /** Nobody there, not ready, too busy: asked again with the same key. A refusal is an answer. */
  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
      try {
        return await ask();
      } catch (error) {
        const isRefusal = error instanceof UnexpectedAnswer && error.status < 500 && error.status !== 429;
        if (isRefusal || this.#isStopped || Date.now() > end) throw error;
        await sleep(pauseMs);
      }
    }
  }
}
