import { Type } from 'typebox';
import { defineContract } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { Uuid as Id, Instant, nullable } from '#platform/schemas.ts';
import {
  AccountCode,
  AccountName,
  Asset,
  CommandInput,
  CommandResult,
  closed,
  literals,
  MetadataKey,
  MetadataSchema,
  MetadataValue,
  NewAccount,
} from './command-schemas.ts';
import {
  AccountBalance,
  AssetLine,
  ChartLine,
  DirectiveView,
  HoldView,
  Kind,
  MovementView,
  StatementLine,
  TransferView,
  TrialBalance,
} from './view-schemas.ts';

export * from './command-schemas.ts';
export * from './view-schemas.ts';

const Paging = { cursor: Type.Optional(Type.String({ maxLength: 100 })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) };
const described = <T extends object>(schema: T, description: string): T => ({ ...schema, description });
const From = Type.Optional(described(Instant, 'Inclusive'));
const To = Type.Optional(described(Instant, 'Exclusive'));
const At = Type.Optional(described(Instant, 'What had been recorded by then, that instant included'));
const EffectiveAt = Type.Optional(described(Instant, 'What had taken effect by then, that instant included'));
const Direction = Type.Optional(described(literals('in', 'out'), 'As seen from the account: what makes its balance more, or less'));
const CodePrefix = Type.Optional(described(AccountCode, 'Beginning of the code'));

