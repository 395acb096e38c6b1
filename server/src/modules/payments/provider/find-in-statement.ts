import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Answer, Ask } from './http.ts';

const Statement = Type.Object({
  lines: Type.Array(Type.Object({ endToEndId: Type.String() }), { maxItems: 10_000 }),
  nextCursor: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
  asOf: Type.String({ maxLength: 40 }),
});
const Page = Compile(Statement);
const MAX_PAGES = 500;
const PAGE_LINES = 1_000;

/** `there`: it has such an entry. `absent`: it has none, up to the instant asked for. `unknown`: it could not be read, or not that far. */
export type InStatement = 'there' | 'absent' | 'unknown';

/**
 * Looks for a payment of ours in the provider's statement.
 *
 * @param window `toMs`: only a statement that has come so far can say that there is no such entry.
 */
export const createFindInStatement =
  (ask: Ask) =>
  async (endToEndId: string, window: { fromMs: number; toMs: number }): Promise<InStatement> => {
    const period = `from=${new Date(window.fromMs).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}&limit=${PAGE_LINES}`;
    let cursor: string | null = null;
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer: Answer = await ask('GET', `/spi/statement?${period}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      if (answer.kind !== 'answered' || answer.status >= 300 || !Page.Check(answer.body)) return 'unknown';
      const { lines, nextCursor, asOf }: Static<typeof Statement> = answer.body;
      if (lines.some((line) => line.endToEndId === endToEndId)) return 'there';
      if (nextCursor === null) return Date.parse(asOf) >= window.toMs ? 'absent' : 'unknown';
      cursor = nextCursor;
    }
    return 'unknown';
  };
