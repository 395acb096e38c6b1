import { AppError } from '#platform/errors.ts';
import type { Language } from '#platform/http/language.ts';
import { toProblem } from '#platform/http/problem.ts';
import type { CommandInput, CommandResult, NewAccount } from '../contract.ts';
import { showResult } from '../http-answers.ts';
import type { Wanted } from './import-lines.ts';

export type ImportDoors = {
  submit(commands: CommandInput[], atomic: boolean): Promise<CommandResult[]>;
  createAccounts(accounts: NewAccount[]): Promise<{ id: string; duplicate: boolean }[]>;
};

/** The answer to one line. `malformed`: nothing was tried. */
type Answer = { line: number; outcome: 'done' | 'rejected' | 'malformed'; [field: string]: unknown };
type Counts = { lines: number; done: number; duplicates: number; rejected: number; malformed: number };

/** Commands that go together; their order is kept, and one may build on another. */
const GROUP = 1_000;

/**
 * Does what lines ask for, in order, and answers each with a line (JSON): its number and its outcome. The last one, `end`, counts them, and
 * carries an error when something other than a line was wrong; then the lines without an answer are sent again, and so may be all: ids
 * make a repetition harmless. Reads a group ahead and no more.
 */
export async function* importLines(wanted: AsyncIterable<Wanted>, doors: ImportDoors, language: Language): AsyncGenerator<string> {
  const counts: Counts = { lines: 0, done: 0, duplicates: 0, rejected: 0, malformed: 0 };
  let group: Wanted[] = [];
  try {
    for await (const one of wanted) {
      const joins = group.length > 0 && group[0]!.kind === one.kind && one.kind !== 'block' && group.length < GROUP;
      if (group.length > 0 && !joins) {
        yield* told(await answerGroup(group, doors, language), counts);
        group = [];
      }
      group.push(one);
    }
    if (group.length > 0) yield* told(await answerGroup(group, doors, language), counts);
    yield JSON.stringify({ end: counts });
  } catch (error) {
    // Refused as a whole, such as for want of capacity: what was answered stands.
    if (!(error instanceof AppError)) throw error;
    const { detail, action } = toProblem(error.data, language);
    yield JSON.stringify({ end: { ...counts, error: { code: error.code, detail, action } } });
  }
}

function* told(answers: Answer[], counts: Counts): Generator<string> {
  for (const answer of answers) {
    counts.lines++;
    counts[answer.outcome]++;
    if (answer.duplicate === true) counts.duplicates++;
    yield JSON.stringify(answer);
  }
}

async function answerGroup(group: readonly Wanted[], doors: ImportDoors, language: Language): Promise<Answer[]> {
  const told = (result: CommandResult) => showResult(result, language);
  const [first] = group;
  switch (first!.kind) {
    case 'malformed':
      return (group as Extract<Wanted, { kind: 'malformed' }>[]).map(({ line, detail }) => ({
        line,
        outcome: 'malformed',
        detail: detail[language],
      }));
    case 'command': {
      const commands = group as Extract<Wanted, { kind: 'command' }>[];
      const results = await doors.submit(
        commands.map(({ command }) => command),
        false,
      );
      return results.map((result, index) => ({ line: commands[index]!.line, ...told(result) }));
    }
    case 'block': {
      const { line, commands } = first as Extract<Wanted, { kind: 'block' }>;
      const results = await doors.submit(commands, true);
      const outcome = results.every((result) => result.outcome === 'done') ? 'done' : 'rejected';
      return [{ line, outcome, duplicate: results.every((result) => result.duplicate), results: results.map(told) }];
    }
    case 'account':
      return openAccounts(group as Extract<Wanted, { kind: 'account' }>[], doors, language);
  }
}

type Opening = readonly Extract<Wanted, { kind: 'account' }>[];

/** All of a group at once; when one is refused, each alone, so that the others are opened. */
async function openAccounts(group: Opening, doors: ImportDoors, language: Language): Promise<Answer[]> {
  const open = async (some: typeof group): Promise<Answer[]> => {
    const results = await doors.createAccounts(some.map(({ account }) => account));
    return results.map((result, index) => ({ line: some[index]!.line, outcome: 'done', ...result }));
  };
  try {
    return await open(group);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  const answers: Answer[] = [];
  for (const one of group) {
    try {
      answers.push(...(await open([one])));
    } catch (error) {
      if (!isConflict(error)) throw error;
      answers.push({
        line: one.line,
        outcome: 'rejected',
        duplicate: false,
        id: one.account.id,
        code: error.code,
        detail: error.data.detail[language],
      });
    }
  }
  return answers;
}

const isConflict = (error: unknown): error is AppError => error instanceof AppError && error.code === 'LEDGER_ACCOUNT_CONFLICT';
