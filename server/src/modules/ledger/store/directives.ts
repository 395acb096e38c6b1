import { readConditions, showConditions, type WrittenCondition } from '../domain/condition-text.ts';
import type { Directive } from '../domain/model.ts';

/** A directive as rows of `ledger.directives` have it; `content` is what its kind says beyond the columns. */
export type DirectiveRow = {
  recorded_at: Date;
  seq: bigint;
  id: string;
  kind: Directive['kind'];
  account_id: string | null;
  content: { blockId?: string; state?: Directive['state']; overdraftLimitMinor?: string; reason?: string; until?: string } & {
    by?: string;
    onlyIf?: WrittenCondition[];
  };
};

export const DIRECTIVE_COLUMNS = 'd.recorded_at, d.seq, d.id, d.kind, d.account_id, d.content';

export function writeDirective({ blockId, state, overdraftLimit, reason, until, by, onlyIf }: Directive): string {
  const limit = overdraftLimit === null ? null : overdraftLimit.toString();
  const all = { blockId, state, overdraftLimitMinor: limit, reason, until, by, onlyIf: showConditions(onlyIf) };
  return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)));
}

export function toDirective(row: DirectiveRow): Directive {
  const { blockId, state, overdraftLimitMinor, reason, until, by, onlyIf } = row.content;
  return {
    id: row.id,
    seq: Number(row.seq),
    kind: row.kind,
    recordedAt: row.recorded_at.getTime(),
    blockId: blockId ?? null,
    accountId: row.account_id,
    state: state ?? null,
    overdraftLimit: overdraftLimitMinor === undefined ? null : BigInt(overdraftLimitMinor),
    reason: reason ?? null,
    until: until ?? null,
    by: by ?? null,
    onlyIf: readConditions(onlyIf),
  };
}
