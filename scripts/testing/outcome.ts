/** One failed test, or a runner or file that failed as a whole. */
export interface Failure {
  where: string;
  name: string;
  details: string;
}

/** What one runner, or one file of it, has to say. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  failures: Failure[];
  /** How long each file took, in milliseconds. */
  files: { file: string; durationMs: number }[];
  /** What failed in a file that passed when it was run again, alone. */
  unsteady: Failure[];
}

export const nothing = (): Outcome => ({ passed: 0, failed: 0, skipped: 0, failures: [], files: [], unsteady: [] });

/** A whole runner or file that failed: counts as one failed test, so that a crash can never look like success. */
export function crashed(where: string, name: string, details: string): Outcome {
  return { ...nothing(), failed: 1, failures: [{ where, name, details }] };
}

export function sumOutcomes(outcomes: readonly Outcome[]): Outcome {
  const sum = nothing();
  for (const outcome of outcomes) {
    sum.passed += outcome.passed;
    sum.failed += outcome.failed;
    sum.skipped += outcome.skipped;
    sum.failures.push(...outcome.failures);
    sum.files.push(...outcome.files);
    sum.unsteady.push(...outcome.unsteady);
  }
  return sum;
}

/** More files than these that fail are no bad moment of the machine: they are not run again. */
export const MOST_AGAIN = 3;

/**
 * The files of a run, in which what failed was run again alone, in place of what they said first. A file that passes then counts as passed; what it
 * said before stays in sight as `unsteady`, since a test that depends on the machine's moment wants mending.
 */
export async function runFailedAgain(first: ReadonlyMap<string, Outcome>, run: (file: string) => Promise<Outcome>): Promise<Outcome> {
  const failed = [...first].filter(([, { failed }]) => failed > 0).map(([file]) => file);
  const again = new Map<string, Outcome>();
  if (failed.length <= MOST_AGAIN) for (const file of failed) again.set(file, await run(file));
  return sumOutcomes(
    [...first].map(([file, before]) => {
      const second = again.get(file);
      return second ? { ...second, unsteady: second.failed === 0 ? before.failures : [] } : before;
    }),
  );
}

/** The end of a run in words; its last line is `N passed, N failed`. */
export function renderSummary(total: Outcome, seconds: string): string {
  const shown = (all: readonly Failure[], sign: string) =>
    all.flatMap(({ where, name, details }) => ['', `${sign} ${name}`, `  ${where}`, ...indent(details)]);
  const failures = shown(total.failures, '✗');
  const unsteady = shown(total.unsteady, '~');
  const slowest = [...total.files].sort((a, b) => b.durationMs - a.durationMs).slice(0, 10);
  const lines = slowest.map(({ file, durationMs }) => `  ${(durationMs / 1000).toFixed(1).padStart(6)} s  ${file}`);
  return [
    ...(failures.length > 0 ? ['', '── failures ──', ...failures] : []),
    ...(unsteady.length > 0 ? ['', '── failed beside others, and passed alone: to be mended ──', ...unsteady] : []),
    '',
    '── slowest files ──',
    ...lines,
    '',
    `${total.files.length} files in ${seconds} s, ${total.skipped} skipped${total.passed + total.failed === 0 ? ': no test ran' : ''}`,
    `${total.passed} passed, ${total.failed} failed`,
  ].join('\n');
}

/** Zero tests are no success. */
export function exitCodeOf(total: Outcome): number {
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function indent(text: string): string[] {
  const lines = text.trimEnd().split('\n');
  const shown = lines.length > 60 ? [...lines.slice(0, 40), `… ${lines.length - 55} lines …`, ...lines.slice(-15)] : lines;
  return shown.map((line) => `    ${line}`);
}
