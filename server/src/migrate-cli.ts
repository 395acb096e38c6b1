/** `npm run migrate`: brings the database of DATABASE_ADMIN_URL up to date and creates the log-in role of DATABASE_URL. */
import { createLogger } from '#platform/log.ts';
import { migrate } from '#platform/migrate/migrate.ts';
import { migrationSources } from './module-list.ts';

const log = createLogger({ name: 'migrate', level: process.env.LOG_LEVEL ?? 'info' });
const adminUrl = process.env.DATABASE_ADMIN_URL;
if (!adminUrl) {
  log.error('DATABASE_ADMIN_URL is required: the owner of the schemas');
  process.exit(2);
}
const appUrl = process.env.DATABASE_URL && process.env.DATABASE_URL !== adminUrl ? new URL(process.env.DATABASE_URL) : undefined;
try {
  const { applied } = await migrate({
    adminUrl,
    ...(appUrl ? { appLogin: { user: decodeURIComponent(appUrl.username), password: decodeURIComponent(appUrl.password) } } : {}),
    sources: migrationSources(),
    log,
  });
  log.info({ applied: applied.length }, applied.length > 0 ? 'database is up to date' : 'database was up to date');
} catch (error) {
  log.error({ err: (error as Error).message }, 'migration failed');
  process.exit(1);
}
