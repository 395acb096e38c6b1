/** `npm run bench -- reports`: three years of 200 entries a day, as a DRE and as a cash flow by payment, beside adding up the entries themselves. */
import { createCashflow } from '../../src/modules/cashflow/index.ts';
import { createReports } from '../../src/modules/reports/index.ts';
import { createPostgresBus } from '../../src/platform/bus/postgres.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemContext } from '../../src/platform/context.ts';
import { newId } from '../../src/platform/id.ts';
import { createLogger } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/telemetry/metrics.ts';
import { openTestDatabase } from '../support/test-database.ts';

const ENTRIES_A_DAY = 200;
const [FIRST, LAST] = ['2024-01-01', '2026-12-31'];
const TIMES = 40;
const GROUPS = ['revenue', 'deduction', 'cost', 'expense', 'financial-income', 'financial-expense', 'difference'] as const;

const database = await openTestDatabase();
const { db } = database;
const log = createLogger({ level: 'silent' });
const ctx = systemContext(newId(), 'bench');
const accountId = newId();
const categories = Array.from({ length: 35 }, (_, at) => ({
  id: newId(),
  group: GROUPS[at % GROUPS.length]!,
  name: `Categoria ${at}`,
  archived: false,
  key: null,
}));
const places = Array.from({ length: 5 }, (_, at) => ({
  id: newId(),
  storeId: newId(),
  kind: 'drawer' as const,
  name: `Caixa ${at}`,
  archived: false,
  key: null,
}));
const shop = { accountId, closedUntil: null, today: LAST, stores: [], places, categories };

/** Entries, and the rows a day that the projections would have made of them. */
async function fill(): Promise<{ entries: number; rows: number }> {
  const ids = [ctx.tenantId, categories.map(({ id }) => id), places.map(({ id }) => id)];
  await database.admin(
    'create unlogged table public.bench_entries (tenant_id uuid, category_id uuid, place_id uuid, date date, amount_minor numeric(38,0))',
  );
  await database.admin(
    `insert into public.bench_entries select $1, ($2::uuid[])[1 + floor(random() * ${categories.length})::int],
       ($3::uuid[])[1 + floor(random() * ${places.length})::int], d::date, 1 + floor(random() * 100000)
     from generate_series('${FIRST}'::date, '${LAST}'::date, '1 day') d, generate_series(1, ${ENTRIES_A_DAY})`,
    ids,
  );
  for (const column of ['category_id', 'place_id'])
    await database.admin(
      `insert into cashflow.daily_balances (tenant_id, account_id, date, opening, in_minor, out_minor, closing, position, updated_at)
       select tenant_id, ${column}, date, sum(amount) over w - amount, amount, 0, sum(amount) over w, 1, now()
       from (select tenant_id, ${column}, date, sum(amount_minor) as amount from public.bench_entries group by 1, 2, 3) e
       window w as (partition by ${column} order by date)`,
    );
  await database.admin(
    `insert into reports.cash_days (tenant_id, account_id, date, about, in_minor, out_minor, entries)
     select tenant_id, $1, date, category_id::text, sum(amount_minor), 0, count(*) from public.bench_entries group by tenant_id, date, category_id`,
    [accountId],
  );
  await database.admin('analyze');
  const [counted] = await database.admin<{ entries: number; rows: number }>(
    `select (select count(*)::int from public.bench_entries) as entries,
       (select count(*)::int from cashflow.daily_balances) + (select count(*)::int from reports.cash_days) as rows`,
  );
  return counted!;
}

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  await work();
  const tookMs: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const from = performance.now();
    await work();
    tookMs.push(performance.now() - from);
  }
  tookMs.sort((a, b) => a - b);
  const at = (part: number) => tookMs[Math.min(TIMES - 1, Math.floor(TIMES * part))]!.toFixed(0);
  console.log(`${name.padEnd(52)} p50 ${at(0.5).padStart(4)} ms   p95 ${at(0.95).padStart(4)} ms   longest ${at(1).padStart(4)} ms`);
}

try {
  const deps = {
    db,
    bus: createPostgresBus({ db, log, clock: systemClock }),
    clock: systemClock,
    log,
    metrics: createMetrics({ defaults: false }),
  };
  const cashflow = createCashflow({ ...deps, vault: undefined as never }).face!.impl;
  const books = { getShop: async () => shop };
  const reports = createReports({ ...deps, vault: undefined as never, books, cashflow, titles: undefined, cards: undefined }).face!.impl;
  const { entries, rows } = await fill();
  console.log(`reports: ${entries} entries, ${rows} rows a day`);
  const range = { accountId, from: FIRST.slice(0, 7), to: LAST.slice(0, 7) };
  await measure('raw: entries added up by category and month', () =>
    database.admin(`select category_id, date_trunc('month', date), sum(amount_minor) from public.bench_entries group by 1, 2`),
  );
  await measure('DRE, 36 months', () => reports.getDre(ctx, range));
  await measure('DRE, 12 months beside the 12 before', () => reports.getDre(ctx, { ...range, from: '2026-01', compare: 'previous' }));
  await measure('cash flow by payment, 36 months', () => reports.getCashFlow(ctx, range));
  await measure('a month', () => reports.getMonth(ctx, { accountId, month: '2026-12' }));
} finally {
  await database.close();
}
