/** What each module tells the conformance tests of itself: `conformance.fixture.ts` in its folder. All of them together. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MODULES } from '../../src/module-list.ts';
import type { Answer, WholePlatform } from '../support/whole-platform.ts';
import { ONLY } from './constants.ts';
import type { Cast, Makers, Stage } from './good-requests.ts';

/** Who asks: a service or a person with a token, or a browser with a session. */
export type Who = 'service' | 'person' | 'browser';
export type Ask = (method: string, target: string, body?: unknown) => Promise<Answer>;
/** The ids of what tenant A has, by the names that `paths` use. */
export type Belongings = Record<string, string>;
export type Scene = {
  platform: WholePlatform;
  cast: Cast;
  /** Callers of tenant A. */
  a: Record<Who, Ask>;
  /** What modules on lower floors have made already. */
  of: Readonly<Belongings>;
};

export type Conformance = {
  /** A request that works for each operation that takes a body. Each one made is new: another id, another key. */
  requests?: (stage: Stage) => Makers;
  /** What makes the body of an operation that wants an Idempotency-Key another one that would also have worked. */
  otherwise?: Record<string, Record<string, unknown>>;
  /** Why an operation that changes state wants no key, as it says itself. What proves it is a test. */
  exempt?: Record<string, string>;
  /** What anybody may ask, and why. */
  open?: Record<string, string>;
  /** Makes what tenant A has, and answers its ids by name. */
  belongings?: (scene: Scene) => Promise<Belongings>;
  /** For each operation with an id in its path: who asks, with which of the belongings; `also` fills further ids of the path. */
  paths?: Record<string, { by: Who; id: string; also?: Record<string, string>; query?: string; body?: unknown }>;
  /** For each list, with the query that shows something of A: who asks. */
  lists?: Record<string, Who>;
  /** Readings without an id that are no list of anything, and why. */
  unlisted?: Record<string, string>;
  /** Operations about what must be under way: for them nothing is ever at rest. */
  neverAtRest?: readonly string[];
  /** Tables, without the schema, whose rows come and go by themselves. */
  restless?: readonly string[];
  /** SQL condition that holds while something is to be done within the minute. */
  busy?: string;
};

type Told = { name: string } & Conformance;

/** Of every module that is here, whichever is asked. */
export const EVERY: readonly Told[] = await Promise.all(
  MODULES.map(async ({ name, folder }) => {
    const file = path.join(folder, 'conformance.fixture.ts');
    const told = existsSync(file) ? ((await import(file)) as { default: Conformance }).default : {};
    return { name, ...told };
  }),
);

/** Of those that are asked. */
export const TOLD: readonly Told[] = EVERY.filter(({ name }) => ONLY === undefined || name === ONLY);

type Tables = 'otherwise' | 'exempt' | 'open' | 'paths' | 'lists' | 'unlisted';
/** What all modules say under one heading. */
export const all = <K extends Tables>(heading: K): NonNullable<Conformance[K]> => Object.assign({}, ...TOLD.map((told) => told[heading]));

/** What an answer says once the ids asked for are taken out. */
export function saying({ status, body }: Answer, ids: readonly string[]): unknown {
  const { traceId: _traceId, ...rest } = (body ?? {}) as Record<string, unknown>;
  return { status, body: ids.reduce((text, id) => text.replaceAll(id, '<id>'), JSON.stringify(rest)) };
}
