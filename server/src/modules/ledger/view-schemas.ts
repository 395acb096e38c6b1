import { type Static, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';
import { MINOR_PATTERN } from '#platform/money.ts';
import { Uuid as Id, Instant, Minor, nullable, SignedMinor } from '#platform/schemas.ts';
import { AccountCode, Asset, BlockId, closed, literals, SideSchema, Standing } from './command-schemas.ts';

/** What the ledger shows. */

export const Kind = literals('transfer', 'hold', 'settle', 'release', 'reverse');
const Noted = nullable(Type.Record(Type.String(), Type.String()));
/** Sums over accounts may have more digits than any one account's. */
const Sum = Type.String({ pattern: '^(0|[1-9][0-9]{0,59})$', description: 'Minor units' });
const SignedSum = Type.String({ pattern: '^(0|-?[1-9][0-9]{0,59})$', description: 'Minor units, may be negative' });

export const AccountBalance = Type.Object({
  accountId: Id,
  code: Type.String(),
  asset: Asset,
  assetDecimals: nullable(Type.Integer({ description: 'How many decimals a minor unit of the asset stands for, if it was said' })),
  normalSide: SideSchema,
  subjectId: nullable(Id),
  name: nullable(Type.String()),
  metadata: Noted,
  openedAt: Instant,
  state: Standing,
  overdraftLimitMinor: Minor,
  postedMinor: Type.String({
    ...SignedMinor,
    description: 'What was moved, told from the normal side: positive is what such an account is there to have',
  }),
  heldMinor: Type.String({ ...Minor, description: 'What open holds will take out' }),
  availableMinor: Type.String({ ...SignedMinor, description: 'postedMinor less heldMinor. The overdraft limit is not part of it' }),
  postedDebitsMinor: Type.String({ ...Minor, description: 'All debits so far' }),
  postedCreditsMinor: Type.String({ ...Minor, description: 'All credits so far' }),
  pendingDebitsMinor: Type.String({ ...Minor, description: 'What open holds will debit' }),
  pendingCreditsMinor: Type.String({ ...Minor, description: 'What open holds will credit' }),
});

export const StatementLine = Type.Object({
  transferId: Id,
  seq: Type.Integer(),
  kind: Kind,
  side: SideSchema,
  direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  amountMinor: Minor,
  postedMinor: SignedMinor,
  heldMinor: Minor,
  availableMinor: SignedMinor,
  counterpartyAccountId: Id,
  holdId: nullable(Id),
  reason: nullable(Type.String()),
  effectiveAt: Instant,
  recordedAt: Instant,
  metadata: Noted,
});

const ShownCondition = Type.Object({
  accountId: Id,
  balance: literals('posted', 'available'),
  atLeastMinor: Type.Optional(SignedMinor),
  atMostMinor: Type.Optional(SignedMinor),
});

export const TransferView = Type.Object({
  id: Id,
  seq: Type.Integer(),
  kind: Kind,
  debitAccountId: Id,
  creditAccountId: Id,
  amountMinor: Minor,
  heldMinor: nullable(Minor),
  holdId: nullable(Id),
  reason: nullable(Type.String()),
  effectiveAt: Instant,
  recordedAt: Instant,
  expiresAt: nullable(Instant),
  metadata: Noted,
  blockId: BlockId,
  balancing: nullable(literals('debit', 'credit', 'both')),
  requestedMinor: nullable(Type.String({ pattern: MINOR_PATTERN, description: 'What was asked for, where less was moved' })),
  reverses: nullable(Type.String({ pattern: UUID_PATTERN, description: 'The movement it takes back' })),
  reversedMinor: Type.Optional(
    Type.String({ pattern: MINOR_PATTERN, description: 'How much of it was taken back so far; not in lists. The reversals: ?reverses=' }),
  ),
  purpose: nullable(literals('judicial', 'med')),
  reference: nullable(Type.String()),
  placedBy: nullable(Type.String({ description: 'Who placed a hold; null for every other movement' })),
  remainingMinor: nullable(Type.String({ pattern: MINOR_PATTERN, description: 'What a settlement that keeps the rest left held' })),
  onlyIf: nullable(Type.Array(ShownCondition, { description: 'The conditions under which it was done' })),
});

export const HoldView = Type.Object({
  id: Id,
  state: literals('open', 'settled', 'released', 'expired'),
  debitAccountId: Id,
  creditAccountId: Id,
  amountMinor: Type.String({ ...Minor, description: 'What it was placed for' }),
  heldMinor: Type.String({ ...Minor, description: 'What of it is still held' }),
  settledMinor: Type.String({ ...Minor, description: 'What of it was settled so far' }),
  expiresAt: nullable(Type.String({ ...Instant, description: 'The first instant at which it is valid no more' })),
  recordedAt: Instant,
  purpose: literals('payment', 'judicial', 'med'),
  reference: nullable(Type.String()),
  placedBy: nullable(
    Type.String({
      description:
        'Who placed it, kind and id: `service:demo`, `system:payments`. Only they end it, but for what a court or MED ordered; null: placed before owners were kept',
    }),
  ),
  endedAt: nullable(Instant),
  settles: Type.Optional(
    Type.Array(Type.Object({ id: Id, seq: Type.Integer(), amountMinor: Minor, recordedAt: Instant }), {
      description: 'Its settlements, oldest first; not in lists',
    }),
  ),
});

export const DirectiveView = Type.Object({
  id: Id,
  seq: Type.Integer(),
  kind: literals('account', 'close-period'),
  accountId: nullable(Id),
  state: nullable(Standing),
  overdraftLimitMinor: nullable(Minor),
  reason: nullable(Type.String()),
  until: nullable(Type.String({ description: 'Last date that is closed (São Paulo), inclusive' })),
  by: nullable(Type.String({ description: 'Who asked: kind and id, such as service:backoffice; null before this was kept' })),
  blockId: BlockId,
  recordedAt: Instant,
});

export const MovementView = Type.Object({
  accountId: Id,
  from: Instant,
  to: Instant,
  by: literals('recorded', 'effective'),
  debitsMinor: Type.String({ ...Minor, description: 'Debits from `from` (inclusive) to `to` (exclusive)' }),
  creditsMinor: Type.String({ ...Minor, description: 'Credits from `from` (inclusive) to `to` (exclusive)' }),
  openingMinor: Type.String({ ...SignedMinor, description: 'postedMinor just before `from`' }),
  closingMinor: Type.String({ ...SignedMinor, description: 'postedMinor just before `to`' }),
});

export const AssetLine = Type.Object(
  {
    asset: Asset,
    decimals: Type.Integer({ minimum: 0, maximum: 18, description: 'How many decimals a minor unit stands for: 2 for BRL' }),
    name: Type.Optional(Type.String({ pattern: '^[^\\u0000-\\u001F]{1,200}$' })),
  },
  closed,
);

const Totals = { postedDebitsMinor: Sum, postedCreditsMinor: Sum, pendingDebitsMinor: Sum, pendingCreditsMinor: Sum };
const Cosif = Type.String({ pattern: '^([0-9]{8}|[0-9]{10})$', description: 'COSIF account, digits only, with its check digit' });
export const ChartLine = Type.Object(
  {
    code: Type.String({ ...AccountCode, description: 'The code of accounts in this ledger' }),
    cosif: Cosif,
    name: Type.String({ pattern: '^[^\\u0000-\\u001F]{1,200}$', description: 'Up to 200 characters, no line breaks' }),
  },
  closed,
);
export const TrialBalance = Type.Object({
  asOfSeq: Type.Integer(),
  assets: Type.Array(Type.Object({ asset: Asset, ...Totals, differenceMinor: SignedSum })),
  lines: Type.Array(Type.Object({ asset: Asset, code: Type.String(), cosif: nullable(Cosif), accounts: Type.Integer(), ...Totals })),
  cosif: Type.Array(
    Type.Object({
      asset: Asset,
      cosif: Type.String({ description: 'Digits of the level, without check digit; empty for what the chart does not place' }),
      level: Type.Integer({
        minimum: 0,
        description: '1 group, 2 subgroup, 3 its division, 4 title, 5 subtitle, 6 below; 0 not in the chart',
      }),
      name: nullable(Type.String()),
      accounts: Type.Integer(),
      ...Totals,
      balanceMinor: SignedSum,
    }),
    { description: 'Sums of every level of the chart. Debit balances are positive.' },
  ),
});

export type AccountBalance = Static<typeof AccountBalance>;
export type StatementLine = Static<typeof StatementLine>;
export type TransferView = Static<typeof TransferView>;
export type HoldView = Static<typeof HoldView>;
export type DirectiveView = Static<typeof DirectiveView>;
export type MovementView = Static<typeof MovementView>;
export type AssetLine = Static<typeof AssetLine>;
export type ChartLine = Static<typeof ChartLine>;
export type TrialBalance = Static<typeof TrialBalance>;