/** What transfers are searched by. */
const transferCriteria = {
  accountId: Type.Optional(Id),
  direction: Direction,
  key: Type.Optional(MetadataKey),
  value: Type.Optional(MetadataValue),
  metadata: Type.Optional(Type.Record(MetadataKey, MetadataValue, { minProperties: 1, maxProperties: 4 })),
  blockId: Type.Optional(Id),
  reverses: Type.Optional(Id),
  kind: Type.Optional(Kind),
  asset: Type.Optional(Asset),
  codePrefix: CodePrefix,
  from: From,
  to: To,
  by: Type.Optional(described(literals('recorded', 'effective'), 'Which time `from`, `to` and the order are of')),
};
const { blockId: _block, ...countable } = transferCriteria;
const accountCriteria = {
  subjectId: Type.Optional(Id),
  code: Type.Optional(AccountCode),
  codePrefix: CodePrefix,
  asset: Type.Optional(Asset),
};
const Counted = Type.Object({
  count: Type.Integer(),
  isExact: Type.Boolean({ description: 'False when there are more: counting stops at 100,000 looked at' }),
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
        balances: Type.Optional(Type.Boolean({ description: 'Answer what both accounts have right after each movement' })),
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
    input: Type.Object({ accountIds: ids(1_000), at: At, effectiveAt: EffectiveAt }, closed),
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
        from: From,
        to: To,
        direction: Direction,
        include: Type.Optional(Type.Union([Type.Literal('posted'), Type.Literal('all')])),
        order: Type.Optional(literals('recorded', 'effective')),
        knownAt: At,
      },
      closed,
    ),
    output: Type.Object({ lines: Type.Array(StatementLine), next: nullable(Type.String()) }),
  },
  /**
   * Transfers by account, metadata, block, what they take back, kind, asset, code; between two instants of recording, or of effect (`by`). Newest
   * first unless `order` says otherwise; a block comes whole and in order. Where criteria are combined a page may be shorter than asked for and
   * still have a next one. Throws LEDGER_QUERY_INVALID for what does not go together, LEDGER_ACCOUNT_NOT_FOUND.
   */
  listTransfers: {
    input: Type.Object(
      {
        ...transferCriteria,
        order: Type.Optional(literals('desc', 'asc')),
        ...Paging,
      },
      closed,
    ),
    output: Type.Object({ transfers: Type.Array(TransferView), next: nullable(Type.String()) }),
  },
  /** How many transfers there are by the same criteria, `blockId` apart. */
  countTransfers: { input: Type.Object(countable, closed), output: Counted },
  /** Accounts with their balances, by subject, code or the beginning of one, and asset, in the order of their ids (of codes, with a beginning). */
  listAccounts: {
    input: Type.Object({ ...accountCriteria, order: Type.Optional(literals('asc', 'desc')), ...Paging }, closed),
    output: Type.Object({ accounts: Type.Array(AccountBalance), next: nullable(Type.String()) }),
  },
  countAccounts: { input: Type.Object(accountCriteria, closed), output: Counted },
  /** What an account is called, and notes beside it. What is left out stays. Throws LEDGER_ACCOUNT_NOT_FOUND. */
  labelAccount: {
    input: Type.Object({ accountId: Id, name: Type.Optional(AccountName), metadata: Type.Optional(MetadataSchema) }, closed),
    output: AccountBalance,
  },
  /** Gross debits and credits of an account between two instants of recording, or of effect. Throws LEDGER_ACCOUNT_NOT_FOUND. */
  getMovement: {
    input: Type.Object(
      { accountId: Id, from: described(Instant, 'Inclusive'), to: described(Instant, 'Exclusive'), by: transferCriteria.by },
      closed,
    ),
    output: MovementView,
  },
  /** Commands on accounts and periods, newest first, with the last closed date. */
  listDirectives: {
    input: Type.Object({ accountId: Type.Optional(Id), kind: Type.Optional(literals('account', 'close-period')), ...Paging }, closed),
    output: Type.Object({ directives: Type.Array(DirectiveView), next: nullable(Type.String()), closedUntil: nullable(Type.String()) }),
  },
  getDirectives: { input: Type.Object({ ids: ids(1_000) }, closed), output: Type.Object({ directives: Type.Array(DirectiveView) }) },
  /** Those of the ids that are committed transfers. */
  getTransfers: { input: Type.Object({ ids: ids(1_000) }, closed), output: Type.Object({ transfers: Type.Array(TransferView) }) },
  /** Holds by id in whatever state, with their settlements; or the open ones of an account, either side of it, oldest first (1,000 unless told). */
  getHolds: {
    input: Type.Union([Type.Object({ ids: ids(1_000) }, closed), Type.Object({ accountId: Id, ...Paging }, closed)]),
    output: Type.Object({ holds: Type.Array(HoldView), next: nullable(Type.String()) }),
  },
  /**
   * Totals per asset (`differenceMinor` is zero, or something is badly wrong), per account code, and per level of COSIF by the chart; now,
   * as known `at` an instant, and of what had taken effect by `effectiveAt`.
   */
  trialBalance: {
    input: Type.Object({ at: At, effectiveAt: EffectiveAt }, closed),
    output: TrialBalance,
  },
  ...personalDataOperations,
  /** How many decimals a minor unit of each asset stands for. */
  getAssets: { input: Type.Object({}, closed), output: Type.Object({ assets: Type.Array(AssetLine) }) },
  /** Says it, once. Throws LEDGER_ASSET_CONFLICT for another number of decimals; a name may change. */
  putAssets: {
    input: Type.Object(
      { assets: Type.Array(AssetLine, { minItems: 1, maxItems: 200 }) },
      { ...closed, examples: [{ assets: [{ asset: 'BRL', decimals: 2 }] }] },
    ),
    output: Type.Object({ assets: Type.Array(AssetLine) }),
  },
  /** Which COSIF account each account code belongs to. */
  getChart: { input: Type.Object({}, closed), output: Type.Object({ lines: Type.Array(ChartLine) }) },
  /** Puts lines into the chart, or changes those there are. Throws LEDGER_COSIF_INVALID for a code whose check digit is wrong. */
  putChart: {
    input: Type.Object(
      { lines: Type.Array(ChartLine, { minItems: 1, maxItems: 1_000 }) },
      { ...closed, examples: [{ lines: [{ code: 'customer', cosif: '41110005', name: 'Depósitos' }] }] },
    ),
    output: Type.Object({ lines: Type.Array(ChartLine) }),
  },
});
