import { randomBytes } from 'node:crypto';
import { arrivalOf, arrivalOfReturn, comingBack } from './arrivals.ts';
import { type Directory, MISSING_KEY, REJECTED_KEY, SLOW_KEY } from './directory.ts';
import { SandboxError } from './errors.ts';
import { endToEndIdOf, executedEvent, hashOf, movementOf, receivedEvent } from './events.ts';
import type { FaultSwitches } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Announcement, Movement, Payment } from './payment.ts';
import { BANKS, bytesOf, personOf, pick } from './people.ts';
import type {
  Arrival,
  GivenBackOrder,
  JournalRecord,
  Plan,
  Receipt,
  SentOrder,
  Turn,
  WebhookEvent,
  WebhookForm,
  WebhookPlan,
} from './records.ts';
import { type Return, Returns } from './returns.ts';
import type { ReceiveOrder, RegisterKey } from './schemas.ts';
import { planWebhook } from './webhook-plan.ts';
import type { Webhooks } from './webhooks.ts';

const SLOW_SETTLEMENT_MS = 5_000;
const TURN_AFTER_MS = 1_000;
/** Undelivered webhooks kept; beyond it no new business is taken, rather than announcements lost. */
const MAX_PENDING_WEBHOOKS = 100_000;

interface Dependencies {
  readonly journal: Journal<JournalRecord>;
  readonly directory: Directory;
  readonly webhooks: Webhooks;
  readonly faults: FaultSwitches;
  readonly settlementDelayMs: number;
  /** Called when something could not be written, which nothing here can repair. */
  readonly onFatal: (cause: unknown) => void;
}

/**
 * The institution on the other side: takes payments, executes each exactly once whatever is sent again, receives others, and
 * remembers all of it in the journal. Every change is a record; `#apply` is the only place that changes state.
 */
