import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leafHashOf } from '#platform/proof/merkle.ts';
import { DAMAGES, smallExport, TENANT } from './export.fixture.ts';
import { batchLine, endLine, headerLine } from './export-lines.ts';
import { type Report, verifyExport } from './verify-export.ts';

const codes = (report: Report) => report.problems.map(({ code, seq, batch, day }) => ({ code, seq, batch, day }));

test('a whole export is right: chain, roots, proofs, balances, holds', async () => {
  const { lines, head, days, proofs } = smallExport();
  const seen: number[] = [];
  const options = { head, days, proofs, progressEvery: 10, onProgress: ({ lines: n }: { lines: number }) => seen.push(n) };
  const report = await verifyExport(lines, options);
  assert.deepEqual(report.problems, []);
  assert.deepEqual(report.notes, []);
  assert.equal(report.ok, true);
  assert.deepEqual(
    [report.export, report.tenantId, report.records, report.batches, report.lastSeq, report.lastBatch, report.head],
    ['ledger', TENANT, 10, 7, 10, 7, head.hash],
  );
  assert.deepEqual([report.days, report.rootsVerified, report.proofsVerified, report.openHolds], [2, 2, 7, 1]);
  assert.deepEqual(report.assets, [{ asset: 'BRL', accounts: 3, debitsMinor: '1714', creditsMinor: '1714', heldMinor: '10' }]);
  assert.deepEqual(seen, [10, 20]);
});

for (const { name, plant, finds, needsOutside } of DAMAGES) {
  test(`found and placed: ${name}`, async () => {
    const { lines, head, days } = smallExport();
    const inside = await verifyExport(plant(lines));
    if (needsOutside) assert.equal(inside.ok, true, JSON.stringify(inside.problems));
    const report = needsOutside ? await verifyExport(plant(lines), { head, days }) : inside;
    assert.equal(report.ok, false);
    const isFound = codes(report).some((problem) => Object.entries(finds).every(([key, value]) => problem[key as 'code'] === value));
    assert.ok(isFound, `${JSON.stringify(finds)} among ${JSON.stringify(report.problems, null, 1)}`);
    for (const problem of report.problems) assert.ok(problem.line > 0 && problem.detail.length > 10);
  });
}

test('with the leaves kept beside the records, a changed record among several is named', async () => {
  const { lines } = smallExport({ withLeaves: true });
  assert.equal((await verifyExport(lines)).ok, true);
  const at = lines.findIndex((line) => line.includes('"seq":9}'));
  const report = await verifyExport(lines.with(at, lines[at]!.replace('"10"', '"11"')));
  assert.deepEqual(
    codes(report).filter(({ code }) => code === 'RECORD_CHANGED'),
    [{ code: 'RECORD_CHANGED', seq: 9, batch: 7, day: undefined }],
  );
});

test('a proof is judged by itself and by the day it names', async () => {
  const { lines, proofs } = smallExport();
  const [good] = proofs as [(typeof proofs)[0]];
  const line = good.line.replace('"1000"', '"9999"');
  const wrong = [
    { ...good, line },
    { ...good, line, leafHash: leafHashOf(line).toString('hex') },
    { ...good, leafIndex: 1 },
    { ...good, treeSize: 3 },
    { ...good, path: good.path.slice(1) },
    { ...good, seq: 2 },
    { ...good, day: '2026-03-10' },
    { ...good, tenantId: TENANT.replace('a', 'b') },
    { ...good, line: 'x' },
  ];
  for (const proof of wrong) {
    const report = await verifyExport(lines, { proofs: [proof] });
    assert.deepEqual([report.problems.map(({ code }) => code), report.proofsVerified], [['PROOF_WRONG'], 0], JSON.stringify(proof));
  }
});

test('a part of a ledger is verified from the hash before it', async () => {
  const { lines } = smallExport();
  const cut = lines.findIndex((line) => line.startsWith('{"batch":{"batch":3,'));
  const { hash } = (JSON.parse(lines[cut]!) as { batch: { hash: string } }).batch;
  const tail = lines.slice(cut + 1).filter((line) => !line.startsWith('{"balance"') && !line.startsWith('{"end"'));
  const end = (JSON.parse(lines.at(-1)!) as { end: Parameters<typeof endLine>[0] }).end;
  const header = { export: 'lastro-ledger' as const, tenantId: TENANT, fromSeq: 5, toSeq: 10, fromBatch: 4, previousHash: hash };
  const ending = endLine({ ...end, records: 6, batches: 4 });
  const part = await verifyExport([headerLine(header), ...tail, ending]);
  assert.deepEqual(part.problems, []);
  assert.deepEqual([part.rootsVerified, part.notes.length], [1, 1]);
  const other = await verifyExport([headerLine({ ...header, previousHash: '00'.repeat(32) }), ...tail, ending]);
  assert.deepEqual(codes(other)[0], { code: 'RECORD_CHANGED', seq: 5, batch: 4, day: undefined });
});

test('what is no export says so, and a file wrong throughout gives a short report', async () => {
  assert.equal((await verifyExport([])).problems[0]?.code, 'LINE_MALFORMED');
  assert.equal((await verifyExport(['{"export":"lastro-ledger","version":2}'])).ok, false);
  const header = headerLine({ export: 'lastro-ledger', tenantId: TENANT, fromSeq: 1, toSeq: 0 });
  const nothing = endLine({ records: 0, batches: 0, lastSeq: 0, lastBatch: 0, hash: '00'.repeat(32) });
  assert.equal((await verifyExport([header, nothing])).ok, true);
  const noise = Array.from({ length: 5_000 }, () => 'null');
  const report = await verifyExport([header, ...noise], { maxProblems: 10 });
  assert.deepEqual([report.problems.length, report.problemCount >= 5_000], [10, true]);
});

test('memory stays bounded: a hundred thousand records in one pass keep nothing of them', async () => {
  function* many() {
    yield headerLine({ export: 'lastro-audit', tenantId: TENANT, fromSeq: 1, toSeq: 100_000 });
    for (let batch = 1; batch <= 100; batch++) {
      for (let n = 1; n <= 1_000; n++) yield `{"recordedAt":"2026-03-09T12:00:00.000Z","seq":${(batch - 1) * 1_000 + n}}`;
      yield batchLine({
        batch,
        firstSeq: (batch - 1) * 1_000 + 1,
        lastSeq: batch * 1_000,
        recordedAt: '2026-03-09T12:00:00.000Z',
        hash: 'ab',
      });
    }
  }
  const report = await verifyExport(many(), { maxProblems: 3 });
  assert.equal(report.records, 100_000);
  assert.equal(report.problems.length, 3);
});
