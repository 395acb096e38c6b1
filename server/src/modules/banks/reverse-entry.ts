import type { CallContext } from '#platform/context.ts';
import type { BanksDeps } from './deps.ts';

const AS_GOOD = new Set(['BOOKS_ENTRY_NOT_FOUND', 'BOOKS_ENTRY_REFUSED', 'BOOKS_ENTRY_REVERSED']);

/** Reverses an entry; one that never came to be, or is reversed already, is as good. */
export async function reverseEntry(
  { books }: Pick<BanksDeps, 'books'>,
  ctx: CallContext,
  accountId: string,
  entryId: string,
  reason: string,
): Promise<void> {
  try {
    await books.reverse(ctx, { accountId, entryId, reason, late: 'first-open-day' });
  } catch (error) {
    if (!AS_GOOD.has((error as { code?: string }).code ?? '')) throw error;
  }
}
