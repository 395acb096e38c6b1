import { crashed, nothing, type Outcome, sumOutcomes } from './outcome.ts';

type VitestFile = {
  name: string;
  status: string;
  message?: string;
  startTime?: number;
  endTime?: number;
  assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
};

/**
 * Reads Vitest's JSON report. No or an unreadable report, a file that failed to load, and a bad exit code without a failed
 * test each count as a failure; `output` is what the runner printed.
 */
export function readVitestReport(report: string | undefined, code: number | null, output: string, root: string): Outcome {
  const files = parse(report);
  if (!files) return crashed('web', `the web tests ended with code ${code} and without a report`, tail(output));
  const total = sumOutcomes(files.map((file) => readFile(file, root)));
  if (code !== 0 && total.failed === 0) return sumOutcomes([total, crashed('web', `the web tests ended with code ${code}`, tail(output))]);
  return total;
}

function readFile(file: VitestFile, root: string): Outcome {
  const where = file.name.startsWith(`${root}/`) ? file.name.slice(root.length + 1) : file.name;
  const outcome = nothing();
  outcome.files.push({ file: where, durationMs: Math.max(0, (file.endTime ?? 0) - (file.startTime ?? 0)) });
  for (const { fullName, status, failureMessages } of file.assertionResults) {
    if (status === 'passed') outcome.passed += 1;
    else if (status === 'failed') {
      outcome.failed += 1;
      outcome.failures.push({ where, name: fullName, details: (failureMessages ?? []).join('\n') });
    } else outcome.skipped += 1;
  }
  if (file.status === 'failed' && outcome.failed === 0)
    return sumOutcomes([outcome, crashed(where, 'the file could not be run', file.message ?? '')]);
  return outcome;
}

function parse(report: string | undefined): VitestFile[] | undefined {
  try {
    const { testResults } = JSON.parse(report ?? '') as { testResults?: VitestFile[] };
    return Array.isArray(testResults) ? testResults : undefined;
  } catch {
    return undefined;
  }
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-60).join('\n');
}
