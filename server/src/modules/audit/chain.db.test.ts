import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { LoggedEvent } from '#platform/bus/bus.ts';
import { manualClock } from '#platform/clock.ts';
import type { App, Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { closeDays } from '#platform/proof/day-roots.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { type Report, type VerifyOptions, verifyExport } from '../ledger/proof/verify-export.ts';
import { auditChain } from './chain.ts';
import { recordsSubscription } from './handlers.ts';
import { auditProofRoutes } from './http.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const SCRIPT = path.join(import.meta.dirname, '../../../../tools/verify-ledger.mjs');
const log = createLogger({ level: 'silent' });

describe('the chain of the trail', () => {
  let database: TestDatabase;
  let app: App;
  let folder: string;
  const clock = manualClock(Date.parse('2026-03-09T12:00:00.000Z'));
  const tenantId = newId();
  const caller: Caller = { tenantId, actor: { kind: 'service', id: 'auditor' }, scopes: new Set(['audit:read']) };

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lastro-audit-'));
    database = await openTestDatabase(sourcesOf('audit'));
    app = await createHttpServer({ log, metrics: createMetrics(), verifyToken: async () => caller });
    auditProofRoutes(app, database.db);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await app.close();
    await database.close();
  });

  const subscription = recordsSubscription(clock);
  const event = (position: number): LoggedEvent => ({
    id: newId(),
    position: BigInt(position),
    source: 'ledger',
    type: 'ledger.entry-posted.v1',
    tenantId,
    key: `entry-${position}`,
    actor: { kind: 'system', id: 'ledger' },
    // Finer than a millisecond, keys out of order, letters beyond ASCII, and a number JSON writes its own way.
    time: '2026-03-09T12:00:00.123456Z',
    data: { z: 1.5e21, a: [{ y: null, b: 'ação "x"' }], amountMinor: '100' },
    traceparent: null,
    subjectId: null,
  });
  const append = async (...positions: number[]) => {
    const events = positions.map(event);
    await database.db.tx({ module: 'audit', tenants: [tenantId] }, (tx) => subscription.handle(tx, events));
    clock.advance(1_000);
    return events;
  };
  const exported = async (): Promise<string[]> => {
    const answer = await app.inject({ url: '/v1/audit/export', headers: { authorization: 'Bearer x' } });
    assert.match(String(answer.headers['content-type']), /ndjson/);
    return answer.body.trimEnd().split('\n');
  };
  /** What the stand-alone script says; its codes and places must be ours. */
  const second = (lines: readonly string[], ...more: string[]): Promise<{ ok: boolean; problems: Report['problems'] }> => {
    const file = path.join(folder, 'audit.jsonl');
    writeFileSync(file, lines.join('\n'));
    return new Promise((resolve) => {
      execFile(process.execPath, [SCRIPT, file, '--json', ...more], (_error, stdout) => resolve(JSON.parse(stdout)));
    });
  };
  const judge = async (lines: readonly string[], options: VerifyOptions = {}) => {
    const report = await verifyExport(lines, options);
    const other = await second(lines, ...(options.head ? ['--head', `${options.head.batch}:${options.head.hash}`] : []));
    assert.deepEqual(new Set(other.problems.map(({ code }) => code)), new Set(report.problems.map(({ code }) => code)));
    return report;
  };

  /** The owner of the table can do what the module cannot; that it shows is the point. */
  const tamper = async (sql: string, undo: string, look: () => Promise<void>) => {
    for (const table of ['records', 'batches']) await database.admin(`alter table audit.${table} disable trigger user`);
    await database.admin(sql);
    await look();
    await database.admin(undo);
  };

  test('every record is in it once, in order of appending, and the export is right by itself', async () => {
    await append(1, 2, 3);
    const [redriven] = await append(7);
    await append(5);
    await append(9, 10);
    // The same again, and a mixture of old and new.
    await database.db.tx({ module: 'audit', tenants: [tenantId] }, (tx) =>
      subscription.handle(tx, [redriven!, { ...event(12), tenantId }]),
    );
    clock.advance(DAY_MS);
    assert.equal(await closeDays(database.db, auditChain, clock.now()), 1);
    await append(13);
    const lines = await exported();
    const report = await judge(lines);
    assert.deepEqual(report.problems, []);
    assert.deepEqual([report.export, report.records, report.rootsVerified, report.ok], ['audit', 9, 1, true]);
    const positions = lines.filter((line) => line.includes('"position"')).map((line) => JSON.parse(line).position);
    assert.deepEqual(positions, ['1', '2', '3', '7', '5', '9', '10', '12', '13']);
    assert.ok(lines[1]!.includes('"at":"2026-03-09T12:00:00.123Z"'));
  });

  test('a process whose clock is a day ahead puts no record, nor those that follow, into tomorrow', async () => {
    const other = newId();
    const appendAs = (position: number, nowMs: number) =>
      database.db.tx({ module: 'audit', tenants: [other] }, (tx) =>
        recordsSubscription(manualClock(nowMs)).handle(tx, [{ ...event(position), tenantId: other }]),
      );
    await appendAs(101, Date.now() + DAY_MS);
    await appendAs(102, Date.now());
    const rows = await database.admin<{ ahead: boolean }>(
      `select recorded_at > clock_timestamp() as ahead from audit.records where tenant_id = '${other}' order by seq`,
    );
    assert.deepEqual(
      rows.map(({ ahead }) => ahead),
      [false, false],
    );
  });

  test('an edited row is found, and named', async () => {
    const plants: [string, string][] = [
      [`update audit.records set actor_id = 'nobody' where seq = 2`, `update audit.records set actor_id = 'ledger' where seq = 2`],
      [
        `update audit.records set data = jsonb_set(data, '{amountMinor}', '"101"') where seq = 2`,
        `update audit.records set data = jsonb_set(data, '{amountMinor}', '"100"') where seq = 2`,
      ],
    ];
    for (const [plant, undo] of plants) {
      await tamper(plant, undo, async () => {
        const { problems } = await judge(await exported());
        assert.deepEqual(
          problems.slice(0, 1).map(({ code, seq, batch }) => [code, seq, batch]),
          [['RECORD_CHANGED', 2, 1]],
        );
      });
    }
    assert.equal((await judge(await exported())).ok, true);
  });

  test('an edited row whose own hash was redone is found by its batch', async () => {
    const [row] = await database.admin<{ hash: Buffer }>('select hash from audit.records where seq = 9');
    await tamper(
      `update audit.records set hash = sha256('x'), actor_id = 'nobody' where seq = 9`,
      `update audit.records set hash = '\\x${row!.hash.toString('hex')}', actor_id = 'ledger' where seq = 9`,
      async () => {
        const { problems } = await judge(await exported());
        assert.deepEqual(
          problems.map(({ code, seq }) => [code, seq]),
          [['RECORD_CHANGED', 9]],
        );
      },
    );
  });

  test('a cut tail leaves a chain that is right by itself; the head or a day known outside finds it', async () => {
    const whole = await judge(await exported());
    const { days } = (await app.inject({ url: '/v1/audit/day-roots', headers: { authorization: 'Bearer x' } })).json();
    const cut = (seq: number) =>
      `delete from audit.records where seq > ${seq};
       delete from audit.batches where last_seq > ${seq} or first_seq > ${seq};
       update audit.heads h set batch = b.batch, seq = b.last_seq, hash = b.hash from audit.batches b where b.last_seq = ${seq};
       delete from audit.day_roots where last_seq > ${seq}`;
    await tamper(cut(7), 'select 1', async () => {
      const lines = await exported();
      assert.equal((await judge(lines)).ok, true, 'nothing inside tells');
      const byHead = await judge(lines, { head: { batch: whole.lastBatch, hash: whole.head! } });
      assert.deepEqual(
        byHead.problems.map(({ code, seq }) => [code, seq]),
        [['TAIL_CUT', 8]],
      );
      const byDay = await verifyExport(lines, { days });
      assert.deepEqual(
        byDay.problems.map(({ code, seq, day }) => [code, seq, day]),
        [['TAIL_CUT', 8, '2026-03-09']],
      );
    });
  });
});
