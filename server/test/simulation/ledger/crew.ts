/** The writers at work. One that is killed is replaced at once by another that waited for it. */
import type { Dice } from '../../support/dice.ts';
import { Writer } from './writer.ts';

const SPARES = 4;

export class Crew {
  readonly #databaseUrl: string;
  readonly writers: Writer[] = [];
  /** Started, and waiting for somebody to be killed. */
  readonly #spares: Promise<Writer>[];
  /** Clocks never go back: a new writer starts where the others are. */
  #aheadMs = 0;

  private constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
    this.#spares = Array.from({ length: SPARES }, () => this.#start());
  }

  static async hire(databaseUrl: string, count: number): Promise<Crew> {
    const crew = new Crew(databaseUrl);
    crew.writers.push(...(await Promise.all(Array.from({ length: count }, () => Writer.start(databaseUrl)))));
    return crew;
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Some writer that runs; undefined while all of them are gone or paused. */
  someone(dice: Dice): Writer | undefined {
    const able = this.writers.filter((writer) => writer.isAlive && !writer.isPaused);
    return able.length === 0 ? undefined : dice.pick(able);
  }

  async replace(writer: Writer): Promise<void> {
    await writer.kill();
    this.#spares.push(this.#start());
    const next = await this.#spares.shift()!;
    next.setClock(this.#aheadMs);
    this.writers[this.writers.indexOf(writer)] = next;
  }

  /** Moves time on for all, each with an error of its own. */
  jump(dice: Dice, ms: number): void {
    this.#aheadMs += ms;
    for (const writer of this.writers) writer.setClock(this.#aheadMs + dice.whole(-300, 0));
  }

  async dismiss(): Promise<void> {
    await Promise.all([...this.writers, ...(await Promise.all(this.#spares))].map((writer) => writer.kill()));
  }

  #start(): Promise<Writer> {
    const started = Writer.start(this.#databaseUrl);
    started.catch(() => undefined);
    return started;
  }
}
