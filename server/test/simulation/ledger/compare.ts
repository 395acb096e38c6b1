/** What the ledger answered, held against what the model says. */
import type { Booking, Command, Verdict } from './model.ts';

/** The ledger and the model do not agree. The message says where and in what. */
export class Disagreement extends Error {}

/** What the ledger said of one command, at once or in its tables. */
export type Answer = {
  id: string;
  outcome: 'done' | 'rejected';
  duplicate: boolean;
  code?: string;
  field?: string;
};

/** Why the answer is wrong, or undefined. */
export function objection(verdict: Verdict, answer: Answer): string | undefined {
  if (verdict.is === 'done') return answer.outcome === 'done' ? undefined : `refused with ${answer.code}, which nothing justifies`;
  if (verdict.is === 'refused' || verdict.is === 'mixed') {
    if (answer.outcome === 'done') return `done, though it should be refused with ${verdict.why.join(' or ')}`;
    return verdict.why.includes(answer.code!) ? undefined : `refused with ${answer.code} instead of ${verdict.why.join(' or ')}`;
  }
  if (verdict.fields.length === 0) return answer.duplicate ? undefined : 'not marked as a repetition of the same command';
  if (answer.outcome !== 'rejected' || answer.code !== 'LEDGER_ID_CONFLICT')
    return `answered ${answer.code ?? 'done'}, though it conflicts in ${verdict.fields}`;
  return verdict.fields.includes(answer.field!) ? undefined : `conflict in ${answer.field} instead of ${verdict.fields}`;
}

/** Names of the fields in which what was stored differs from what the model says, with both values. */
export function bookingDifferences(expected: Booking, stored: Booking): string[] {
  const differences: string[] = [];
  for (const name of Object.keys(expected) as (keyof Booking)[]) {
    if (String(expected[name]) !== String(stored[name])) differences.push(`${name}: model ${expected[name]}, ledger ${stored[name]}`);
  }
  return differences;
}

export function tell({ commands, atomic }: { commands: readonly Command[]; atomic: boolean }, index: number): string {
  return `command ${index + 1} of ${commands.length}${atomic ? ' (atomic)' : ''}: ${JSON.stringify(commands[index])}`;
}
