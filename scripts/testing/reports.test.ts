import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { rootFolder } from '../supervisor/folders.ts';
import { findTests, LONGEST, PATIENT } from './find-tests.ts';
import { crashed, exitCodeOf, nothing, type Outcome, renderSummary, runFailedAgain, sumOutcomes } from './outcome.ts';
import { type Place, runNodeTests } from './run-node-tests.ts';
import { readVitestReport } from './vitest-report.ts';

const TEST = "import { test, describe, it, before } from 'node:test'; import assert from 'node:assert/strict';\n";

/** Really runs files of these contents, and tells [passed, failed, skipped] and the names of what failed. */
async function run(source: string, idleLimitMs = 60_000) {
  const root = mkdtempSync(path.join(tmpdir(), 'lastro-runner-'));
  try {
    writeFileSync(path.join(root, 'some.test.ts'), source);
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const plan = {
      root,
      files: ['some.test.ts'],
      places: [{ opens: Promise.resolve() }],
      env,
      scratch: path.join(root, 'scratch'),
      idleLimitMs,
      onFile: () => undefined,
    };
    const outcome = await runNodeTests(plan);
    return { counts: [outcome.passed, outcome.failed, outcome.skipped], names: outcome.failures.map(({ name }) => name), outcome };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe('running node tests, nothing bad looks like success', () => {
  it('counts tests, not suites; parents of failed ones once', async () => {
    const source = `${TEST}test('a', () => {}); describe('s', () => { it('b', () => {}); it('c', { skip: true }, () => {}); });
      test('p', async (t) => { await t.test('bad', () => assert.equal(1, 2)); });`;
    const { counts, names, outcome } = await run(source);
    assert.deepEqual([counts, names], [[2, 1, 1], ['bad']]);
    assert.match(outcome.failures[0]!.details, /1 !== 2/);
    assert.match(outcome.failures[0]!.where, /^some\.test\.ts:\d+$/);
  });

  it('a failing hook fails', async () => {
    const { counts } = await run(`${TEST}describe('s', () => { before(() => { throw new Error('no'); }); it('b', () => {}); });`);
    assert.deepEqual([counts[0], counts[1]! > 0], [0, true]);
  });

  for (const [title, source, complaint] of [
    ['a file that cannot be loaded', "throw new Error('broken');", /before its tests had run/],
    ['a file without tests', 'export {};', /has no tests/],
    ['an exit in the middle', `${TEST}test('a', () => {}); test('b', () => process.exit(0));`, /has no tests|before all tests/],
    ['a death in the middle', `${TEST}test('a', () => {}); test('b', () => process.kill(process.pid, 'SIGKILL'));`, /SIGKILL/],
    [
      'an exception after the end',
      `${TEST}test('a', () => { setTimeout(() => { throw new Error('late'); }, 50); });`,
      /after its tests had passed/,
    ],
  ] as const) {
    it(`${title} fails`, async () => {
      const { counts, names } = await run(source);
      assert.equal(counts[1], 1);
      assert.match(names.join(), complaint);
    });
  }

  it('a file that hangs is stopped', async () => {
    const { counts, names } = await run(`${TEST}test('a', () => { setInterval(() => {}, 1000); });`, 3_000);
    assert.deepEqual(counts, [1, 1, 0]);
    assert.match(names.join(), /nothing happened for 3 s/);
  });
});

describe('the files of a run', () => {
  it('those that take longest are begun first, and each of them is there', () => {
    const { node } = findTests(rootFolder, []);
    const first = [...PATIENT, ...LONGEST];
    assert.deepEqual(node.slice(0, first.length), first);
    assert.equal(new Set(node).size, node.length);
  });

  /** Runs files that sleep for these milliseconds, in these places; tells them in the order in which they ended. */
  async function runSleepers(sleeps: Record<string, number>, places: readonly Place[], onEnd: (file: string) => void = () => undefined) {
    const root = mkdtempSync(path.join(tmpdir(), 'lastro-runner-'));
    try {
      const files = Object.keys(sleeps);
      for (const [file, ms] of Object.entries(sleeps))
        writeFileSync(path.join(root, file), `${TEST}test('x', () => new Promise((r) => setTimeout(r, ${ms})));`);
      const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
      const ended: string[] = [];
      const onFile = (file: string) => {
        ended.push(file);
        onEnd(file);
      };
      const { passed } = await runNodeTests({ root, files, places, env, scratch: path.join(root, 's'), idleLimitMs: 60_000, onFile });
      assert.deepEqual([passed, ended.toSorted()], [files.length, files]);
      return ended;
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  const now: Place = { opens: Promise.resolve() };

  it('a place that opens later takes what is left; one that never gets a turn holds nobody up', async () => {
    const open = Promise.withResolvers<void>();
    const ended = await runSleepers({ 'a.test.ts': 300, 'b.test.ts': 300, 'c.test.ts': 300 }, [now, { opens: open.promise }], () =>
      open.resolve(),
    );
    assert.equal(ended[0], 'a.test.ts');
  });

  it('a place for some files takes no others, and gets help with them when the others are done', async () => {
    const only = new Set(['a.test.ts', 'b.test.ts', 'd.test.ts']);
    const sleeps = { 'a.test.ts': 3_000, 'b.test.ts': 0, 'c.test.ts': 0, 'd.test.ts': 0 };
    assert.deepEqual(await runSleepers(sleeps, [now, { ...now, only }]), ['c.test.ts', 'b.test.ts', 'd.test.ts', 'a.test.ts']);
  });
});

describe("reading Vitest's report", () => {
  const file = (status: string, assertionResults: object[], message = '') => ({
    name: '/r/web/a.spec.ts',
    status,
    message,
    startTime: 1,
    endTime: 5,
    assertionResults,
  });
  const report = (...testResults: object[]) => JSON.stringify({ testResults });

  it('counts and names the failures', () => {
    const tests = [
      { fullName: 'ok', status: 'passed' },
      { fullName: 'bad', status: 'failed', failureMessages: ['expected 1'] },
      { fullName: 'later', status: 'pending' },
    ];
    const { passed, failed, skipped, failures, files } = readVitestReport(report(file('failed', tests)), 1, '', '/r');
    assert.deepEqual([passed, failed, skipped], [1, 1, 1]);
    assert.deepEqual(failures, [{ where: 'web/a.spec.ts', name: 'bad', details: 'expected 1' }]);
    assert.deepEqual(files, [{ file: 'web/a.spec.ts', durationMs: 4 }]);
  });

  it('a file that did not load, a missing report, a cut report and a bad exit code each fail', () => {
    assert.equal(readVitestReport(report(file('failed', [], 'syntax error')), 1, '', '/r').failed, 1);
    assert.match(readVitestReport(undefined, 1, 'the build broke', '/r').failures[0]!.details, /the build broke/);
    assert.equal(readVitestReport('{"testResults":[', 0, '', '/r').failed, 1);
    assert.equal(readVitestReport(report(file('passed', [{ fullName: 'ok', status: 'passed' }])), 1, '', '/r').failed, 1);
  });
});

describe('the end of a run', () => {
  const outcome = (passed: number, failed: number) => ({ ...nothing(), passed, failed });

  it('sums all runners in the last line', () => {
    const total = sumOutcomes([outcome(3, 0), outcome(4, 1)]);
    assert.equal(renderSummary(total, '1.0').split('\n').at(-1), '7 passed, 1 failed');
  });

  const ok: Outcome = { ...nothing(), passed: 2 };
  const bad = (where: string): Outcome => ({ ...crashed(`${where}:7`, 'raced', 'why'), passed: 1 });

  it('a file that fails beside others is run again alone, and stays in sight', async () => {
    const first = new Map([
      ['a.test.ts', ok],
      ['b.test.ts', bad('b.test.ts')],
      ['c.test.ts', bad('c.test.ts')],
    ]);
    const asked: string[] = [];
    const total = await runFailedAgain(first, async (file) => {
      asked.push(file);
      return file === 'b.test.ts' ? ok : bad(file);
    });
    assert.deepEqual(asked, ['b.test.ts', 'c.test.ts']);
    assert.deepEqual([total.passed, total.failed, exitCodeOf(total)], [5, 1, 1]);
    assert.deepEqual(
      total.unsteady.map(({ where }) => where),
      ['b.test.ts:7'],
    );
    assert.match(renderSummary(total, '1.0'), /passed alone: to be mended.*~ raced/s);
  });

  it('more than a few that fail are no bad moment of the machine', async () => {
    const first = new Map(['a', 'b', 'c', 'd'].map((file) => [file, bad(file)]));
    const total = await runFailedAgain(first, async () => assert.fail('run again'));
    assert.deepEqual([total.failed, total.unsteady], [4, []]);
  });

  it('succeeds only when something passed and nothing failed', () => {
    assert.deepEqual([outcome(1, 0), outcome(1, 1), outcome(0, 0)].map(exitCodeOf), [0, 1, 1]);
  });
});
