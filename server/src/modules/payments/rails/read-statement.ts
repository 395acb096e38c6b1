import type { Movement, Rail, StatementPage } from './port.ts';

/** A period longer than this is refused by providers. */
export const MAX_PERIOD_MS = 31 * 86_400_000;
/** A provider that gives the same cursor for ever is no reason to read for ever. */
const MAX_PAGES = 20_000;

/** How far a reading came: to the end of the period or of what the provider tells (`asOfMs`), or to where it did not answer. */
export type Reading = { asOfMs: number | null; fault: string | null };

/**
 * Reads the provider's statement of a period page by page, oldest first. Whoever takes the pages may say that it is enough by answering
 * false. Never throws for what the provider did or did not do.
 */
export async function readStatement(
  rail: Pick<Rail, 'statementPage'>,
  period: { fromMs: number; toMs: number },
  take: (lines: Movement[], page: StatementPage) => Promise<boolean>,
): Promise<Reading> {
  const [from, to] = [new Date(period.fromMs).toISOString(), new Date(period.toMs).toISOString()];
  const seen = new Set<string>();
  for (let cursor: string | undefined; seen.size < MAX_PAGES; ) {
    const answer = await again(() => rail.statementPage({ from, to, ...(cursor === undefined ? {} : { cursor }) }));
    if (answer.kind === 'not-found') return { asOfMs: null, fault: 'NOT_FOUND' };
    if (answer.kind !== 'found') return { asOfMs: null, fault: answer.why };
    const { lines, nextCursor, asOf } = answer.value;
    if (!(await take(lines, answer.value))) return { asOfMs: null, fault: 'GIVEN_UP' };
    if (nextCursor === undefined || nextCursor === null) {
      const asOfMs = Date.parse(asOf ?? '');
      return { asOfMs: Number.isNaN(asOfMs) ? null : Math.min(asOfMs, period.toMs), fault: null };
    }
    if (seen.has(nextCursor)) return { asOfMs: null, fault: 'CURSOR_REPEATED' };
    seen.add(nextCursor);
    cursor = nextCursor;
  }
  return { asOfMs: null, fault: 'TOO_MANY_PAGES' };
}

/** Of a page "not found" says nothing, either. */
async function again<T extends { kind: string }>(ask: () => Promise<T>): Promise<T> {
  const first = await ask();
  return first.kind === 'found' ? first : ask();
}
