/**
 * The committed order, played once more through the model. What was done has a place (`seq`); what was refused only its batch, and must have been rightly refused somewhere in it: between two requests, never inside one.
 */
import { derivedId } from '#platform/id.ts';
import type { Batch, StoredBooking, StoredRefusal } from './committed.ts';
import { bookingDifferences, Disagreement, objection, tell } from './compare.ts';
import type { Command, Model, Verdict } from './model.ts';
import type { Request } from './requests.ts';

/** What became of an id in the end. */
export type Fact = { at: number } & (
  | {
      seq: number;
      /** Where the command left it to the ledger: what was moved, in minor units. */
      amount: string | null;
    }
  | { code: string }
);

export type Replayed = {
  facts: Map<string, Fact>;
  /** Of each request that left something in the ledger, what the model said when it was carried out. */
  verdicts: Map<Request, Verdict[]>;
  operations: number;
};

type Part = { request: Request; bookings: StoredBooking[]; refusals: Map<string, StoredRefusal> };

/** Plays all of it. `requests` in the order in which they were sent first. Throws a Disagreement at the first thing that cannot be. */
export function replay(batches: readonly Batch[], requests: readonly Request[], model: Model, tenantId: string): Replayed {
  const owners = new Owners(requests, tenantId);
  const replayed: Replayed = { facts: new Map(), verdicts: new Map(), operations: 0 };
  for (const batch of batches) {
    const parts = partsOf(batch, owners);
    const floating = new Floating([...parts.values()]);
    const fixed = [...parts.values()].filter((part) => part.bookings.length > 0);
    floating.settle(model, batch.at, replayed);
    for (const part of fixed) {
      const verdicts = model.submit(part.request.commands, part.request.atomic, batch.at);
      const why = whyImpossible(part, verdicts);
      if (why) throw new Disagreement(`recorded at ${batch.at}, seq ${part.bookings[0]!.seq}: ${why}`);
      remember(part, verdicts, batch.at, replayed);
      floating.passed(part);
      floating.settle(model, batch.at, replayed);
    }
    for (const part of floating.left) {
      const why = whyImpossible(part, model.submit(part.request.commands, part.request.atomic, batch.at));
      throw new Disagreement(`recorded at ${batch.at}, refused, and right nowhere in its batch; at its end: ${why}`);
    }
  }
  return replayed;
}

/** Those requests of a batch that left nothing but refusals, and so have no place in it yet. */
class Floating {
  readonly left = new Set<Part>();
  /** Ids of which somebody in this batch was told that nobody has heard of them: they come into being after that. */
  readonly #unheardOf = new Map<string, Set<Part>>();

  constructor(parts: readonly Part[]) {
    for (const part of parts) {
      if (part.bookings.length === 0) this.left.add(part);
      for (const { code, content } of part.refusals.values()) {
        if (code !== 'LEDGER_HOLD_UNKNOWN') continue;
        const askers = this.#unheardOf.get(content.holdId!) ?? new Set();
        this.#unheardOf.set(content.holdId!, askers.add(part));
      }
    }
  }

