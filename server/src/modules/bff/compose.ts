import type { Static, TObject } from 'typebox';
import { Type } from 'typebox';
import type { Logger } from '#platform/log.ts';
import type { Addition, Compose, Contribution, Visit } from '#platform/screens.ts';

/** Screens that several modules make together. Throws when two of them would write the same part of one. */
export function createCompose(added: readonly Pick<Contribution, 'module' | 'adds'>[], log: Logger): Compose {
  const all = added.flatMap(({ module, adds = [] }) => adds.map((one) => ({ ...one, module })));

  async function read(one: Addition & { module: string }, visit: Visit, base: unknown): Promise<Record<string, unknown>> {
    try {
      return await one.read(visit, base);
    } catch (error) {
      if (!one.whenAway) throw error;
      log.warn({ err: (error as Error).message, module: one.module }, `the screen ${one.screen} goes without a part`);
      return one.whenAway();
    }
  }
  return <B extends TObject>(screen: string, base: B) => {
    const parts = all.filter((one) => one.screen === screen);
    const properties = { ...base.properties };
    for (const { module, properties: more } of parts) {
      const taken = Object.keys(more).find((name) => name in properties);
      if (taken) throw new Error(`${module} adds "${taken}" to the screen ${screen}, which has it already`);
      Object.assign(properties, more);
    }
    return {
      schema: Type.Object(properties) as unknown as B,
      scopes: [...new Set(parts.flatMap(({ scopes = [] }) => scopes))],
      async fill(visit: Visit, own: Static<B>): Promise<Static<B>> {
        const told = await Promise.all(parts.map((one) => read(one, visit, own)));
        return Object.assign({}, own, ...told);
      },
    };
  };
}
