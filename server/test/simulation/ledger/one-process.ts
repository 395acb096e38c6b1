/**
 * Two ledgers in this one process over a real Postgres, one thing after the other, with faults at chosen points: everything, failures
 * too, replays exactly from the seed.
 */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CommandInput, Ledger } from '#ledger';
import { manualClock } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import type { AppError } from '#platform/errors.ts';
import { openLedger } from '../../../src/modules/ledger/test-support/fixture.ts';
import type { Dice } from '../../support/dice.ts';
import { Acknowledged } from './acknowledged.ts';
import type { Query } from './committed.ts';
import { Disagreement, tell } from './compare.ts';
import { type Fault, type FragileDb, fragile } from './fragile-db.ts';
import { reckon, type Sent } from './reckoning.ts';
import { Requests } from './requests.ts';
import { hearWitnesses } from './witnesses.ts';

export type OneProcessResult = { operations: number; done: number; refused: number; struck: Record<Fault['at'], number>; headHash: string };

type Side = { ledger: Ledger; fragile: FragileDb };

const START = Date.parse('2026-01-30T12:00:00Z');
/** So many lost connections in a row that the writer gives up and says that it does not know. */
const GIVES_UP = 8;

export class OneProcess {
  readonly #dice: Dice;
  readonly #clock = manualClock(START);
  readonly #requests: Requests;
  readonly #sides: [Side, Side];
  readonly #sent: Sent[] = [];
  readonly #acknowledged: Acknowledged;
  readonly #db: Db;
  readonly #query: Query;
  readonly #size: number;
  #operations = 0;

  constructor(dice: Dice, db: Db, query: Query, folder: string) {
    this.#dice = dice;
    this.#db = db;
    this.#query = query;
    this.#requests = new Requests(dice, 0, { accounts: dice.pick([4, 20]) });
    this.#size = dice.pick([1, 6, 40]);
    this.#acknowledged = new Acknowledged(path.join(folder, `acknowledged-${dice.seed}-one`));
    const open = (): Side => {
      const one = fragile(db);
      return { fragile: one, ledger: openLedger(one.db, { clock: this.#clock, checked: false, cacheLimit: dice.pick([3, 100_000]) }) };
    };
    this.#sides = [open(), open()];
  }

  /** `beforeReckoning` is for tests that plant a fault and want it found. */
  async run(
    operations: number,
    beforeReckoning: (tenantId: string) => Promise<unknown> = async () => undefined,
  ): Promise<OneProcessResult> {
    const { accounts, tenantId } = this.#requests;
    await this.#sides[0].ledger.createAccounts(systemContext(tenantId, 'simulator'), { accounts });
    while (this.#operations < operations) await this.#step();
    await beforeReckoning(tenantId);
    const { done, refused } = await reckon({ query: this.#query }, this.#requests, this.#sent, this.#acknowledged);
    this.#acknowledged.remove();
    await hearWitnesses(this.#db, tenantId);
    const [head] = await this.#query('select hash from ledger.heads where tenant_id = $1', [tenantId]);
    const struck = { ...this.#sides[0].fragile.struck };
    for (const [at, count] of Object.entries(this.#sides[1].fragile.struck)) struck[at as Fault['at']] += count;
    return { operations: this.#operations, done, refused, struck, headHash: head!.hash! };
  }

  async #step(): Promise<void> {
    const dice = this.#dice;
    this.#clock.advance(dice.pick([0, 1, 3, 900, 60_000, 60_000, 5 * 3_600_000]));
    const [side, other] = dice.roll() < 0.7 ? this.#sides : [this.#sides[1], this.#sides[0]];
    if (dice.roll() < 0.08) {
      await this.#rehearse(side, other);
      return;
    }
    side.fragile.plan(...this.#chooseFaults(other));
    await this.#submit(side, dice.whole(1, 8));
    side.fragile.plan();
  }

  /** A dry run says what happens next, to the word, and leaves nothing behind: the real one after it would show as a repetition. */
  async #rehearse(side: Side, other: Side): Promise<void> {
    const request = this.#requests.next(this.#clock.now(), this.#size);
    const input = { commands: request.commands as CommandInput[], atomic: request.atomic };
    const rehearsed = await other.ledger.submit(systemContext(this.#requests.tenantId, 'simulator'), { ...input, dryRun: true });
    const sent: Sent = { request, isMalformed: false, replies: [] };
    this.#sent.push(sent);
    await this.#see(side, sent);
    for (const [index, result] of sent.replies[0]!.entries()) {
      // Where it will stand, and when, a dry run does not tell.
      const { seq, recordedAt, ...said } = result;
      const placed = result.duplicate ? { seq, recordedAt } : {};
      if (!isDeepStrictEqual(JSON.parse(JSON.stringify({ ...said, ...placed })), JSON.parse(JSON.stringify(rehearsed.results[index])))) {
        const both = `rehearsed as ${JSON.stringify(rehearsed.results[index])}, and came to ${JSON.stringify(result)}`;
        throw new Disagreement(`${both}\n${tell(request, index)}`);
      }
    }
  }

  #chooseFaults(other: Side): (Fault | null)[] {
    const dice = this.#dice;
    const meanwhile = () => this.#submit(other, dice.whole(1, 3));
    const roll = dice.roll();
    if (roll < 0.03) return [{ at: 'before-commit' }];
    if (roll < 0.07) return [{ at: 'after-commit' }];
    if (roll < 0.08) return [{ at: 'after-commit' }, { at: 'before-commit' }];
    if (roll < 0.22) return [{ at: 'before-write', meanwhile }];
    if (roll < 0.24) return [{ at: 'before-write', meanwhile }, { at: dice.pick(['before-commit', 'after-commit']) }];
    if (roll < 0.241) return Array.from({ length: GIVES_UP }, () => ({ at: 'before-commit' }));
    return [];
  }

  /** Hands in some requests at the same moment, so that they are one batch. */
  async #submit(side: Side, count: number): Promise<void> {
    const dice = this.#dice;
    const round = Array.from({ length: count }, (): Sent => {
      const isMalformed = dice.roll() < 0.01;
      const now = this.#clock.now();
      return { request: isMalformed ? this.#requests.malformed(now) : this.#requests.next(now, this.#size), isMalformed, replies: [] };
    });
    // The same again, at once or after a refusal to answer.
    const again = this.#sent.length > 0 && dice.roll() < 0.1 ? [dice.pick(this.#sent.slice(-20))] : [];
    this.#sent.push(...round);
    await Promise.all([...round, ...again, ...(dice.roll() < 0.05 ? round.slice(0, 1) : [])].map((one) => this.#see(side, one)));
  }

  async #see(side: Side, sent: Sent): Promise<void> {
    const { commands, atomic } = sent.request;
    this.#operations += commands.length;
    try {
      const input = { commands: commands as CommandInput[], atomic };
      const { results } = await side.ledger.submit(systemContext(this.#requests.tenantId, 'simulator'), input);
      sent.replies.push(results);
      this.#acknowledged.add(results);
      this.#requests.wasAnswered(sent.request, results);
    } catch (error) {
      const { code, message } = error as AppError;
      const isExpected = code === 'LEDGER_OUTCOME_UNKNOWN' || (sent.isMalformed && code === 'LEDGER_COMMAND_MALFORMED');
      if (!isExpected) throw new Error(`a request broke: ${code} ${message}\n${JSON.stringify(sent.request)}`, { cause: error });
    }
  }
}
