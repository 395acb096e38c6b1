import { crashed, nothing, type Outcome, sumOutcomes } from './outcome.ts';

/** What `node-reporter.ts` writes for each event. */
export interface NodeTestLine {
  kind: 'pass' | 'fail' | 'summary';
  name?: string;
  line?: number | undefined;
  isSuite?: boolean;
  isSkipped?: boolean;
  failureType?: string | undefined;
  details?: string | undefined;
}

/** How the process of one test file ended. */
export interface FileRun {
  file: string;
  /** The reporter's lines; empty when the file never got to a test. */
  report: string;
  /** What it printed. */
  output: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  durationMs: number;
  /** Set when it was stopped because nothing happened for so long. */
  idleSeconds?: number;
}

/**
 * Reads the report of one file. Suites are not counted, but a failing hook of one is. Whatever ends badly beside its tests
 * (crash while loading, an exit in the middle, a late exception, a hang, no test at all) counts as a failure.
 */
export function readNodeReport(run: FileRun): Outcome {
  const outcome = nothing();
  outcome.files.push({ file: run.file, durationMs: run.durationMs });
  let isComplete = false;
  for (const line of parseLines(run.report)) {
    if (line.kind === 'summary') isComplete = true;
    else if (line.isSkipped) outcome.skipped += line.isSuite ? 0 : 1;
    else if (line.kind === 'pass' || line.failureType === 'subtestsFailed') outcome.passed += line.isSuite || line.kind === 'fail' ? 0 : 1;
    else {
      outcome.failed += 1;
      const where = line.line ? `${run.file}:${line.line}` : run.file;
      outcome.failures.push({ where, name: line.name ?? run.file, details: line.details ?? '' });
    }
  }
  if (outcome.failed > 0 && outcome.failures[0] && run.output.trim() !== '')
    outcome.failures[0].details += `\n\nprinted by the file:\n${tail(run.output)}`;
  const complaint = complaintAbout(run, outcome, isComplete);
  return complaint ? sumOutcomes([outcome, crashed(run.file, complaint, tail(run.output))]) : outcome;
}

function complaintAbout(run: FileRun, { passed, failed, skipped }: Outcome, isComplete: boolean): string | undefined {
  if (run.idleSeconds !== undefined) return `stopped: nothing happened for ${run.idleSeconds} s (a hanging test, or a handle left open)`;
  if (run.signal) return `the process of the file was ended by ${run.signal}`;
  if (run.code !== 0 && failed === 0)
    return `the file ended with code ${run.code}${isComplete ? ' after its tests had passed' : ' before its tests had run'}`;
  if (passed + failed + skipped === 0) return 'the file has no tests';
  if (!isComplete) return 'the process ended before all tests had run';
  return undefined;
}

function parseLines(report: string): NodeTestLine[] {
  return report.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as NodeTestLine];
    } catch {
      return []; // the last line of a killed process may be cut; its missing summary tells
    }
  });
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-40).join('\n');
}
