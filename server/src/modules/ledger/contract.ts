import { type Static, Type } from 'typebox';
import { defineContract } from '#platform/face/contract.ts';
import { UUID_PATTERN } from '#platform/id.ts';
import { MINOR_PATTERN } from '#platform/money.ts';
import { BusinessDate, Uuid as Id, Instant, Minor, nullable, SignedMinor } from '#platform/schemas.ts';

const closed = { additionalProperties: false } as const;
/** Wider than the ledger takes, so that too large an amount is refused with its own code. */
const RequestedMinor = Type.String({ pattern: '^(0|[1-9][0-9]{0,63})$', description: 'Minor units, more than zero, at most 38 digits' });
const RequestedLimit = Type.String({ pattern: '^(0|[1-9][0-9]{0,63})$', description: 'Minor units, at most 38 digits' });
const Asset = Type.String({ pattern: '^[A-Z0-9]{3,12}$' });
const SideSchema = Type.Union([Type.Literal('debit'), Type.Literal('credit')]);
const literals = <T extends string>(...values: T[]) => Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const Kind = literals('transfer', 'hold', 'settle', 'release', 'reverse');
const Reason = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' });
const MetadataKey = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,40}$' });
const MetadataValue = Type.String({ maxLength: 200 });
const Paging = { cursor: Type.Optional(Type.String({ maxLength: 100 })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) };
const MetadataSchema = Type.Record(MetadataKey, MetadataValue, {
  maxProperties: 16,
  description: 'References such as payment ids. Never personal data.',
});

const AccountCode = Type.String({ pattern: '^[a-z0-9][a-z0-9.:-]{0,59}$', description: 'What the account is for: customer, pix-clearing' });

export const NewAccount = Type.Object(
  {
    id: Id,
    code: AccountCode,
    asset: Asset,
    normalSide: SideSchema,
    debitsMustNotExceedCredits: Type.Optional(Type.Boolean()),
    creditsMustNotExceedDebits: Type.Optional(Type.Boolean()),
    overdraftLimitMinor: Type.Optional(Minor),
    subjectId: Type.Optional(nullable(Id)),
  },
  closed,
);

const Standing = literals('open', 'frozen', 'closed');
const Reference = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9./-]{0,59}$', description: 'Court case or MED request' });
const optionals = { effectiveAt: Type.Optional(Instant), metadata: Type.Optional(MetadataSchema) };
const parties = { debitAccountId: Id, creditAccountId: Id, amountMinor: RequestedMinor };
const balancing = Type.Optional(
  Type.Unsafe<'debit' | 'credit' | 'both'>({
    ...literals('debit', 'credit', 'both'),
    description: 'Moves at most what the balance and overdraft of these accounts leave; amountMinor is the ceiling',
  }),
);
const hold = {
  expiresAt: Type.Optional(nullable(Instant)),
  purpose: Type.Optional(literals('payment', 'judicial', 'med')),
  reference: Type.Optional(Reference),
};
const ending = { holdId: Id, reference: Type.Optional(Reference) };
const account = { accountId: Id, state: Type.Optional(Standing), overdraftLimitMinor: Type.Optional(RequestedLimit), reason: Reason };
export const CommandInput = Type.Union([
  Type.Object({ id: Id, kind: Type.Literal('transfer'), ...parties, balancing, ...optionals }, closed),
  Type.Object({ id: Id, kind: Type.Literal('hold'), ...parties, balancing, ...hold, ...optionals }, closed),
  Type.Object({ id: Id, kind: Type.Literal('settle'), ...ending, amountMinor: Type.Optional(RequestedMinor), ...optionals }, closed),
  Type.Object({ id: Id, kind: Type.Literal('release'), ...ending, reason: Type.Optional(Reason), ...optionals }, closed),
  Type.Object({ id: Id, kind: Type.Literal('reverse'), transferId: Id, amountMinor: Type.Optional(RequestedMinor), ...optionals }, closed),
  Type.Object({ id: Id, kind: Type.Literal('account'), ...account }, closed),
  Type.Object({ id: Id, kind: Type.Literal('close-period'), until: BusinessDate }, closed),
]);

