/** How long a stop lets work end by itself before it is told to, and how much longer before it is left behind. Together under 10 s. */
export const STOP_GRACE_MS = 5_000;
export const STOP_PATIENCE_MS = 3_000;

export type UnderWayOptions = { graceMs?: number | undefined; patienceMs?: number | undefined };

/** Why work is told to end when its process does: nothing is wrong with the work. */
export class ProcessStops extends Error {
  constructor() {
    super('this process stops');
  }
}

type Item<T> = { value: T; controller: AbortController; ended: Promise<void> };

/** Work that runs in this process beside whoever began it: by name, each with a signal that tells it to end. */
export class UnderWay<T> {
  readonly #items = new Map<string, Item<T>>();
  readonly #options: UnderWayOptions;

  constructor(options: UnderWayOptions = {}) {
    this.#options = options;
  }

  get size(): number {
    return this.#items.size;
  }

  get(key: string): T | undefined {
    return this.#items.get(key)?.value;
  }

  values(): T[] {
    return [...this.#items.values()].map(({ value }) => value);
  }

  /** Begins a piece of work; `run` must not reject. It counts until it ends or is forgotten; `onEnd` comes after that. */
  begin(key: string, value: T, run: (signal: AbortSignal) => Promise<void>, onEnd?: () => void): void {
    if (this.#items.has(key)) throw new Error(`${key} is under way already`);
    const controller = new AbortController();
    const item: Item<T> = { value, controller, ended: Promise.resolve() };
    this.#items.set(key, item);
    item.ended = run(controller.signal).finally(() => {
      // Another of this name may have begun since this one was forgotten.
      if (this.#items.get(key) === item) this.#items.delete(key);
      onEnd?.();
    });
  }

  abort(key: string, reason: Error): void {
    this.#items.get(key)?.controller.abort(reason);
  }

  /** Tells a piece of work to end, and counts it no more, whether it listens or not. */
  forget(key: string, reason: Error): void {
    this.abort(key, reason);
    this.#items.delete(key);
  }

  /** Lets everything end, then tells it to, then gives up; answers what still runs after that. Ends within ten seconds. */
  async stop(): Promise<T[]> {
    const { graceMs = STOP_GRACE_MS, patienceMs = STOP_PATIENCE_MS } = this.#options;
    await this.#endWithin(graceMs);
    for (const { controller } of this.#items.values()) controller.abort(new ProcessStops());
    await this.#endWithin(patienceMs);
    return this.values();
  }

  async #endWithin(ms: number): Promise<void> {
    if (this.#items.size === 0) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, ms);
    await Promise.race([Promise.all([...this.#items.values()].map(({ ended }) => ended)), late.promise]);
    clearTimeout(timer);
  }
}
