import type { PaymentsDeps } from '../deps.ts';
import { findReadingAges } from '../store/statement-readings.ts';

/** How far behind each connection's readings of the statement are; read when scraped. */
export function measureStatements({ metrics, db }: Pick<PaymentsDeps, 'metrics' | 'db'>): void {
  metrics.labelled(
    'lastro_pix_statement_age_seconds',
    'Since a reading of a connection’s statement last ended well',
    ['connection', 'job'],
    async () =>
      (await db.tx({ module: 'payments', system: true, single: true }, findReadingAges)).map(
        ({ connection, job, seconds }) => [{ connection, job }, seconds] as const,
      ),
  );
}
