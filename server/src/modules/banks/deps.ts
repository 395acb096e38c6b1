import type { Accounts } from '#accounts';
import type { Books } from '#books';
import type { Blobs } from '#platform/blob/blob.ts';
import type { QueueDeps } from '#platform/module.ts';

export type BanksDeps = QueueDeps & {
  blobs: Blobs;
  accounts: Pick<Accounts, 'authorize'>;
  books: Pick<Books, 'getShop' | 'record' | 'reverse' | 'getEntry'>;
  /** Tests: called with the name of each crash point passed. */
  crashPoint?: ((name: string) => void) | undefined;
};

export const MODULE = 'banks';
export const WORK_QUEUE = 'banks.files';
export type Work = { fileId: string; step: 'read' | 'import' | 'undo' };
