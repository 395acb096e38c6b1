/** From the ledger's tables to outsiders: three days, anchored both ways, exported, judged by both verifiers and by the command `lastro`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { folderAnchor } from '#platform/proof/anchors/folder.ts';
import { timeStampAnchor } from '#platform/proof/anchors/time-stamp.ts';
import { workOnDays } from '#platform/proof/days-job.ts';
import type { InclusionProof } from '#platform/proof/inclusion.ts';
import { proveRecord } from '#platform/proof/prove.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { canonicalLine } from '../../src/modules/ledger/domain/record.ts';
import { exportLedger } from '../../src/modules/ledger/exchange/export-ledger.ts';
import { ledgerChain } from '../../src/modules/ledger/proof/ledger-chain.ts';
import { loadKnown } from '../../src/modules/ledger/store/load.ts';
import { funded, hold, log, openLedger, tenant, transfer } from '../../src/modules/ledger/test-support/fixture.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../support/test-database.ts';
import { startAuthority } from '../support/time-stamp-authority.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const ROOT = path.join(import.meta.dirname, '../../..');
const VERIFIERS = { script: [path.join(ROOT, 'tools/verify-ledger.mjs')], lastro: [path.join(ROOT, 'cli/bin/lastro.mjs'), 'verify'] };

type Said = { ok: boolean; rootsVerified: number; anchorsVerified: number; proofsVerified: number; lastBatch: number; head: string };
type Judged = Said & { problems: { code: string; seq?: number; batch?: number; day?: string }[] };

describe('the ledger before outsiders', () => {
  let database: TestDatabase;
  let authority: Awaited<ReturnType<typeof startAuthority>>;
  let folder: string;
  let outside: string[];
  const ctx = tenant();
  const command = { id: newId() };

  const file = (name: string, text: string): string => {
    const full = path.join(folder, name);
    writeFileSync(full, text);
    return full;
  };
  const exported = async (name: string): Promise<string> => {
    const lines: string[] = [];
    const options = { fromSeq: 1, toSeq: null, leaves: true, balances: true };
    for await (const line of exportLedger(database.db, ctx.tenantId, options)) lines.push(line);
    return file(name, `${lines.join('\n')}\n`);
  };
  /** What both say, which must be the same. */
  const judge = async (export_: string, ...more: string[]): Promise<Judged> => {
    const all = await Promise.all(
      Object.values(VERIFIERS).map(
        (verifier) =>
          new Promise<Judged>((resolve, reject) => {
            execFile(process.execPath, [...verifier, export_, '--json', ...more], (_error, stdout, stderr) => {
              if (stdout) resolve(JSON.parse(stdout) as Judged);
              else reject(new Error(stderr));
            });
          }),
      ),
    );
    const said = all.map(({ ok, rootsVerified, anchorsVerified, proofsVerified, lastBatch, head, problems }) => {
      const codes = [...new Set(problems.map(({ code }) => code))].sort();
      return { ok, rootsVerified, anchorsVerified, proofsVerified, lastBatch, head, codes };
    });
    assert.deepEqual(said[0], said[1], JSON.stringify(all.map(({ problems }) => problems)));
    return all[1]!;
  };

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lastro-story-'));
    authority = await startAuthority();
    database = await openTestDatabase(sourcesOf('ledger'));
    const clock = manualClock(Date.now() - 4 * DAY_MS);
    const ledger = openLedger(database.db, { clock });
    const { customer, house } = await funded(ledger, ctx, 10_000);
    const holds = [hold(customer, house, 100), hold(customer, house, 200)] as const;
    await ledger.submit(ctx, { commands: [...holds, transfer(customer, house, 50), transfer(customer, house, 999_999)] });
    clock.advance(DAY_MS);
    const paid = transfer(customer, house, 70, command);
    await ledger.submit(ctx, { commands: [paid, { id: newId(), kind: 'settle', holdId: holds[0].id, amountMinor: '60' }] });
    await ledger.submit(ctx, { commands: [{ id: newId(), kind: 'reverse', transferId: paid.id, amountMinor: '20' }] });
    const limits = { kind: 'account' as const, accountId: customer.id, overdraftLimitMinor: '5', reason: 'contrato' };
    await ledger.submit(ctx, { commands: [{ id: newId(), ...limits }] });
    clock.advance(DAY_MS);
    await ledger.submit(ctx, { commands: [transfer(house, customer, 1)] });
    clock.set(Date.now());
    await ledger.submit(ctx, { commands: [transfer(house, customer, 2)] });
    const anchors = [
      timeStampAnchor({ url: authority.url, trustedPem: authority.rootPem }),
      folderAnchor(path.join(folder, 'days'), () => clock.now()),
    ];
    await workOnDays({ db: database.db, clock, log, metrics: createMetrics(), anchors }, ledgerChain);
    outside = ['--days', path.join(folder, 'days'), '--tsa-ca', file('ca.pem', authority.rootPem)];
  });
  after(async () => {
    await authority.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const prove = (): Promise<InclusionProof> =>
    database.db.tx({ module: 'ledger', tenants: [ctx.tenantId] }, async (tx) => {
      const known = (await loadKnown(tx, ctx.tenantId, [command.id])).get(command.id);
      assert.equal(known?.outcome, 'done');
      const { record } = known as Extract<typeof known, { outcome: 'done' }>;
      const place = { seq: record.seq, at: new Date(record.recordedAt), line: canonicalLine(record) };
      return proveRecord(tx, ledgerChain, ctx.tenantId, place);
    });

  test('all of it holds: chain, three roots, six anchors, a proof; and a damage done in the tables is placed', async () => {
    const proof = ['--proof', file('proof.json', JSON.stringify(await prove()))];
    const good = await judge(await exported('good.jsonl'), ...outside, ...proof);
    assert.deepEqual([good.ok, good.problems], [true, []]);
    assert.deepEqual([good.rootsVerified, good.anchorsVerified, good.proofsVerified], [3, 3, 1]);
    const head = ['--head', `${good.lastBatch}:${good.head}`];

    await database.admin('update ledger.transfers set amount = amount + 1 where seq = 5');
    const edited = await judge(await exported('edited.jsonl'));
    assert.ok(edited.problems.some(({ code, seq }) => code === 'RECORD_CHANGED' && seq === 5));
    const [wrong] = (await judge(path.join(folder, 'good.jsonl'), '--proof', file('bad.json', JSON.stringify(await prove())))).problems;
    assert.equal(wrong?.code, 'PROOF_WRONG', 'a proof of what the row says now leads nowhere');
    await database.admin('update ledger.transfers set amount = amount - 1 where seq = 5');
    assert.equal((await judge(await exported('undone.jsonl'), ...outside, ...head)).ok, true);

    // The last two days never happened, as far as the tables go.
    const [last] = await database.admin<{ batch: bigint; last_seq: bigint }>(
      'select batch, last_seq from ledger.day_roots order by day offset 1 limit 1',
    );
    for (const table of ['transfers', 'entries', 'directives'])
      await database.admin(`delete from ledger.${table} where seq > $1`, [last!.last_seq]);
    for (const table of ['batches', 'day_roots']) await database.admin(`delete from ledger.${table} where batch > $1`, [last!.batch]);
    const cut = await exported('cut.jsonl');
    assert.equal((await judge(cut)).ok, true, 'inside nothing tells');
    assert.deepEqual(
      (await judge(cut, ...outside)).problems.map(({ code, seq }) => [code, seq]),
      [['TAIL_CUT', Number(last!.last_seq) + 1]],
    );
    assert.deepEqual(
      (await judge(cut, ...head)).problems.map(({ code, seq }) => [code, seq]),
      [['TAIL_CUT', Number(last!.last_seq) + 1]],
    );
  });
});
