import { Pool } from 'undici';
import type { Oddity } from './fault-schema.ts';
import { ownWords, twist } from './oddities.ts';
import type { WebhookEvent, WebhookForm, WebhookPlan } from './records.ts';
import { signWebhook } from './signature.ts';

const MAX_CONCURRENT = 32;
const ATTEMPT_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 15_000;
/** A webhook that was to be overtaken goes out after this even if no other came. */
const REORDER_PATIENCE_MS = 1_000;

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How an event is told on a wire. */
export type FormOf = (event: WebhookEvent, oddities: readonly Oddity[]) => { body: string; headers: Record<string, string> };

interface Delivery {
  /** Names it in the journal: the event's id, with a mark when it is sent once more on another day. */
  readonly key: string;
  readonly event: WebhookEvent;
  readonly oddities: readonly Oddity[];
  readonly notBeforeMs: number;
  /** A copy sent on purpose: one attempt, and no one waits for it. */
  readonly isCopy: boolean;
  attempts: number;
  /** Deliveries that this one is to overtake: they go out once it has been tried. */
  overtaken: Delivery[];
  firstTry: () => void;
}

/**
 * Sends events to the platform until it answers 2xx, with growing pauses, a few at a time. What is undelivered is in the journal;
 * here it is only remembered, by `expect` (from the journal) and `forget` (delivered).
 */
export class Webhooks {
  url: string | null = null;
  #forms: Record<WebhookForm, FormOf>;
  #form: WebhookForm = 'own';
  #onDelivered: (key: string) => void;
  #pool: Pool | null = null;
  #expected = new Map<string, { event: WebhookEvent; plan: WebhookPlan }>();
  #ready: Delivery[] = [];
  #held: Delivery[] = [];
  #timers = new Set<NodeJS.Timeout>();
  #active = new Set<Promise<void>>();
  #abort = new AbortController();
  #isRunning = false;
  #lastRetryMs: number;

  constructor(forms: Record<WebhookForm, FormOf>, onDelivered: (key: string) => void, lastRetryMs: number = LAST_RETRY_MS) {
    this.#forms = forms;
    this.#onDelivered = onDelivered;
    this.#lastRetryMs = lastRetryMs;
  }

  get pendingCount(): number {
    return this.#expected.size;
  }

