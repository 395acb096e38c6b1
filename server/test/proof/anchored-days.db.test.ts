import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { folderAnchor, readAnchorFolder } from '#platform/proof/anchors/folder.ts';
import { timeStampAnchor } from '#platform/proof/anchors/time-stamp.ts';
import { createTokenChecker } from '#platform/proof/anchors/token.ts';
import { dayStatementText } from '#platform/proof/chain.ts';
import { readAnchors, readDays } from '#platform/proof/day-store.ts';
import { workOnDays } from '#platform/proof/days-job.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { ledgerChain } from '../../src/modules/ledger/proof/ledger-chain.ts';
import { funded, log, openLedger, tenant } from '../../src/modules/ledger/test-support/fixture.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../support/test-database.ts';
import { startAuthority } from '../support/time-stamp-authority.ts';

describe('days are anchored', () => {
  let database: TestDatabase;
  let authority: Awaited<ReturnType<typeof startAuthority>>;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lastro-anchor-'));
    authority = await startAuthority();
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(async () => {
    await authority.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });

  test('once a driver and day; one that is away holds nothing else up, and is made up for later', async () => {
    const ctx = tenant();
    const clock = manualClock(Date.now() - 5 * 24 * 60 * 60 * 1_000);
    await funded(openLedger(database.db, { clock }), ctx, 1_000);
    clock.set(Date.now());
    const metrics = createMetrics();
    const anchors = [
      timeStampAnchor({ url: authority.url, trustedPem: authority.rootPem, attempts: 1 }),
      folderAnchor(folder, () => clock.now()),
    ];
    const work = (db = database.db) => workOnDays({ db, clock, log, metrics, anchors }, ledgerChain);
    const anchored = () =>
      database.db.tx({ module: 'ledger', tenants: [ctx.tenantId] }, async (tx) => {
        const days = await readDays(tx, 'ledger', ctx.tenantId, null, 10);
        return {
          days,
          anchors: await readAnchors(
            tx,
            'ledger',
            ctx.tenantId,
            days.map(({ day }) => day),
          ),
        };
      });
    const drivers = async () => (await anchored()).anchors.map(({ driver }) => driver);

    authority.misbehave('http-500');
    await work();
    assert.deepEqual(await drivers(), ['folder']);
    assert.match(await metrics.registry.metrics(), /lastro_day_failures_total\{chain="ledger",step="rfc3161"\} 1/);
    await Promise.all([work(), work(database.openAnother())]);
    assert.deepEqual(await drivers(), ['folder', 'rfc3161']);
    const asked = authority.asked;
    await work();
    assert.equal(authority.asked, asked, 'what is anchored is not anchored again');

    const { days, anchors: kept } = await anchored();
    const token = kept.find(({ driver }) => driver === 'rfc3161')!;
    await createTokenChecker(authority.rootPem)(token.evidence, dayStatementText(days[0]!));
    assert.deepEqual(await readAnchorFolder(folder), days);
    for (const sql of ['update ledger.anchors set evidence = $1', 'delete from ledger.day_roots where root <> $1'])
      await assert.rejects(
        database.db.tx({ module: 'ledger', system: true }, (tx) => tx.execute(sql, [Buffer.alloc(1)])),
        /permission denied/,
      );
  });
});
