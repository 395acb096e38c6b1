import type { Bus } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db/db.ts';

/** A command of `npm run admin`. */
export type AdminCommand = {
  /** What follows its name: `<payment> <reason>`. */
  takes?: string;
  about: string;
  run(args: readonly (string | undefined)[], parts: { db: Db; bus: Bus; clock: Clock }): Promise<void>;
};

/** An operator left something out. */
export class Missing extends Error {}

/** An argument that must be there. @throws Missing */
export function needed(value: string | undefined, what: string): string {
  if (!value) throw new Missing(`${what} is missing`);
  return value;
}