  setUrl(url: string, form: WebhookForm = 'own'): void {
    this.url = url;
    this.#form = form;
    void this.#pool?.close();
    this.#pool = new Pool(new URL(url).origin, {
      connections: MAX_CONCURRENT,
      headersTimeout: ATTEMPT_TIMEOUT_MS,
      bodyTimeout: ATTEMPT_TIMEOUT_MS,
    });
    this.#pump();
  }

  expect(event: WebhookEvent, plan: WebhookPlan): void {
    for (const delivery of deliveriesOf(event, plan)) this.#expected.set(delivery.key, { event, plan });
  }

  forget(key: string): void {
    this.#expected.delete(key);
  }

  /** Begins with what was left undelivered before the last stop, at once and in order. */
  start(): void {
    this.#isRunning = true;
    for (const [key, { event, plan }] of this.#expected) {
      const delivery = deliveriesOf(event, plan).find((one) => one.key === key);
      if (delivery) this.#makeReady(delivery);
    }
  }

  /** Resolves when the event has been tried once, delivered or not. */
  enqueue(event: WebhookEvent, plan: WebhookPlan): Promise<void> {
    return new Promise((firstTry) => {
      const [delivery, again] = deliveriesOf(event, plan, firstTry) as [Delivery, Delivery?];
      if (again) this.#makeReady(again);
      if (plan.reorder) {
        this.#held.push(delivery);
        this.#after(REORDER_PATIENCE_MS, () => this.#release(this.#held.filter((held) => held === delivery)));
        return;
      }
      delivery.overtaken = this.#held.splice(0);
      this.#makeReady(delivery);
      const copy = plan.newIds ? { ...event, id: `${event.id}_copy` } : event;
      if (plan.duplicate) this.#makeReady({ ...delivery, event: copy, isCopy: true, overtaken: [], firstTry: () => undefined });
    });
  }

  /** Lets running attempts end for a moment, then cuts them; what is undelivered stays in the journal. */
  async close(graceMs: number): Promise<void> {
    this.#isRunning = false;
    for (const timer of this.#timers) clearTimeout(timer);
    const cut = setTimeout(() => this.#abort.abort(), graceMs);
    await Promise.allSettled(this.#active);
    clearTimeout(cut);
    await this.#pool?.destroy();
  }

  #release(deliveries: Delivery[]): void {
    this.#held = this.#held.filter((held) => !deliveries.includes(held));
    for (const delivery of deliveries) this.#makeReady(delivery);
  }

  #makeReady(delivery: Delivery): void {
    const waitMs = delivery.notBeforeMs - Date.now();
    if (waitMs > 0) this.#after(Math.min(waitMs, MAX_TIMER_MS), () => this.#makeReady(delivery));
    else this.#push(delivery);
  }

  #push(delivery: Delivery): void {
    this.#ready.push(delivery);
    this.#pump();
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #pump(): void {
    while (this.#isRunning && this.#pool && this.#active.size < MAX_CONCURRENT && this.#ready.length > 0) {
      const attempt = this.#try(this.#ready.shift()!).finally(() => {
        this.#active.delete(attempt);
        this.#pump();
      });
      this.#active.add(attempt);
    }
  }

  async #try(delivery: Delivery): Promise<void> {
    const { key, isCopy } = delivery;
    if (!isCopy && !this.#expected.has(key)) return;
    const isDelivered = await this.#send(delivery);
    delivery.firstTry();
    this.#release(delivery.overtaken.splice(0));
    if (isCopy) return;
    if (isDelivered) {
      this.forget(key);
      this.#onDelivered(key);
      return;
    }
    const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(delivery.attempts++, 10), this.#lastRetryMs);
    // Spread out, or all that failed together would come back together.
    if (this.#isRunning) this.#after(pauseMs * (0.75 + Math.random() / 2), () => this.#push(delivery));
  }

  async #send({ event, oddities }: Delivery): Promise<boolean> {
    const { pathname, search } = new URL(this.url!);
    const { body, headers: more } = this.#forms[this.#form](event, oddities);
    const headers = { 'content-type': 'application/json', ...more };
    try {
      const answer = await this.#pool!.request({ method: 'POST', path: pathname + search, headers, body, signal: this.#abort.signal });
      await answer.body.dump();
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch {
      return false;
    }
  }
}

/** The event itself, and, when it is to be sent once more on another day, that. */
function deliveriesOf(event: WebhookEvent, plan: WebhookPlan, firstTry: () => void = () => undefined): Delivery[] {
  const { notBeforeMs, repeatAfterMs, newIds, oddities = [] } = plan;
  const delivery: Delivery = { key: event.id, event, oddities, notBeforeMs, isCopy: false, attempts: 0, overtaken: [], firstTry };
  if (repeatAfterMs === undefined) return [delivery];
  const key = `${event.id}_again`;
  const repeated = newIds ? { ...event, id: key } : event;
  const laterMs = notBeforeMs + repeatAfterMs;
  return [delivery, { ...delivery, key, event: repeated, notBeforeMs: laterMs, overtaken: [], firstTry: () => undefined }];
}

/** Our own wire: one event a call, signed over its bytes. */
export const ownForm =
  (secret: string): FormOf =>
  (event, oddities) => {
    const body = ownBody(event, oddities);
    const timestamp = String(Math.floor(Date.now() / 1000));
    return { body, headers: { 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': signWebhook(secret, timestamp, body) } };
  };

function ownBody(event: WebhookEvent, oddities: readonly Oddity[]): string {
  const { data, about: _of, ...rest } = event;
  const ofData = oddities.filter((oddity) => oddity !== 'typeUnknown');
  const envelope = twist(rest, oddities.includes('typeUnknown') ? ['typeUnknown'] : [], ownWords('id'));
  return JSON.stringify({ ...envelope, data: twist(data, ofData, ownWords('endToEndId')) });
}