export const CommandResult = Type.Object({
  id: Id,
  outcome: Type.Union([Type.Literal('done'), Type.Literal('rejected')]),
  duplicate: Type.Boolean(),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  field: Type.Optional(Type.String({ description: 'The field that differs, with LEDGER_ID_CONFLICT' })),
  seq: Type.Optional(Type.Integer()),
  recordedAt: Type.Optional(Instant),
  amountMinor: Type.Optional(
    Type.String({ pattern: MINOR_PATTERN, description: 'What was moved or held, where the command left that to the ledger' }),
  ),
});

export const AccountBalance = Type.Object({
  accountId: Id,
  code: Type.String(),
  asset: Asset,
  normalSide: SideSchema,
  subjectId: nullable(Id),
  state: Standing,
  overdraftLimitMinor: Minor,
  postedMinor: SignedMinor,
  heldMinor: Minor,
  availableMinor: SignedMinor,
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
  metadata: nullable(Type.Record(Type.String(), Type.String())),
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
  metadata: nullable(Type.Record(Type.String(), Type.String())),
  blockId: nullable(Type.String({ pattern: UUID_PATTERN, description: 'The first command of the atomic block it is part of' })),
  balancing: nullable(literals('debit', 'credit', 'both')),
  requestedMinor: nullable(Type.String({ pattern: MINOR_PATTERN, description: 'What was asked for, where less was moved' })),
  reverses: nullable(Type.String({ pattern: UUID_PATTERN, description: 'The movement it takes back' })),
  purpose: nullable(literals('judicial', 'med')),
  reference: nullable(Type.String()),
});

export const HoldView = Type.Object({
  id: Id,
  state: Type.Union(
    ['open', 'settled', 'released', 'expired'].map((state) => Type.Literal(state as 'open' | 'settled' | 'released' | 'expired')),
  ),
  debitAccountId: Id,
  creditAccountId: Id,
  amountMinor: Minor,
  settledMinor: Minor,
  expiresAt: nullable(Instant),
  recordedAt: Instant,
  purpose: literals('payment', 'judicial', 'med'),
  reference: nullable(Type.String()),
});

const Totals = {
  postedDebitsMinor: Minor,
  postedCreditsMinor: Minor,
  pendingDebitsMinor: Minor,
  pendingCreditsMinor: Minor,
};
const Cosif = Type.String({ pattern: '^([0-9]{8}|[0-9]{10})$', description: 'COSIF account, digits only, with its check digit' });
export const ChartLine = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z0-9][a-z0-9.:-]{0,59}$', description: 'The code of accounts in this ledger' }),
    cosif: Cosif,
    name: Type.String({ pattern: '^[^\\u0000-\\u001F]{1,200}$', description: 'Up to 200 characters, no line breaks' }),
  },
  closed,
);
export const TrialBalance = Type.Object({
  asOfSeq: Type.Integer(),
  assets: Type.Array(Type.Object({ asset: Asset, ...Totals, differenceMinor: SignedMinor })),
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
      balanceMinor: SignedMinor,
    }),
    { description: 'Sums of every level of the chart. Debit balances are positive.' },
  ),
});

const ids = (maxItems: number) => Type.Array(Id, { minItems: 1, maxItems });