export class Institution {
  #deps: Dependencies;
  #payments = new Map<string, Payment>();
  #byOwnId = new Map<string, Payment>();
  #receipts = new Map<string, Receipt>();
  #returns = new Returns();
  #requests = new Map<string, { receipt: Receipt; durable: Promise<void> }>();
  #movements: Movement[] = [];
  #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    deps.journal.replay((record) => this.#apply(record));
  }

  /** Goes on with what was accepted and not executed before the last stop. */
  start(): void {
    for (const payment of this.#payments.values()) {
      if (payment.status === 'accepted') this.#schedule(payment);
      else if (payment.plan.turn && payment.status === payment.plan.status) this.#scheduleTurn(payment, payment.plan.turn);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Accepts a payment once: the same order again finds the first one. @throws SandboxError E2E_CONFLICT, INVALID_PAYEE, BUSY. */
  async accept(order: SentOrder, atOnce: boolean): Promise<{ payment: Payment; isNew: boolean }> {
    const hash = hashOf({ currency: 'BRL', ...order });
    const known = this.#payments.get(order.endToEndId);
    if (known) {
      await known.durable;
      if (known.hash !== hash) throw new SandboxError(409, 'E2E_CONFLICT', 'another payment has this endToEndId');
      return { payment: known, isNew: false };
    }
    this.#refuseWhenBusy();
    const nowMs = Date.now();
    const record: JournalRecord = { t: 'accepted', order, hash, atMs: nowMs, plan: this.#plan(order, nowMs) };
    this.#apply(record);
    const payment = this.#payments.get(order.endToEndId)!;
    payment.durable = this.#append(record);
    await payment.durable;
    payment.durable = null;
    if (!atOnce) this.#schedule(payment);
    return { payment, isNew: true };
  }

  /** Brings a payment to its planned end, now. Repeated calls share the one execution. */
  execute(payment: Payment): Promise<Announcement> {
    // What an earlier run executed has no execution to share here, and must not get another.
    if (payment.status !== 'accepted' && payment.execution === null) return Promise.resolve({ firstTry: Promise.resolve() });
    payment.execution ??= this.#execute(payment);
    return payment.execution;
  }

  async findPayment(endToEndId: string): Promise<Payment | null> {
    const payment = this.#payments.get(endToEndId) ?? null;
    // Between its arrival and the disk a payment is neither unknown nor certain: the answer waits.
    await payment?.durable;
    return payment;
  }

  /** By the sender's own id, where it has one. */
  async findSent(ownId: string): Promise<Payment | null> {
    const payment = this.#byOwnId.get(ownId) ?? null;
    await payment?.durable;
    return payment;
  }

  /** What was sent, what arrived, and what was given back of something that arrived. */
  sent = (): Iterable<Payment> => this.#payments.values();
  received = (): Iterable<Receipt> => this.#receipts.values();
  comeBackOf = (endToEndId: string): Receipt[] => [...this.#receipts.values()].filter(({ returnOf }) => returnOf === endToEndId);
  returnsOf = (endToEndId: string): Return[] => this.#returns.of(endToEndId);

  findReceipt(endToEndId: string): Receipt | null {
    return this.#receipts.get(endToEndId) ?? null;
  }

  /**
   * Gives back what arrived, at once, to whoever sent it: the same order again finds the first one. When that was the platform itself,
   * the return arrives there, and is announced like anything that arrives; otherwise nobody is told but who asked.
   * @throws SandboxError RETURN_CONFLICT, RECEIPT_UNKNOWN, RETURN_OF_RETURN, RETURN_EXCEEDS_RECEIPT, BUSY.
   */
  async giveBack(order: GivenBackOrder): Promise<{ done: Return; isNew: boolean }> {
    const known = this.#returns.find(order.returnId);
    if (known) {
      await known.durable;
      if (hashOf(known.order) !== hashOf(order)) throw new SandboxError(409, 'RETURN_CONFLICT', 'another return has this returnId');
      return { done: known, isNew: false };
    }
    this.#returns.refuse(order, this.#receipts.get(order.endToEndId));
    this.#refuseWhenBusy();
    const atMs = Date.now();
    const back = arrivalOfReturn(order, this.#payments.get(order.endToEndId)?.order, this.#deps.directory, atMs);
    const arrival = back && this.#announced(back);
    const record: JournalRecord = { t: 'returned', order, atMs, arrival };
    // Counted before it is on disk: two returns at the same time must not give back more than arrived.
    this.#apply(record);
    const done = this.#returns.find(order.returnId)!;
    done.durable = this.#append(record);
    await done.durable;
    done.durable = null;
    if (arrival?.webhook) void this.#deps.webhooks.enqueue(this.#eventOf(arrival.receipt), arrival.webhook);
    return { done, isNew: true };
  }

  async findReturn(returnId: string): Promise<Return | null> {
    const found = this.#returns.find(returnId) ?? null;
    await found?.durable;
    return found;
  }

  /** Makes someone send a Pix to a key of the platform. The same `requestId` finds the first one. @throws SandboxError BUSY, INVALID_KEY, NOT_FOUND. */
  async receive(order: ReceiveOrder): Promise<Receipt> {
    const { payeeKey, amount, txid, requestId } = order;
    const known = requestId === undefined ? undefined : this.#requests.get(requestId);
    if (known) {
      await known.durable;
      return known.receipt;
    }
    this.#refuseWhenBusy();
    if (!this.#deps.directory.resolve(payeeKey)) throw new SandboxError(404, 'NOT_FOUND', 'no such key');
    const bytes = requestId === undefined ? randomBytes(32) : bytesOf(`request/${requestId}`);
    const payer = order.payer ?? { ...personOf(bytes), ispb: pick(BANKS, bytes, 20)[0] };
    const atMs = Date.now();
    const receipt: Receipt = { endToEndId: endToEndIdOf(payer.ispb, atMs, bytes), amount, payeeKey, payer, txid, atMs };
    this.#deps.faults.name(receipt.endToEndId, requestId);
    const record: JournalRecord = { t: 'received', receipt, requestId, webhook: this.#planWebhook(atMs, receipt.endToEndId, true) };
    const durable = this.#append(record);
    if (requestId !== undefined) this.#requests.set(requestId, { receipt, durable });
    await durable;
    this.#apply(record);
    if (record.webhook) void this.#deps.webhooks.enqueue(receivedEvent(receipt), record.webhook);
    return receipt;
  }

  async registerKey(key: string, entry: RegisterKey): Promise<void> {
    this.#deps.directory.resolve(key);
    await this.#appendAndApply({ t: 'key-registered', key, entry });
  }

  async removeKey(key: string): Promise<void> {
    this.#deps.directory.resolve(key);
    await this.#appendAndApply({ t: 'key-removed', key });
  }

  get webhookUrl(): string | null {
    return this.#deps.webhooks.url;
  }

  async setWebhookUrl(url: string, form: WebhookForm = 'own'): Promise<void> {
    await this.#appendAndApply({ t: 'webhook-url', url, form });
  }

  /** Executed, received and returned Pix in the order they happened, then those that are accepted and not executed yet. */
  *movements(): Generator<Movement> {
    for (const movement of this.#movements) {
      // A return shows once it is on disk, and so does its arrival, whose own id it is.
      if (!this.#returns.find(movement.returnId ?? movement.endToEndId)?.durable) yield movement;
    }
    for (const { order, status, durable, acceptedAtMs } of this.#payments.values()) {
      if (status !== 'accepted' || durable) continue;
      yield { endToEndId: order.endToEndId, ownId: order.ownId, direction: 'out', amount: order.amount, status, atMs: acceptedAtMs };
    }
  }

  /** What moved money, from a position on, in the order it was written down; each with its position, which never changes. */
  *moneyMovements(start: number): Generator<{ movement: Movement; position: number }> {
    for (let position = start; position < this.#movements.length; position++) {
      const movement = this.#movements[position]!;
      const isDurable = !this.#returns.find(movement.returnId ?? movement.endToEndId)?.durable;
      // Nothing behind it is told before it: a reader who went past it would not come back.
      if (!isDurable) return;
      if (movement.status !== 'rejected') yield { movement, position };
    }
  }

  #refuseWhenBusy(): void {
    if (this.#deps.webhooks.pendingCount >= MAX_PENDING_WEBHOOKS)
      throw new SandboxError(503, 'BUSY', 'too many webhooks wait for the platform');
  }

  #plan({ endToEndId, payee, isDoomed }: SentOrder, nowMs: number): Plan {
    const { directory, faults, settlementDelayMs } = this.#deps;
    if (payee.key === undefined && (payee.ispb === undefined || payee.account === undefined)) {
      throw new SandboxError(422, 'INVALID_PAYEE', 'a payee has a key, or ispb and account');
    }
    const own = faults.of(endToEndId);
    const key = payee.key;
    const entry = key === undefined ? null : directory.resolve(key);
    const isRejected = key !== undefined && (key === REJECTED_KEY || key === MISSING_KEY || own.config.rejectKeys?.includes(key));
    const atMs = nowMs + (key === SLOW_KEY ? SLOW_SETTLEMENT_MS : settlementDelayMs);
    if (isDoomed || isRejected || (key !== undefined && entry === null)) return { status: 'rejected', reason: 'AC03', atMs };
    // What has arrived at the platform itself is not turned back behind its back: that is what returns are for.
    const afterMs = own.config.turnAfterMs ?? TURN_AFTER_MS;
    if (!entry?.isRegistered && own.strikes('rejectedThenSettled'))
      return { status: 'rejected', reason: 'AB03', atMs, turn: { status: 'settled', afterMs } };
    const isTurned = !entry?.isRegistered && own.strikes('settledThenRejected');
    return { status: 'settled', atMs, ...(isTurned ? { turn: { status: 'rejected', reason: 'AG03', afterMs } } : {}) };
  }

  /** Decided with the event and written with it: a webhook that is never to be sent is not sent after a restart either. */
  #planWebhook(atMs: number, id: string, isArrival: boolean): WebhookPlan | null {
    const faults = this.#deps.faults.of(id);
    if (this.#deps.webhooks.url === null || faults.strikes('webhook.never')) return null;
    return isArrival && faults.strikes('webhook.neverReceived') ? null : planWebhook(faults, atMs);
  }

  #schedule(payment: Payment): void {
    if (this.#isStopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        // A failed append has been reported by #append; nothing else can fail here.
        this.execute(payment).catch(() => undefined);
      },
      Math.max(0, payment.plan.atMs - Date.now()),
    );
    this.#timers.add(timer);
  }

  #scheduleTurn(payment: Payment, turn: Turn): void {
    if (this.#isStopped) return;
    const waitMs = Math.max(0, payment.finishedAtMs! + turn.afterMs - Date.now());
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#turn(payment).catch(() => undefined);
    }, waitMs);
    this.#timers.add(timer);
  }

  /** What was final is not, after all. */
  async #turn(payment: Payment): Promise<void> {
    const { endToEndId } = payment.order;
    const atMs = Date.now();
    const webhook = this.#planWebhook(atMs, endToEndId, false);
    await this.#appendAndApply({ t: 'turned', endToEndId, atMs, webhook });
    if (webhook) void this.#deps.webhooks.enqueue(executedEvent(payment), webhook);
  }

  async #execute(payment: Payment): Promise<Announcement> {
    const { order, plan } = payment;
    const atMs = Date.now();
    const webhook = this.#planWebhook(atMs, order.endToEndId, false);
    const isSettled = plan.status === 'settled';
    const toOurselves = isSettled ? arrivalOf(order, this.#deps.directory, atMs) : undefined;
    const arrival = toOurselves && this.#announced(toOurselves);
    const comesBack = isSettled ? comingBack(order, this.#deps.directory, atMs)?.map((one) => this.#announced(one)) : undefined;
    const record: JournalRecord = { t: 'executed', endToEndId: order.endToEndId, atMs, webhook, arrival, comesBack };
    await this.#appendAndApply(record);
    if (plan.turn) this.#scheduleTurn(payment, plan.turn);
    for (const one of [arrival, ...(comesBack ?? [])])
      if (one?.webhook) void this.#deps.webhooks.enqueue(this.#eventOf(one.receipt), one.webhook);
    return { firstTry: webhook ? this.#deps.webhooks.enqueue(executedEvent(payment), webhook) : Promise.resolve() };
  }

  /** What arrives at the platform by its own doing, and how it is announced. */
  #announced(receipt: Receipt): Arrival {
    return { receipt, webhook: this.#planWebhook(receipt.atMs, receipt.endToEndId, true) };
  }

  #eventOf(receipt: Receipt): WebhookEvent {
    return receivedEvent(receipt, receipt.returnOf === undefined ? undefined : this.#payments.get(receipt.returnOf));
  }

  async #appendAndApply(record: JournalRecord): Promise<void> {
    await this.#append(record);
    this.#apply(record);
  }

  async #append(record: JournalRecord): Promise<void> {
    try {
      await this.#deps.journal.append(record);
    } catch (cause) {
      if (!this.#isStopped) this.#deps.onFatal(cause);
      throw cause;
    }
  }

  /** The only place that changes state; the same for a live record and a replayed one. It starts nothing. */
  #apply(record: JournalRecord): void {
    const { directory, webhooks } = this.#deps;
    switch (record.t) {
      case 'accepted': {
        const { order, hash, plan, atMs } = record;
        this.#deps.faults.name(order.endToEndId, order.payee.key);
        const fresh = { status: 'accepted' as const, reason: undefined, finishedAtMs: null, durable: null, execution: null };
        const payment: Payment = { order, hash, plan, acceptedAtMs: atMs, ...fresh };
        this.#payments.set(order.endToEndId, payment);
        if (order.ownId !== undefined) this.#byOwnId.set(order.ownId, payment);
        return;
      }
      case 'executed': {
        const payment = this.#payments.get(record.endToEndId)!;
        payment.status = payment.plan.status;
        payment.reason = payment.plan.reason;
        payment.finishedAtMs = record.atMs;
        const { endToEndId, amount, ownId } = payment.order;
        this.#movements.push({ endToEndId, ownId, direction: 'out', amount, status: payment.status, atMs: record.atMs });
        if (record.webhook) webhooks.expect(executedEvent(payment), record.webhook);
        for (const one of [record.arrival, ...(record.comesBack ?? [])]) if (one) this.#applyReceipt(one.receipt, one.webhook);
        return;
      }
      case 'turned':
        this.#applyTurn(this.#payments.get(record.endToEndId)!, record.atMs, record.webhook);
        return;
      case 'received':
        this.#deps.faults.name(record.receipt.endToEndId, record.requestId);
        if (record.requestId !== undefined) this.#requests.set(record.requestId, { receipt: record.receipt, durable: Promise.resolve() });
        this.#applyReceipt(record.receipt, record.webhook);
        return;
      case 'returned':
        this.#movements.push(movementOf(this.#returns.add(record.order, record.atMs)));
        if (record.arrival) this.#applyReceipt(record.arrival.receipt, record.arrival.webhook);
        return;
      case 'delivered':
        webhooks.forget(record.eventId);
        return;
      case 'key-registered':
        directory.register(record.key, record.entry);
        return;
      case 'key-removed':
        directory.remove(record.key);
        return;
      case 'webhook-url':
        webhooks.setUrl(record.url, record.form);
    }
  }

  #applyTurn(payment: Payment, atMs: number, webhook: WebhookPlan | null): void {
    const { status, reason } = payment.plan.turn!;
    payment.status = status;
    payment.reason = reason;
    payment.finishedAtMs = atMs;
    const { endToEndId, amount, ownId } = payment.order;
    const isBack = status === 'rejected';
    this.#movements.push({ endToEndId, ownId, direction: isBack ? 'in' : 'out', amount, status: isBack ? 'reversed' : 'settled', atMs });
    if (webhook) this.#deps.webhooks.expect(executedEvent(payment), webhook);
  }

  #applyReceipt(receipt: Receipt, webhook: WebhookPlan | null): void {
    const { endToEndId, amount, atMs } = receipt;
    this.#receipts.set(endToEndId, receipt);
    this.#movements.push({ endToEndId, direction: 'in', amount, status: 'received', atMs });
    if (webhook) this.#deps.webhooks.expect(this.#eventOf(receipt), webhook);
  }
}
