/** What goes wrong while the writers write, and how often it did. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../support/dice.ts';
import type { Crew } from './crew.ts';
import type { Stage } from './stage.ts';
import type { Writer } from './writer.ts';

export const FAULTS = [
  'writer killed',
  'Postgres killed',
  'line cut before the batch',
  'line cut before the commit',
  'line cut after the commit',
  'all lines cut',
  'backends terminated',
  'writer paused between decision and commit',
  'of these, another wrote meanwhile',
  'writer paused anywhere',
  'clock jumped',
  'expiry run',
] as const;
export type FaultName = (typeof FAULTS)[number];
export type Tally = Partial<Record<FaultName, number>>;

/** How likely each is, of all that goes wrong. */
const CHANCES: [FaultName, number][] = [
  ['writer killed', 70],
  ['Postgres killed', 7],
  ['line cut before the batch', 4],
  ['line cut before the commit', 6],
  ['line cut after the commit', 8],
  ['all lines cut', 3],
  ['backends terminated', 4],
  ['writer paused between decision and commit', 9],
  ['writer paused anywhere', 4],
  ['clock jumped', 7],
  ['expiry run', 4],
];
/** A moment that does not come (a writer without work) is not waited for. */
const PATIENCE_MS = 600;
const HOUR = 3_600_000;

export class Faults {
  readonly tally: Tally = {};
  readonly #dice: Dice;
  readonly #crew: Crew;
  readonly #stage: Stage;
  /** Requests answered so far, to see whether another wrote. */
  readonly #answered: (writer: Writer) => number;

  constructor(dice: Dice, crew: Crew, stage: Stage, answeredByOthers: (writer: Writer) => number) {
    this.#dice = dice;
    this.#crew = crew;
    this.#stage = stage;
    this.#answered = answeredByOthers;
  }

  /** Does one of them; answers whether something crashed, so that what was acknowledged is to be looked for. */
  async strike(): Promise<boolean> {
    const name = this.#choose();
    const writer = this.#crew.someone(this.#dice);
    if (!writer) return false;
    if (await this.#do(name, writer)) this.#count(name);
    return name === 'writer killed' || name === 'Postgres killed';
  }

  async #do(name: FaultName, writer: Writer): Promise<boolean> {
    const dice = this.#dice;
    switch (name) {
      case 'writer killed':
        await this.#killSome(writer);
        return true;
      case 'Postgres killed':
        await this.#stage.killPostgres();
        return true;
      case 'line cut before the batch':
        return writer.cutAt('before-write', PATIENCE_MS);
      case 'line cut before the commit':
        return writer.cutAt('before-commit', PATIENCE_MS);
      case 'line cut after the commit':
        return writer.cutAt('after-commit', PATIENCE_MS);
      case 'all lines cut':
        for (const one of this.#crew.writers) one.cutAll();
        return true;
      case 'backends terminated':
        await this.#stage.terminateWriters();
        return true;
      case 'writer paused between decision and commit':
        return this.#pauseMidBatch(writer);
      case 'writer paused anywhere':
        writer.pause();
        await sleep(dice.whole(5, 300));
        writer.resume();
        return true;
      case 'clock jumped':
        this.#crew.jump(dice, dice.pick([10, 2_000, 2_000, 11 * 60_000, 5 * HOUR, 30 * HOUR]));
        return true;
      case 'expiry run':
        await writer.expire();
        return true;
      default:
        return false;
    }
  }

  /** One, or several in the same moment. */
  async #killSome(first: Writer): Promise<void> {
    const others = this.#crew.writers.filter((writer) => writer !== first).slice(0, this.#dice.pick([0, 0, 1, 2]));
    await Promise.all([first, ...others].map((writer) => this.#crew.replace(writer)));
    for (const _other of others) this.#count('writer killed');
  }

  /** Its batch is decided and on the way when it stops; it wakes up after another has written, and must not get through on the old head. */
  async #pauseMidBatch(writer: Writer): Promise<boolean> {
    const release = await writer.holdWrite(PATIENCE_MS);
    if (!release) return false;
    writer.pause();
    const before = this.#answered(writer);
    const end = performance.now() + 3 * PATIENCE_MS;
    while (performance.now() < end && this.#answered(writer) === before) await sleep(5);
    if (this.#answered(writer) > before) this.#count('of these, another wrote meanwhile');
    release();
    if (this.#dice.roll() < 0.2) {
      await this.#crew.replace(writer);
      this.#count('writer killed');
    } else writer.resume();
    return true;
  }

  #choose(): FaultName {
    const sum = CHANCES.reduce((total, [, chance]) => total + chance, 0);
    let roll = this.#dice.roll() * sum;
    for (const [name, chance] of CHANCES) {
      roll -= chance;
      if (roll < 0) return name;
    }
    return 'writer killed';
  }

  #count(name: FaultName): void {
    this.tally[name] = (this.tally[name] ?? 0) + 1;
  }
}