/** What other modules may ask of the ledger. Amounts are strings of minor units, instants ISO strings. */
export const ledgerContract = defineContract('ledger', {
  /** Opens accounts, all or none. Repeating is harmless; the same id with another configuration is LEDGER_ACCOUNT_CONFLICT. */
  createAccounts: {
    input: Type.Object({ accounts: Type.Array(NewAccount, { minItems: 1, maxItems: 1_000 }) }, closed),
    output: Type.Object({ results: Type.Array(Type.Object({ id: Id, duplicate: Type.Boolean() })) }),
  },
  /**
   * Commands in order, each with its own outcome; `atomic` (at most 1,000) makes them all happen or none. Answered after the commit.
   * `dryRun` (at most 1,000) answers what would be answered now, and writes nothing.
   */
  submit: {
    input: Type.Object(
      {
        commands: Type.Array(CommandInput, { minItems: 1, maxItems: 8_000 }),
        atomic: Type.Optional(Type.Boolean()),
        dryRun: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    output: Type.Object({ results: Type.Array(CommandResult) }),
  },
  /**
   * Balances now, or as they were known `at` an instant. With `effectiveAt`: of what had taken effect by then, as known now or `at` an
   * instant. State and limit are always those of now. Accounts that do not exist are left out.
   */
  getBalances: {
    input: Type.Object({ accountIds: ids(1_000), at: Type.Optional(Instant), effectiveAt: Type.Optional(Instant) }, closed),
    output: Type.Object({ asOfSeq: Type.Integer(), balances: Type.Array(AccountBalance) }),
  },
  /**
   * An account's lines, newest first. `include` all shows holds and releases, too. In `effective` order, `from` and `to` are effective dates
   * and each balance is what its date gives, as known at `knownAt` (or at the first page). Throws LEDGER_ACCOUNT_NOT_FOUND.
   */
  getStatement: {
    input: Type.Object(
      {
        accountId: Id,
        ...Paging,
        from: Type.Optional(Instant),
        to: Type.Optional(Instant),
        direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
        include: Type.Optional(Type.Union([Type.Literal('posted'), Type.Literal('all')])),
        order: Type.Optional(literals('recorded', 'effective')),
        knownAt: Type.Optional(Instant),
      },
      closed,
    ),
    output: Type.Object({ lines: Type.Array(StatementLine), next: nullable(Type.String()) }),
  },
  /**
   * Transfers by account, by a field of metadata, by block, or all; between two instants of recording, or of effect (`by`). Newest first
   * unless `order` says otherwise; a block comes whole and in order. Throws LEDGER_QUERY_INVALID for what does not go together.
   */
  listTransfers: {
    input: Type.Object(
      {
        accountId: Type.Optional(Id),
        key: Type.Optional(MetadataKey),
        value: Type.Optional(MetadataValue),
        blockId: Type.Optional(Id),
        from: Type.Optional(Instant),
        to: Type.Optional(Instant),
        by: Type.Optional(literals('recorded', 'effective')),
        order: Type.Optional(literals('desc', 'asc')),
        ...Paging,
      },
      closed,
    ),
    output: Type.Object({ transfers: Type.Array(TransferView), next: nullable(Type.String()) }),
  },
  /** Accounts with their balances, by subject, code and asset, in the order of their ids. */
  listAccounts: {
    input: Type.Object({ subjectId: Type.Optional(Id), code: Type.Optional(AccountCode), asset: Type.Optional(Asset), ...Paging }, closed),
    output: Type.Object({ accounts: Type.Array(AccountBalance), next: nullable(Type.String()) }),
  },
  /** Those of the ids that are committed transfers. */
  getTransfers: { input: Type.Object({ ids: ids(1_000) }, closed), output: Type.Object({ transfers: Type.Array(TransferView) }) },
  /** Holds by id in whatever state, or the open ones that take from an account (at most 1,000, oldest first). */
  getHolds: {
    input: Type.Union([Type.Object({ ids: ids(1_000) }, closed), Type.Object({ accountId: Id }, closed)]),
    output: Type.Object({ holds: Type.Array(HoldView) }),
  },
  /**
   * Totals per asset (`differenceMinor` is zero, or something is badly wrong), per account code, and per level of COSIF by the chart; now,
   * as known `at` an instant, and of what had taken effect by `effectiveAt`.
   */
  trialBalance: {
    input: Type.Object({ at: Type.Optional(Instant), effectiveAt: Type.Optional(Instant) }, closed),
    output: TrialBalance,
  },
  /** Which COSIF account each account code belongs to. */
  getChart: { input: Type.Object({}, closed), output: Type.Object({ lines: Type.Array(ChartLine) }) },
  /** Puts lines into the chart, or changes those there are. Throws LEDGER_COSIF_INVALID for a code whose check digit is wrong. */
  putChart: {
    input: Type.Object({ lines: Type.Array(ChartLine, { minItems: 1, maxItems: 1_000 }) }, closed),
    output: Type.Object({ lines: Type.Array(ChartLine) }),
  },
});

export type NewAccount = Static<typeof NewAccount>;
export type CommandInput = Static<typeof CommandInput>;
export type CommandResult = Static<typeof CommandResult>;
export type AccountBalance = Static<typeof AccountBalance>;
export type StatementLine = Static<typeof StatementLine>;
export type TransferView = Static<typeof TransferView>;
export type HoldView = Static<typeof HoldView>;
export type ChartLine = Static<typeof ChartLine>;
export type TrialBalance = Static<typeof TrialBalance>;
