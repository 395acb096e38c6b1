import type { CallContext } from '#platform/context.ts';
import type { Keeper, KeeperFace, Obstacle, Stay } from '#platform/privacy/keeper.ts';
import { refusePrivacy } from './errors.ts';

export type Reached = Omit<Keeper, 'face'> & { face: KeeperFace };
type Asked = { subjectId: string; accountIds: string[] };
export type Judged = { obstacles: Obstacle[]; stays: Stay[] };

/** Every module that keeps something of people, the ground floor first. */
export function createKeepers(keepers: () => readonly Keeper[]) {
  /** @throws PRIVACY_KEEPER_AWAY where this process was not told where one is: a copy with a hole in it would be a lie */
  function all(): Reached[] {
    return keepers().map(({ face, ...rest }) => {
      if (!face)
        throw refusePrivacy('PRIVACY_KEEPER_AWAY', {
          detail: { pt: `MODULE_URLS não diz onde está ${rest.module}.`, en: `MODULE_URLS does not say where ${rest.module} is.` },
        });
      return { ...rest, face };
    });
  }

  return {
    all,
    async judge(ctx: CallContext, asked: Asked): Promise<Judged> {
      const judged = await Promise.all(all().map(({ face }) => face.judgeErasure(ctx, asked)));
      return { obstacles: judged.flatMap(({ obstacles }) => obstacles), stays: judged.flatMap(({ stays }) => stays) };
    },
    /** All parts, page by page, as they are read. */
    async *collect(
      ctx: CallContext,
      asked: Asked & { retained: boolean },
    ): AsyncGenerator<{ module: string; part: string; rows: unknown[] }> {
      for (const { module, face } of all()) {
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<KeeperFace['collectPersonalData']>> = await face.collectPersonalData(ctx, { ...asked, cursor });
          yield { module, part: page.part, rows: page.rows };
          cursor = page.next;
        } while (cursor !== null);
      }
    },
  };
}

export type Keepers = ReturnType<typeof createKeepers>;
