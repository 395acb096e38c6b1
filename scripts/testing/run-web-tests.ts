import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { npmCommand } from '../web/web-build.ts';
import { nothing, type Outcome } from './outcome.ts';
import { runTestProcess } from './test-process.ts';
import { readVitestReport } from './vitest-report.ts';

/** Runs the web app's own tests (Vitest, through the Angular CLI): all, or the files given relative to `web`. */
export async function runWebTests(
  root: string,
  scratch: string,
  env: Record<string, string | undefined>,
  only: readonly string[],
): Promise<Outcome> {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const reportFile = path.join(scratch, 'vitest.json');
  const outputFile = path.join(scratch, 'vitest.log');
  const includes = only.map((file) => `--include=${file}`);
  const end = await runTestProcess({
    command: npmCommand('test', '-w', 'web', '--', '--reporters=json', `--output-file=${reportFile}`, ...includes),
    cwd: root,
    env: { ...env, NG_CLI_ANALYTICS: 'false' },
    outputFile,
    idleLimitMs: 300_000,
  });
  const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : undefined;
  const outcome = readVitestReport(report, end.code, readFileSync(outputFile, 'utf8'), root);
  // One build serves all files: it is the longest part, and nobody's in particular.
  return { ...nothing(), ...outcome, files: [...outcome.files, { file: 'web (build and run)', durationMs: end.durationMs }] };
}
