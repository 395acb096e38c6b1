import { createHash } from 'node:crypto';
import { type Dose, FAULT_NAMES, type FaultName, type Faults, type FaultsOfOne } from './fault-schema.ts';

interface Switch {
  readonly probability: number | null;
  remaining: number;
  calls: number;
}

/** Switches that hold for one call. */
export interface FaultSet {
  readonly config: Faults;
  /** Whether the fault strikes this call; counts the call. */
  strikes(name: FaultName): boolean;
}

/** The fault switches. They live in memory only: a restart heals the sandbox. */
export class FaultSwitches implements FaultSet {
  config: Faults = {};
  #defaultSeed: number;
  #switches = new Map<FaultName, Switch>();
  #injected = new Map<FaultName, number>();
  #only = new Map<string, OneSwitches>();
  #subjects = new Map<string, string>();

  constructor(seed: number) {
    this.#defaultSeed = seed;
  }

  /** Replaces all switches; every sequence of draws begins again. */
  set(config: Faults): void {
    this.config = config;
    this.#injected.clear();
    this.#switches = switchesOf(config);
    this.#only = new Map(Object.entries(config.only ?? {}).map(([subject, one]) => [subject, { config: one, switches: null }]));
  }

  strikes(name: FaultName): boolean {
    return this.#strike(this.#switches, name, name);
  }

  /** Remembers under which name of `only` a payment, an arrival or a return is to be looked for. */
  name(id: string, subject: string | undefined): void {
    if (subject !== undefined) this.#subjects.set(id, subject);
  }

  subjectOf(id: string): string {
    return this.#subjects.get(id) ?? id;
  }

  /** The switches for one payment, arrival or return: its own, if `only` has some, or else those for all. */
  of(id: string): FaultSet {
    const subject = this.subjectOf(id);
    const one = this.#only.get(subject);
    if (!one) return this;
    one.switches ??= switchesOf(one.config);
    const { config, switches } = one;
    return { config, strikes: (name) => this.#strike(switches, name, `${subject}/${name}`) };
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

  #strike(switches: ReadonlyMap<FaultName, Switch>, name: FaultName, drawn: string): boolean {
    const found = switches.get(name);
    if (!found) return false;
    const call = found.calls++;
    const struck = found.probability === null ? found.remaining > 0 : this.#draw(drawn, call) < found.probability;
    if (!struck) return false;
    found.remaining--;
    this.#injected.set(name, (this.#injected.get(name) ?? 0) + 1);
    return true;
  }

  /** A number in [0, 1) that depends on nothing but the seed, the fault and the how-many-eth call this is. */
  #draw(name: string, call: number): number {
    const seed = this.config.seed ?? this.#defaultSeed;
    return createHash('sha256').update(`${seed}/${name}/${call}`).digest().readUInt32BE(0) / 2 ** 32;
  }
}

interface OneSwitches {
  readonly config: FaultsOfOne;
  /** Made when first asked for: most of thousands may never be. */
  switches: Map<FaultName, Switch> | null;
}

function switchesOf(config: Faults): Map<FaultName, Switch> {
  const switches = new Map<FaultName, Switch>();
  for (const name of FAULT_NAMES) {
    const dose = doseAt(config, name);
    if (dose !== undefined && dose !== false) switches.set(name, toSwitch(dose));
  }
  return switches;
}

function doseAt(config: Faults, name: FaultName): Dose | undefined {
  const [first, second] = name.split('.') as [keyof Faults, string?];
  const found = config[first] as Dose | Record<string, Dose> | undefined;
  return second === undefined ? (found as Dose | undefined) : (found as Record<string, Dose> | undefined)?.[second];
}

function toSwitch(dose: Dose): Switch {
  if (dose === true) return { probability: null, remaining: Number.POSITIVE_INFINITY, calls: 0 };
  if (dose === false) return { probability: null, remaining: 0, calls: 0 };
  if (typeof dose === 'number') return toSwitch(Number.isInteger(dose) ? { count: dose } : { probability: Math.min(dose, 1) });
  return 'count' in dose
    ? { probability: null, remaining: dose.count, calls: 0 }
    : { probability: dose.probability, remaining: 0, calls: 0 };
}
