import { type Static, Type } from 'typebox';
import { BusinessDate, Instant, Minor, nullable, Uuid } from '#platform/schemas.ts';
import { literals } from './contract-chart.ts';
import { KindName, Reason } from './contract-entries.ts';

/** Closing days, and rules for what comes without a category. */

const closed = { additionalProperties: false } as const;

/** What a room wants looked at before a day is closed. `kind` names the sentence that a screen shows for it: `drawers.uncounted`. */
export const OpenItem = Type.Object(
  {
    module: Type.String({ pattern: '^[a-z][a-z-]{0,39}$' }),
    reference: Type.String({ minLength: 1, maxLength: 120 }),
    date: BusinessDate,
    kind: Type.String({ pattern: '^[a-z][a-z.-]{0,59}$' }),
    /** Closing the day is refused while it is there, unless somebody says that they know. */
    blocks: Type.Boolean(),
  },
  closed,
);
export type OpenItem = Static<typeof OpenItem>;

export const CheckLine = Type.Object({
  /** Books' own: `books.unsorted`, `books.waiting` (not in the ledger yet), `books.refused`. */
  kind: Type.String(),
  count: Type.Integer(),
  blocks: Type.Boolean(),
});
export const ClosingStep = Type.Object({
  kind: literals(['closed', 'reopened'] as const),
  until: nullable(BusinessDate),
  at: Instant,
  by: Type.String(),
  reason: nullable(Type.String()),
  leftOpen: Type.Integer(),
});
export const Closing = Type.Object({
  /** The day that would be closed: all that is open up to it. */
  date: BusinessDate,
  closedUntil: nullable(BusinessDate),
  today: BusinessDate,
  checklist: Type.Array(CheckLine),
  figures: Type.Object({ count: Type.Integer(), inMinor: Minor, outMinor: Minor }, { description: 'Do dia, em todos os lugares da loja' }),
  /** The newest ten. */
  history: Type.Array(ClosingStep),
});
export type Closing = Static<typeof Closing>;

export const ClosedUntil = Type.Object({ closedUntil: nullable(BusinessDate) });
export const CloseDay = Type.Object(
  {
    until: BusinessDate,
    /** Whoever closes knows what is left open. */
    despite: Type.Optional(Type.Boolean()),
  },
  { ...closed, examples: [{ until: '2026-03-02' }] },
);
export const ReopenDay = Type.Object(
  { from: BusinessDate, reason: Reason },
  { ...closed, examples: [{ from: '2026-03-02', reason: 'Faltou uma nota' }] },
);

const RuleKind = Type.Unsafe<'in' | 'out'>(Type.Union([Type.Literal('in'), Type.Literal('out')]));
const Contains = Type.String({ minLength: 2, maxLength: 100, description: 'O que o texto contém' });
export const NewRule = Type.Object(
  {
    kind: RuleKind,
    contains: Type.Optional(Contains),
    counterparty: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'De quem, ou para quem' })),
    category: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,39}$' }),
  },
  { ...closed, examples: [{ kind: 'out', contains: 'enel', category: 'utilities' }] },
);
export type NewRule = Static<typeof NewRule>;
export const Rule = Type.Object({
  id: Uuid,
  kind: KindName,
  contains: nullable(Type.String()),
  counterparty: nullable(Type.String()),
  categoryId: Uuid,
});
export type Rule = Static<typeof Rule>;
export const Rules = Type.Object({ rules: Type.Array(Rule) });
