/** One world: a tenant, several writer processes, things going wrong; then the reckoning. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from '#ledger';
import { type Dice, takeDice } from '../../support/dice.ts';
import { Acknowledged } from './acknowledged.ts';
import { Disagreement } from './compare.ts';
import type { Crew } from './crew.ts';
import { Faults, type Tally } from './faults.ts';
import { checkAcknowledged, reckon, type Sent } from './reckoning.ts';
import { type Request, Requests } from './requests.ts';
import type { Stage } from './stage.ts';
import type { Reply, Writer } from './writer.ts';

export type WorldOptions = {
  operations: number;
  /** Commands, on average, from one thing going wrong to the next. */
  calm: number;
  /** Which of the tenants that live side by side; only for the first do things go wrong, and all feel it. */
  tenant: 0 | 1;
  /** Where the file of acknowledged ids is kept. */
  folder: string;
};
export type WorldResult = { operations: number; done: number; refused: number; requests: number; unknown: number; tally: Tally };

/** Acknowledged commands looked for after a crash; at the end all are. */
const LOOK_BACK = 5_000;
/** Commands under way, about. */
const IN_FLIGHT = 6_000;
/** An outcome that nobody tells within this time is a writer that hangs. */
const STUCK_MS = 60_000;

export class World {
  readonly #dice: Dice;
  readonly #stage: Stage;
  readonly #crew: Crew;
  readonly #options: WorldOptions;
  readonly #requests: Requests;
  readonly #acknowledged: Acknowledged;
  readonly #sent: Sent[] = [];
  readonly #answersOf = new Map<Writer, number>();
  readonly #faults: Faults;
  #answers = 0;
  #operations = 0;
  readonly #size: number;
  readonly #share: number;

  constructor(dice: Dice, stage: Stage, crew: Crew, options: WorldOptions) {
    this.#dice = dice;
    this.#stage = stage;
    this.#crew = crew;
    this.#options = options;
    this.#requests = new Requests(dice, options.tenant, { accounts: dice.pick([6, 40, 300]) });
    this.#size = dice.pick([1, 40, 240, 240]);
    // One command a request costs much more: less of it.
    this.#share = this.#size === 1 ? 0.1 : 1;
    this.#acknowledged = new Acknowledged(path.join(options.folder, `acknowledged-${dice.seed}-${options.tenant}`));
    // Dice of their own, so that how long things take does not change what goes wrong.
    const others = (writer: Writer) => this.#answers - (this.#answersOf.get(writer) ?? 0);
    this.#faults = new Faults(takeDice(dice.seed ^ 0x5eed), crew, stage, others);
  }

  /** Until every request has its outcome, or was given up. */
  async live(): Promise<void> {
    await this.#open();
    const lanes = Promise.all(Array.from({ length: Math.min(300, Math.ceil((2 * IN_FLIGHT) / this.#size)) }, () => this.#lane()));
    await Promise.all([lanes, ...(this.#options.tenant === 0 ? [this.#misfortune()] : [])]);
    this.#acknowledged.flush();
  }

  /** Throws a Disagreement when ledger and model do not agree on what it came to. */
  async judge(): Promise<WorldResult> {
    const { done, refused } = await reckon(this.#stage, this.#requests, this.#sent, this.#acknowledged);
    this.#acknowledged.remove();
    const unknown = this.#sent.filter(({ replies, isMalformed }) => replies.length === 0 && !isMalformed).length;
    return { operations: this.#operations, done, refused, requests: this.#sent.length, unknown, tally: this.#faults.tally };
  }

  async #open(): Promise<void> {
    const { accounts, tenantId } = this.#requests;
    for (;;) {
      const reply = await this.#crew.someone(this.#dice)?.open(tenantId, accounts);
      if (reply && reply !== 'gone' && 'results' in reply) return;
      if (reply && reply !== 'gone' && reply.code === 'LEDGER_ACCOUNT_CONFLICT')
        throw new Disagreement(`accounts not opened: ${reply.detail}`);
      await sleep(50);
    }
  }

  async #lane(): Promise<void> {
    const dice = this.#dice;
    while (this.#operations < this.#share * this.#options.operations) {
      const now = Date.now() + this.#crew.aheadMs;
      const isMalformed = dice.roll() < 0.004;
      const request = isMalformed ? this.#requests.malformed(now) : this.#requests.next(now, this.#size);
      this.#operations += request.commands.length;
      const sent: Sent = { request, isMalformed, replies: [] };
      this.#sent.push(sent);
      // Sometimes twice at once, through whichever two writers.
      if (dice.roll() < 0.03) await Promise.all([this.#see(sent), this.#see(sent)]);
      else await this.#see(sent);
    }
  }

  /** Sends the request until its outcome is known, or, now and then, leaves it unknown. */
  async #see(sent: Sent): Promise<void> {
    const dice = this.#dice;
    for (;;) {
      const writer = this.#crew.someone(dice);
      const delayMs = dice.roll() < 0.1 ? dice.whole(0, 30) : 0;
      const reply = writer ? await this.#ask(writer, sent.request, delayMs) : 'gone';
      if (writer && reply !== 'gone' && 'results' in reply) {
        this.#answers++;
        this.#answersOf.set(writer, (this.#answersOf.get(writer) ?? 0) + 1);
        this.#hear(sent, reply.results);
        return;
      }
      if (reply !== 'gone' && 'code' in reply) {
        if (reply.code === 'LEDGER_COMMAND_MALFORMED' && sent.isMalformed) return;
        if (reply.code !== 'LEDGER_OUTCOME_UNKNOWN' && reply.code !== 'LEDGER_OVERLOADED') {
          throw new Error(`a request broke: ${reply.code} ${reply.detail}\n${JSON.stringify(sent.request)}`);
        }
      }
      if (dice.roll() < 0.1) return;
      await sleep(dice.whole(1, 40));
    }
  }

  async #ask(writer: Writer, request: Request, delayMs: number): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined;
    const stuck = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer for ${STUCK_MS} ms to ${JSON.stringify(request).slice(0, 500)}`)), STUCK_MS);
    });
    try {
      return await Promise.race([writer.submit(this.#requests.tenantId, request, delayMs), stuck]);
    } finally {
      clearTimeout(timer);
    }
  }

  #hear(sent: Sent, results: CommandResult[]): void {
    sent.replies.push(results);
    this.#acknowledged.add(results);
    this.#requests.wasAnswered(sent.request, results);
  }

  async #misfortune(): Promise<void> {
    const { operations, calm } = this.#options;
    let next = calm * this.#dice.roll();
    while (this.#operations < this.#share * operations) {
      if (this.#operations < next) {
        await sleep(2);
        continue;
      }
      next = this.#operations + calm * 2 * this.#dice.roll();
      this.#acknowledged.flush();
      const promised = this.#acknowledged.read(LOOK_BACK);
      if (await this.#faults.strike()) await checkAcknowledged(this.#stage, this.#requests.tenantId, promised);
    }
  }
}
