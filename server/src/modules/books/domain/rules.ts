import type { EntryKind } from './entry.ts';

/** `contains` is folded; `name` is the keyed hash of a folded counterparty. Null stands for any. */
export type RuleOfBooks = { id: string; kind: 'in' | 'out'; contains: string | null; name: string | null; categoryId: string };

/** The rule that fits and says most: one about somebody before one about words, longer words before shorter ones. */
export function ruleFor(
  rules: readonly RuleOfBooks[],
  { kind, folded, name }: { kind: EntryKind; folded: string; name: string | null },
): RuleOfBooks | undefined {
  const fits = rules.filter(
    (rule) =>
      rule.kind === kind && (rule.contains === null || folded.includes(rule.contains)) && (rule.name === null || rule.name === name),
  );
  const weigh = (rule: RuleOfBooks): number => (rule.name === null ? 0 : 1_000) + (rule.contains?.length ?? 0);
  return fits.toSorted((a, b) => weigh(b) - weigh(a) || (a.id < b.id ? -1 : 1))[0];
}
