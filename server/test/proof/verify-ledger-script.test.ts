import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { canonicalJson } from '#platform/proof/canonical-json.ts';
import { DAMAGES, smallExport, TENANT } from '../../src/modules/ledger/proof/export.fixture.ts';

const SCRIPT = path.join(import.meta.dirname, '../../../tools/verify-ledger.mjs');

type Result = {
  ok: boolean;
  records: number;
  rootsVerified: number;
  proofsVerified: number;
  head: string;
  problems: Record<string, unknown>[];
  notes: string[];
};

describe('the stand-alone verifier', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lastro-verify-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function run(lines: readonly string[], ...more: string[]): Promise<{ exit: number; result: Result; text: string }> {
    const file = path.join(folder, 'export.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return new Promise((resolve) => {
      execFile(process.execPath, [SCRIPT, file, ...more], (error, stdout, stderr) => {
        const result = more.includes('--json') && stdout ? (JSON.parse(stdout) as Result) : (undefined as never);
        resolve({ exit: typeof error?.code === 'number' ? error.code : 0, result, text: stdout + stderr });
      });
    });
  }

  function keepOutside(): string[] {
    const { head, days } = smallExport();
    const kept = path.join(folder, 'days', 'ledger', TENANT);
    mkdirSync(kept, { recursive: true });
    for (const day of days) writeFileSync(path.join(kept, `${day.day}.json`), canonicalJson(day));
    return ['--head', `${head.batch}:${head.hash}`, '--days', path.join(folder, 'days')];
  }

  test('needs nothing but the standard library, and shares no code with ours', () => {
    const imports = [...readFileSync(SCRIPT, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name]) => name!);
    assert.ok(imports.length > 0);
    for (const name of imports) assert.ok(name.startsWith('node:') && isBuiltin(name), name);
  });

  test('a whole export is right, with all that is known outside', async () => {
    const { lines, head, proofs } = smallExport();
    const files = proofs.map((proof, n) => {
      const file = path.join(folder, `proof-${n}.json`);
      writeFileSync(file, JSON.stringify(proof));
      return ['--proof', file];
    });
    const { exit, result } = await run(lines, '--json', ...keepOutside(), ...files.flat());
    assert.deepEqual([exit, result.ok, result.problems, result.notes], [0, true, [], []]);
    assert.deepEqual([result.records, result.rootsVerified, result.proofsVerified, result.head], [10, 2, 7, head.hash]);
    const { text } = await run(lines);
    assert.match(text, /Está tudo certo/);
  });

  for (const { name, plant, finds, needsOutside } of DAMAGES) {
    test(`found and placed: ${name}`, async () => {
      const { lines } = smallExport();
      const { exit, result } = await run(plant(lines), '--json', ...(needsOutside ? keepOutside() : []));
      assert.equal(exit, 1);
      const isFound = result.problems.some((problem) => Object.entries(finds).every(([key, value]) => problem[key] === value));
      assert.ok(isFound, `${JSON.stringify(finds)} among ${JSON.stringify(result.problems, null, 1)}`);
    });
  }

  test('a wrong proof, and another head, are found', async () => {
    const { lines, head, proofs } = smallExport();
    const file = path.join(folder, 'wrong.json');
    for (const wrong of [{ leafIndex: 1 }, { treeSize: 3 }, { path: [] }, { day: '2026-03-10' }, { line: proofs[1]!.line }]) {
      writeFileSync(file, JSON.stringify({ ...proofs[0], ...wrong }));
      const { result } = await run(lines, '--json', '--proof', file);
      assert.deepEqual(
        result.problems.map(({ code }) => code),
        ['PROOF_WRONG'],
        JSON.stringify(wrong),
      );
    }
    const { result } = await run(lines, '--json', '--head', `3:${head.hash}`);
    assert.deepEqual(
      result.problems.map(({ code, batch }) => [code, batch]),
      [['HEAD_DIFFERS', 3]],
    );
    assert.equal((await run(lines, '--head', 'x')).exit, 2);
  });
});
