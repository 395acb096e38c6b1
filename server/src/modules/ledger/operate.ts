/** What operators run beside the server, for the command line: it reaches the database itself. */
import path from 'node:path';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/index.ts';
import { type RebuildProgress, type RebuildReport, rebuildProjections } from './rebuild/rebuild.ts';

export type { RebuildProgress, RebuildReport } from './rebuild/rebuild.ts';

export type RebuildOptions = { adminUrl?: string | undefined; apply: boolean; onProgress?: (progress: RebuildProgress) => void };

/**
 * Makes the ledger's projections again and compares them, in the database of `adminUrl` or, without one, in the embedded Postgres of this
 * folder: adopted if it runs, else started for the occasion.
 */
export async function rebuildLedger({ adminUrl, ...rest }: RebuildOptions): Promise<RebuildReport> {
  if (adminUrl) return rebuildProjections({ adminUrl, ...rest });
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(import.meta.dirname, '../../../../.lastro/pg'), database: 'lastro' });
  try {
    return await rebuildProjections({ adminUrl: postgres.adminUrl, ...rest });
  } finally {
    if (!postgres.adopted) await postgres.stop();
  }
}
