import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readNodeReport } from './node-report.ts';
import { type Outcome, sumOutcomes } from './outcome.ts';
import { runTestProcess } from './test-process.ts';

/** Takes one file after the other, from when it opens. */
export interface Place {
  opens: Promise<unknown>;
  /** Takes these and no other; places for all leave them to it as long as they have something else. */
  only?: ReadonlySet<string>;
}

export interface NodeTestsPlan {
  root: string;
  /** Paths relative to `root`. */
  files: readonly string[];
  /** So many at a time. */
  places: readonly Place[];
  env: Record<string, string | undefined>;
  /** For reports and outputs; emptied first. */
  scratch: string;
  idleLimitMs: number;
  onFile: (file: string, outcome: Outcome) => void;
}

/**
 * Runs each file in a process of its own, some at a time. Not through `node --test`: that has no limit for a file that hangs,
 * and takes a file that exits in the middle for a passed one.
 */
export async function runNodeTests(plan: NodeTestsPlan): Promise<Outcome> {
  rmSync(plan.scratch, { recursive: true, force: true });
  mkdirSync(plan.scratch, { recursive: true });
  const waiting = plan.files.map((file, index) => ({ file, index }));
  const outcomes: Outcome[] = [];
  const kept = new Set(plan.places.flatMap(({ only }) => [...(only ?? [])]));
  const take = ({ only }: Place) => {
    const at = waiting.findIndex(({ file }) => (only ? only.has(file) : !kept.has(file)));
    return at < 0 && only ? undefined : waiting.splice(Math.max(at, 0), 1)[0];
  };
  const worker = async (place: Place) => {
    await place.opens;
    for (let next = take(place); next; next = take(place)) {
      const outcome = await runFile(plan, next.file, path.join(plan.scratch, String(next.index)));
      outcomes.push(outcome);
      plan.onFile(next.file, outcome);
    }
  };
  await Promise.all(plan.places.map(worker));
  return sumOutcomes(outcomes);
}

async function runFile(plan: NodeTestsPlan, file: string, stem: string): Promise<Outcome> {
  const reportFile = `${stem}.jsonl`;
  const outputFile = `${stem}.log`;
  const reporter = path.join(import.meta.dirname, 'node-reporter.ts');
  const end = await runTestProcess({
    command: [process.execPath, `--test-reporter=${reporter}`, `--test-reporter-destination=${reportFile}`, path.join(plan.root, file)],
    cwd: plan.root,
    env: plan.env,
    outputFile,
    signsOfLife: [reportFile],
    idleLimitMs: plan.idleLimitMs,
  });
  return readNodeReport({ file, ...end, report: read(reportFile), output: read(outputFile) });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
