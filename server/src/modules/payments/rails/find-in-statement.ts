import type { Movement, Rail } from './port.ts';
import { readStatement } from './read-statement.ts';

/** `there`: it has such a line. `absent`: it has none, up to the instant asked for. `unknown`: it could not be read, or not that far. */
export type InStatement = { found: 'there'; line: Movement } | { found: 'absent' | 'unknown' };

/** `untilMs`: where to stop reading. `toMs`: only a statement that has come so far can say that there is no such line. */
export type SearchWindow = { fromMs: number; toMs: number; untilMs: number };

/** Looks for one line in the provider's statement. */
export async function findInStatement(
  rail: Pick<Rail, 'statementPage'>,
  isIt: (line: Movement) => boolean,
  { fromMs, toMs, untilMs }: SearchWindow,
): Promise<InStatement> {
  let line: Movement | undefined;
  const { asOfMs } = await readStatement(rail, { fromMs, toMs: untilMs }, async (lines) => {
    line = lines.find(isIt);
    return line === undefined;
  });
  if (line) return { found: 'there', line };
  return { found: asOfMs !== null && asOfMs >= toMs ? 'absent' : 'unknown' };
}