  passed(part: Part): void {
    this.left.delete(part);
    for (const askers of this.#unheardOf.values()) askers.delete(part);
  }

  /** Carries out those that can have been carried out here. */
  settle(model: Model, at: number, replayed: Replayed): void {
    for (let placed = true; placed; ) {
      placed = false;
      for (const part of this.left) {
        if (this.#isAwaited(part)) continue;
        const verdicts = model.submit(part.request.commands, part.request.atomic, at);
        if (whyImpossible(part, verdicts)) {
          model.takeBack();
          continue;
        }
        remember(part, verdicts, at, replayed);
        this.passed(part);
        placed = true;
      }
    }
  }

  #isAwaited(part: Part): boolean {
    for (const id of part.refusals.keys()) {
      for (const asker of this.#unheardOf.get(id) ?? []) if (asker !== part) return true;
    }
    return false;
  }
}

function whyImpossible(part: Part, verdicts: readonly Verdict[]): string | undefined {
  const { request, bookings, refusals } = part;
  const answered = new Set<string>();
  let place = 0;
  for (const [index, verdict] of verdicts.entries()) {
    const { id } = request.commands[index]!;
    if (verdict.is === 'repeat') continue;
    if (verdict.is === 'mixed') return `a mixed block leaves nothing\n${tell(request, index)}`;
    answered.add(id);
    const refusal = refusals.get(id);
    const booking = bookings[place];
    const stored = refusal ? refusal : booking?.id === id ? booking : undefined;
    if (!stored) return `nothing is stored of ${tell(request, index)}`;
    const answer = {
      id,
      duplicate: false,
      ...('code' in stored ? { outcome: 'rejected' as const, code: stored.code } : { outcome: 'done' as const }),
    };
    const why = objection(verdict, answer);
    if (why) return `${why}\n${tell(request, index)}`;
    if (verdict.is !== 'done') continue;
    place++;
    if (booking!.seq !== bookings[0]!.seq + place - 1) return `seq ${booking!.seq} is torn from its request\n${tell(request, index)}`;
    const differences = bookingDifferences(verdict.record, booking!);
    if (differences.length > 0) return `seq ${booking!.seq}: ${differences.join('; ')}\n${tell(request, index)}`;
  }
  if (place < bookings.length) return `seq ${bookings[place]!.seq} should not be there: ${bookings[place]!.id}`;
  const surplus = [...refusals.keys()].find((id) => !answered.has(id));
  return surplus && `the refusal of ${surplus} should not be there`;
}

function remember(part: Part, verdicts: Verdict[], at: number, replayed: Replayed): void {
  if (replayed.verdicts.has(part.request)) throw new Disagreement(`one request in two batches: ${tell(part.request, 0)}`);
  replayed.verdicts.set(part.request, verdicts);
  for (const booking of part.bookings) {
    const { id, seq, kind, balancing, amount } = booking;
    const isTold = balancing !== null || kind === 'settle' || kind === 'reverse';
    replayed.facts.set(id, { at, seq, amount: isTold ? String(amount) : null });
  }
  for (const { id, code } of part.refusals.values()) replayed.facts.set(id, { at, code });
  replayed.operations += part.request.commands.length;
}

/** Requests by the order of their first transfer; those without one last. */
function partsOf(batch: Batch, owners: Owners): Map<Request, Part> {
  const parts = new Map<Request, Part>();
  const partOf = (request: Request): Part => {
    let part = parts.get(request);
    if (part) return part;
    part = { request, bookings: [], refusals: new Map() };
    parts.set(request, part);
    return part;
  };
  for (const booking of batch.bookings) partOf(owners.of(booking, batch.at)).bookings.push(booking);
  for (const refusal of batch.refusals) partOf(owners.of(refusal.content, batch.at, refusal)).refusals.set(refusal.id, refusal);
  return parts;
}

/** Which request an id in the ledger came with. */
class Owners {
  readonly #byId = new Map<string, Request[]>();
  readonly #tenantId: string;

  constructor(requests: readonly Request[], tenantId: string) {
    this.#tenantId = tenantId;
    for (const request of requests) {
      for (const id of new Set(request.commands.map((command) => command.id))) {
        const known = this.#byId.get(id);
        if (known) known.push(request);
        else this.#byId.set(id, [request]);
      }
    }
  }

  of(stored: StoredBooking | Command, at: number, refusal?: StoredRefusal): Request {
    const id = refusal?.id ?? stored.id;
    const candidates = this.#byId.get(id) ?? [];
    // Whoever uses an id under way with other content marks it in the metadata; one answered already belongs to the first.
    const owner =
      candidates.length === 1
        ? candidates[0]
        : candidates.find((one) => one.commands.some((each) => each.id === id && metadataOf(each) === metadataOf(stored)));
    if (owner) return owner;
    // The one thing that the ledger does by itself.
    const { holdId, kind, reason, reference } = stored;
    if (holdId && kind === 'release' && reason === 'expiry' && this.#isExpiry(id, holdId, at)) {
      return { commands: [{ id, kind, holdId, reason, ...(reference ? { reference } : {}) }], atomic: false };
    }
    throw new Disagreement(
      `nobody asked for ${id}: ${JSON.stringify(stored, (_key, value) => (typeof value === 'bigint' ? String(value) : value))}`,
    );
  }

  /** The release of an expired hold is named after it, and where that was refused for coming too early after it and the minute. */
  #isExpiry(id: string, holdId: string, at: number): boolean {
    if (id === derivedId('ledger.expire', this.#tenantId, holdId)) return true;
    const minute = Math.floor(at / 60_000);
    return [minute - 1, minute, minute + 1].some((one) => id === derivedId('ledger.expire', this.#tenantId, holdId, String(one)));
  }
}

function metadataOf(stored: { metadata?: string | Record<string, string> }): string {
  if (typeof stored.metadata === 'string') return stored.metadata;
  const pairs = Object.entries(stored.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '' : JSON.stringify(pairs);
}
