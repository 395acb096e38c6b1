import type { Bus } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db/db.ts';
import type { Installation } from './manifest.ts';
import type { Vault } from './vault/vault.ts';

/** What some commands need of the installation beside its database; a sentence when the environment does not say it. */
export type House = { publicUrl: string; scopes: Installation['scopes']; vault: Vault };

/** A command of `npm run admin`. */
export type AdminCommand = {
  /** What follows its name: `<payment> <reason>`. */
  takes?: string;
  about: string;
  run(args: readonly (string | undefined)[], parts: { db: Db; bus: Bus; clock: Clock; house(): House }): Promise<void>;
};

/** An operator left something out. */
export class Missing extends Error {}

/** An argument that must be there. @throws Missing */
export function needed(value: string | undefined, what: string): string {
  if (!value) throw new Missing(`${what} is missing`);
  return value;
}
