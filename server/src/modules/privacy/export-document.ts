import { businessDate } from '#platform/clock.ts';
import type { Keeper } from '#platform/privacy/keeper.ts';

export type Part = { module: string; part: string; rows: unknown[] };
export type About = { subjectId: string; accountIds: readonly string[]; madeAt: string; retained: boolean };

/** What the file says it is; a reader of another version is told so. */
export const FORMAT = 'lastro-personal-data/1';

/**
 * The machine-readable copy, as it is read: `{ format, subjectId, …, parts: [{ module, part, title, rows: […] }] }`, one line a row. Pages of one part follow
 * each other, and become one list.
 */
export async function* writeJson(
  about: About,
  keepers: readonly Pick<Keeper, 'module' | 'parts'>[],
  parts: AsyncIterable<Part>,
): AsyncGenerator<Buffer> {
  const titles = new Map(
    keepers.flatMap(({ module, parts: all }) => Object.entries(all).map(([part, title]) => [`${module}/${part}`, title])),
  );
  const { subjectId, accountIds, madeAt, retained } = about;
  const head = JSON.stringify({ format: FORMAT, subjectId, accountIds, madeAt, retained });
  yield Buffer.from(`${head.slice(0, -1)},"parts":[`);
  let open: string | undefined;
  let isFirstRow = true;
  for await (const { module, part, rows } of parts) {
    const name = `${module}/${part}`;
    let text = '';
    if (name !== open) {
      text += `${open === undefined ? '' : '\n]},'}\n${JSON.stringify({ module, part, title: titles.get(name) ?? null }).slice(0, -1)},"rows":[`;
      open = name;
      isFirstRow = true;
    }
    for (const row of rows) {
      text += `${isFirstRow ? '' : ','}\n${JSON.stringify(row)}`;
      isFirstRow = false;
    }
    yield Buffer.from(text);
  }
  yield Buffer.from(open === undefined ? ']}\n' : '\n]}\n]}\n');
}

/** `dados-pessoais-2026-11-30.json` */
export const fileName = (format: 'json' | 'pdf', readyAt: string): string => `dados-pessoais-${businessDate(readyAt)}.${format}`;
