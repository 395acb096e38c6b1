import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { derivedId } from '#platform/id.ts';
import { flawOfWords } from '#platform/text.ts';
import type { NewRule, Rule } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { categoryIdOf, type Draft } from './domain/entry.ts';
import { fold } from './domain/fold.ts';
import { type RuleOfBooks, ruleFor } from './domain/rules.ts';
import { refuseBooks } from './errors.ts';
import { byOf } from './held.ts';
import { createSaving, type Mode } from './save.ts';
import type { ShopBook } from './shop.ts';
import type { EntryRecord } from './store/entries.ts';
import { findCategories } from './store/known.ts';
import { countRules, listRules, type RuleRecord, removeRule, saveRule } from './store/rules.ts';
import { isThere } from './store/shops.ts';

const PURPOSE = 'books.rule';
/** Under which names are hashed: the same as those of entries, so that they meet. */
const NAMES = 'books.counterparty';
const MOST_RULES = 500;

type Pair = { asked: { lines?: unknown }; draft: Draft };
const isOpen = ({ asked, draft }: Pair): boolean => asked.lines === undefined && draft.lines.length > 0;
const named = (rule: RuleRecord): RuleOfBooks => ({ ...rule, name: rule.counterpartyHash?.toString('hex') ?? null });

/** Rules of a shop: what comes without a category gets the one that the shop taught. */
export function createRuleBook(deps: Pick<BooksDeps, 'db' | 'vault' | 'clock'>, shops: ShopBook) {
  const { db, vault, clock } = deps;
  type On = { accountId: string };
  const save = createSaving(deps);

  async function write(tx: Tx, { tenantId, actor }: CallContext, accountId: string, rule: RuleRecord): Promise<void> {
    const [category] = await findCategories(tx, tenantId, [rule.categoryId]);
    if (!category || category.accountId !== accountId || category.archived) throw refuseBooks('BOOKS_CATEGORY_UNKNOWN');
    if ((await countRules(tx, tenantId, accountId)) >= MOST_RULES) throw refuseBooks('BOOKS_TOO_MANY_RULES');
    await saveRule(tx, tenantId, accountId, rule, { by: byOf(actor), at: new Date(clock.now()) });
  }
  const namesOf = async (tenantId: string, accountId: string, name: string | undefined) => ({
    counterpartySealed: name === undefined ? null : await vault.seal(tenantId, accountId, PURPOSE, name),
    counterpartyHash: name === undefined ? null : vault.lookupHash(tenantId, NAMES, fold(name)),
  });
  const all = (tenantId: string, accountId: string) =>
    db.tx({ module: 'books', tenants: [tenantId], single: true }, (tx) => listRules(tx, tenantId, accountId));
  const show = async (
    tenantId: string,
    accountId: string,
    { id, kind, contains, counterpartySealed, categoryId }: RuleRecord,
  ): Promise<Rule> => ({
    id,
    kind,
    contains,
    counterparty: counterpartySealed && (await vault.open(tenantId, accountId, PURPOSE, counterpartySealed)),
    categoryId,
  });

  /** A draft of what was asked without lines, with the category that a rule says. */
  function sort(tenantId: string, rules: readonly RuleOfBooks[], pair: Pair): Draft {
    const { draft } = pair;
    if (rules.length === 0 || !isOpen(pair)) return draft;
    const name = draft.counterparty === null ? null : vault.lookupHash(tenantId, NAMES, fold(draft.counterparty)).toString('hex');
    const rule = ruleFor(rules, { kind: draft.kind, folded: fold(draft.text ?? ''), name });
    return rule ? { ...draft, lines: [{ categoryId: rule.categoryId, amountMinor: draft.amountMinor }] } : draft;
  }

  return {
    async listRules(ctx: CallContext, { accountId }: On): Promise<{ rules: Rule[] }> {
      await shops.allow(ctx, accountId, 'see');
      const found = await all(ctx.tenantId, accountId);
      return { rules: await Promise.all(found.map((rule) => show(ctx.tenantId, accountId, rule))) };
    },
    async saveRule(
      ctx: CallContext,
      { accountId, ruleId, rule, mode }: On & { ruleId: string; rule: NewRule; mode?: Mode },
    ): Promise<Rule> {
      await shops.allow(ctx, accountId, 'books');
      for (const name of ['contains', 'counterparty'] as const) {
        const detail = flawOfWords(rule[name] ?? '');
        if (detail) throw refusePlatform('PLATFORM_BAD_REQUEST', { errors: [{ pointer: `/body/${name}`, detail }] });
      }
      const contains = rule.contains === undefined ? null : fold(rule.contains);
      const counterparty = rule.counterparty?.trim() || undefined;
      if (!contains && counterparty === undefined) throw refuseBooks('BOOKS_RULE_INVALID');
      const names = await namesOf(ctx.tenantId, accountId, counterparty);
      const { kind } = rule;
      const asked = { id: ruleId, kind, contains: contains || null, counterparty: counterparty ?? null, category: rule.category };
      const categoryId = categoryIdOf(accountId, rule.category);
      const saved = await save(ctx, { thing: 'rules', accountId, asked, mode }, async (tx, id) => {
        await write(tx, ctx, accountId, { id, kind, contains: asked.contains, ...names, categoryId });
        return { id, kind, contains: asked.contains, categoryId };
      });
      return { ...saved, counterparty: asked.counterparty };
    },
    async removeRule(ctx: CallContext, { accountId, ruleId }: On & { ruleId: string }): Promise<Record<never, never>> {
      await shops.allow(ctx, accountId, 'books');
      const at = new Date(clock.now());
      await db.tx({ module: 'books', tenants: [ctx.tenantId] }, async (tx) => {
        if (!(await isThere(tx, ctx.tenantId, { thing: 'rules', accountId, id: ruleId }))) throw refuseBooks('BOOKS_NOT_FOUND');
        await removeRule(tx, ctx.tenantId, { accountId, ruleId, at });
      });
      return {};
    },
    /** A rule from a correction: whatever comes from the same counterparty, or else with the same text. Nothing where it has neither. */
    async learn(ctx: CallContext, entry: EntryRecord, categoryId: string): Promise<void> {
      const { tenantId } = ctx;
      const { accountId, kind, text, counterpartySealed: sealed } = entry;
      const name = sealed === null ? null : await vault.open(tenantId, accountId, NAMES, sealed);
      const contains = name === null ? fold(text ?? '') : null;
      if ((kind !== 'in' && kind !== 'out') || (name === null && (contains?.length ?? 0) < 2)) return;
      const names = await namesOf(tenantId, accountId, name ?? undefined);
      // The same thing taught again, otherwise, is the rule from then on.
      const about = names.counterpartyHash?.toString('hex') ?? contains!;
      const rule = { id: derivedId('books.rule', accountId, kind, about), kind, contains, ...names, categoryId };
      await db.tx({ module: 'books', tenants: [tenantId] }, (tx) => write(tx, ctx, accountId, rule));
    },
    /** The shop's rules, as `sort` wants them. */
    read: async (tx: Tx, tenantId: string, accountId: string): Promise<RuleOfBooks[]> =>
      (await listRules(tx, tenantId, accountId)).map(named),
    sort,
    /** Drafts of what was asked without lines, with the categories that the shop's rules say. */
    async applyTo(tenantId: string, accountId: string, pairs: readonly Pair[]): Promise<Draft[]> {
      const rules = pairs.some(isOpen) ? (await all(tenantId, accountId)).map(named) : [];
      return pairs.map((pair) => sort(tenantId, rules, pair));
    },
  };
}
export type RuleBook = ReturnType<typeof createRuleBook>;
