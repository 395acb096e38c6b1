import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { strict } from './schemas.ts';

/**
 * How often a fault strikes: `true` always; `{count}` (or a whole number) the next so many times; `{probability}` (or a number
 * between 0 and 1) by a seeded draw, the n-th call always the same.
 */
const Dose = Type.Union([
  Type.Boolean(),
  Type.Number({ minimum: 0, maximum: 1_000_000 }),
  strict({ count: Type.Integer({ minimum: 0, maximum: 1_000_000 }) }),
  strict({ probability: Type.Number({ minimum: 0, maximum: 1 }) }),
]);
const DelayMs = Type.Integer({ minimum: 0, maximum: 600_000 });
const Endpoint = strict({ latencyMs: Type.Optional(DelayMs), error500: Type.Optional(Dose) });

export const Faults = strict({
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 })),
  latencyMs: Type.Optional(DelayMs),
  timeoutAfterExecute: Type.Optional(Dose),
  error500: Type.Optional(Dose),
  error500AfterExecute: Type.Optional(Dose),
  webhook: Type.Optional(
    strict({
      duplicate: Type.Optional(Dose),
      reorder: Type.Optional(Dose),
      beforeAnswer: Type.Optional(Dose),
      never: Type.Optional(Dose),
      delayMs: Type.Optional(DelayMs),
    }),
  ),
  rejectKeys: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 77 }), { maxItems: 1000 })),
  query: Type.Optional(Endpoint),
  statement: Type.Optional(
    strict({
      latencyMs: Type.Optional(DelayMs),
      error500: Type.Optional(Dose),
      lagMs: Type.Optional(DelayMs),
      lateMs: Type.Optional(DelayMs),
    }),
  ),
  dict: Type.Optional(Endpoint),
  blocklist: Type.Optional(strict({ latencyMs: Type.Optional(DelayMs), error500: Type.Optional(Dose), lie: Type.Optional(Dose) })),
});
export type Faults = Static<typeof Faults>;
type Dose = Static<typeof Dose>;

/** Every fault that strikes now and then, by its path in {@link Faults}. */
const DOSES = {
  timeoutAfterExecute: (f: Faults) => f.timeoutAfterExecute,
  error500: (f: Faults) => f.error500,
  error500AfterExecute: (f: Faults) => f.error500AfterExecute,
  'webhook.duplicate': (f: Faults) => f.webhook?.duplicate,
  'webhook.reorder': (f: Faults) => f.webhook?.reorder,
  'webhook.beforeAnswer': (f: Faults) => f.webhook?.beforeAnswer,
  'webhook.never': (f: Faults) => f.webhook?.never,
  'query.error500': (f: Faults) => f.query?.error500,
  'statement.error500': (f: Faults) => f.statement?.error500,
  'dict.error500': (f: Faults) => f.dict?.error500,
  'blocklist.error500': (f: Faults) => f.blocklist?.error500,
  'blocklist.lie': (f: Faults) => f.blocklist?.lie,
} as const;
export type FaultName = keyof typeof DOSES;

interface Switch {
  readonly probability: number | null;
  remaining: number;
  calls: number;
}

/** The fault switches. They live in memory only: a restart heals the sandbox. */
export class FaultSwitches {
  config: Faults = {};
  #defaultSeed: number;
  #switches = new Map<FaultName, Switch>();
  #injected = new Map<FaultName, number>();

  constructor(seed: number) {
    this.#defaultSeed = seed;
  }

  /** Replaces all switches; every sequence of draws begins again. */
  set(config: Faults): void {
    this.config = config;
    this.#switches.clear();
    this.#injected.clear();
    for (const name of Object.keys(DOSES) as FaultName[]) {
      const dose = DOSES[name](config);
      if (dose !== undefined && dose !== false) this.#switches.set(name, toSwitch(dose));
    }
  }

  /** Whether the fault strikes this call; counts the call. */
  strikes(name: FaultName): boolean {
    const found = this.#switches.get(name);
    if (!found) return false;
    const call = found.calls++;
    const struck = found.probability === null ? found.remaining > 0 : this.#draw(name, call) < found.probability;
    if (!struck) return false;
    found.remaining--;
    this.#injected.set(name, (this.#injected.get(name) ?? 0) + 1);
    return true;
  }

  /** What is set, what is left of each count, and how often each fault has struck since it was set. */
  view() {
    const counted = [...this.#switches].filter(([, found]) => found.probability === null && Number.isFinite(found.remaining));
    return {
      faults: this.config,
      remaining: Object.fromEntries(counted.map(([name, found]) => [name, found.remaining])),
      injected: Object.fromEntries(this.#injected),
    };
  }

  /** A number in [0, 1) that depends on nothing but the seed, the fault and the how-many-eth call this is. */
  #draw(name: FaultName, call: number): number {
    const seed = this.config.seed ?? this.#defaultSeed;
    return createHash('sha256').update(`${seed}/${name}/${call}`).digest().readUInt32BE(0) / 2 ** 32;
  }
}

function toSwitch(dose: Dose): Switch {
  if (dose === true) return { probability: null, remaining: Number.POSITIVE_INFINITY, calls: 0 };
  if (dose === false) return { probability: null, remaining: 0, calls: 0 };
  if (typeof dose === 'number') return toSwitch(Number.isInteger(dose) ? { count: dose } : { probability: Math.min(dose, 1) });
  return 'count' in dose
    ? { probability: null, remaining: dose.count, calls: 0 }
    : { probability: dose.probability, remaining: 0, calls: 0 };
}
