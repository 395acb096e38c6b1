/** Worlds one after the other, in three ways, and what they came to. */
import { createDb, type Db } from '#platform/db/db.ts';
import { log } from '../../../src/modules/ledger/test-support/fixture.ts';
import { takeDice } from '../../support/dice.ts';
import { Crew } from './crew.ts';
import { FAULTS } from './faults.ts';
import { simulateInMemory } from './in-memory.ts';
import { OneProcess } from './one-process.ts';
import { Stage } from './stage.ts';
import { World } from './world.ts';

/**
 * `memory`: the decisions alone. `faults`: two ledgers in one process over Postgres, with faults at chosen points; like `memory` it replays
 * exactly. `processes`: several writer processes, killed and cut off; its requests replay, its interleavings do not.
 */
export const MODES = ['memory', 'faults', 'processes'] as const;
export type Mode = (typeof MODES)[number];

export type SimulationOptions = {
  /** For Postgres and the files of what was acknowledged. */
  folder: string;
  /** Commands, on average, from one thing going wrong to the next in `processes`. */
  calm: number;
  /** Commands a world; each mode has its own measure by default. */
  worldOperations?: number;
  say(line: string): void;
};

const WORLD_OPERATIONS: Record<Mode, number> = { memory: 200_000, faults: 10_000, processes: 100_000 };
const WRITERS = 3;

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #tally = new Map<string, number>();
  #stage: Stage | undefined;
  #crew: Crew | undefined;
  #db: Db | undefined;
  operations = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
  }

  /** One world from this seed, of at most so many commands. Throws at a disagreement, saying how to play it again. */
  async world(mode: Mode, seed: number, most: number): Promise<void> {
    const usual = this.#options.worldOperations ?? WORLD_OPERATIONS[mode];
    const operations = Math.min(usual, most);
    const from = performance.now();
    try {
      const told = await this.#run(mode, seed, operations);
      this.#options.say(`${mode} seed ${seed}: agreed, ${((performance.now() - from) / 1_000).toFixed(1)} s; ${told}`);
    } catch (error) {
      const again = `npm run simulate -- --mode ${mode} --seed ${seed} --operations ${operations} --world ${operations}`;
      if (error instanceof Error) error.message += `\n(${mode}, seed ${seed}; \`${again}\` plays it again)`;
      throw error;
    }
  }

  summary(): string {
    return [...this.#tally].map(([name, count]) => `${name}: ${count.toLocaleString('en')}`).join('\n');
  }

  async close(): Promise<void> {
    await this.#crew?.dismiss();
    await this.#db?.close().catch(() => undefined);
    await this.#stage?.close();
  }

  async #run(mode: Mode, seed: number, operations: number): Promise<string> {
    const dice = takeDice(seed);
    if (mode === 'memory') {
      const count = simulateInMemory(dice, operations);
      this.#add(mode, count);
      return `${count} commands`;
    }
    this.#stage ??= await Stage.open(this.#options.folder);
    const stage = this.#stage;
    try {
      return mode === 'faults' ? await this.#faults(seed, operations, stage) : await this.#processes(seed, operations, stage);
    } finally {
      await stage.empty();
    }
  }

  async #faults(seed: number, operations: number, stage: Stage): Promise<string> {
    this.#db ??= createDb({ url: stage.appUrl, poolSize: 4, log });
    const query = (sql: string, params: readonly unknown[]) => stage.query(sql, params);
    const result = await new OneProcess(takeDice(seed), this.#db, query, this.#options.folder).run(operations);
    this.#add('faults', result.operations);
    for (const [at, count] of Object.entries(result.struck)) this.#count(`fault ${at}`, count);
    return `${result.operations} commands, ${result.done} done, ${result.refused} refused; ${JSON.stringify(result.struck)}`;
  }

  async #processes(seed: number, operations: number, stage: Stage): Promise<string> {
    this.#crew ??= await Crew.hire(stage.appUrl, WRITERS);
    const { calm, folder } = this.#options;
    const main = new World(takeDice(seed), stage, this.#crew, { operations, calm, folder, tenant: 0 });
    const neighbour = new World(takeDice(seed), stage, this.#crew, { operations: Math.ceil(operations / 10), calm, folder, tenant: 1 });
    await Promise.all([main.live(), neighbour.live()]);
    const result = await main.judge();
    const beside = await neighbour.judge();
    this.#add('processes', result.operations + beside.operations);
    this.#count('outcomes left unknown', result.unknown + beside.unknown);
    const struck: string[] = [];
    for (const name of FAULTS) {
      const count = result.tally[name] ?? 0;
      this.#count(name, count);
      if (count > 0) struck.push(`${count} × ${name}`);
    }
    const { requests, done, refused, unknown } = result;
    const both = `${result.operations} commands and a neighbour's ${beside.operations}`;
    return `${both} in ${requests + beside.requests} requests, ${done + beside.done} done, ${refused + beside.refused} refused, ${unknown + beside.unknown} left unknown; ${struck.join(', ')}`;
  }

  #add(mode: Mode, operations: number): void {
    this.operations += operations;
    this.#count('operations', operations);
    this.#count(`operations, ${mode}`, operations);
    this.#count(`worlds, ${mode}`, 1);
  }

  #count(name: string, count: number): void {
    this.#tally.set(name, (this.#tally.get(name) ?? 0) + count);
  }
}
