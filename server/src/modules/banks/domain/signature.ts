import { readLines } from './lines.ts';
import { BrokenFile, foldText, LIMITS, type OpenFile } from './statement.ts';

const HEAD_LINES = 60;
const LENGTH = 300;

/** What files of one bank's table begin with: their first line of several cells. Undefined for what is no table. */
export async function signatureOf(open: OpenFile): Promise<string | undefined> {
  try {
    for await (const lines of readLines(open(), LIMITS))
      for (const { number, text } of lines) {
        if (number > HEAD_LINES) return undefined;
        // Digits change from file to file: a table without headings is known by its form.
        if (/[;,\t|].*[;,\t|]/.test(text)) return foldText(text).replace(/\d+/g, '0').slice(0, LENGTH);
      }
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
  }
  return undefined;
}
