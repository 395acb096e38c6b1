import { type Static, type TString, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';
import { MINOR_PATTERN, SIGNED_MINOR_PATTERN } from '#platform/money.ts';
import { BusinessDate, Uuid as Id, Instant, Minor, nullable, SignedMinor } from '#platform/schemas.ts';

/** What goes into the ledger: accounts and commands, and what is answered to them. */

export const closed = { additionalProperties: false } as const;
export const literals = <T extends string>(...values: T[]) => Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const described = <T extends object>(schema: T, description: string): T => ({ ...schema, description });

/** Wider than the ledger takes, so that too large an amount is refused with its own code. */
const RequestedMinor = Type.String({ pattern: '^(0|[1-9][0-9]{0,63})$', description: 'Minor units, more than zero, at most 38 digits' });
const RequestedLimit = Type.String({ pattern: '^(0|[1-9][0-9]{0,63})$', description: 'Minor units, at most 38 digits' });
export const Asset = Type.String({ pattern: '^[A-Z0-9]{3,12}$', description: 'Such as BRL; 3 to 12 capitals and digits' });
export const SideSchema = Type.Union([Type.Literal('debit'), Type.Literal('credit')]);
export const Reason = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', description: 'A word of small letters, digits and hyphens' });
export const MetadataKey = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,40}$' });
export const MetadataValue = Type.String({ maxLength: 200 });
export const MetadataSchema = Type.Record(MetadataKey, MetadataValue, {
  maxProperties: 16,
  description: 'References such as payment ids. Never personal data.',
});
export const AccountCode = Type.String({
  pattern: '^[a-z0-9][a-z0-9.:-]{0,59}$',
  description: 'What the account is for: customer, pix-clearing',
});
export const AccountName = Type.String({
  pattern: '^[^\\u0000-\\u001F]{1,200}$',
  description: 'For people; never personal data. May change',
});
export const Standing = described(
  literals('open', 'frozen', 'blocked', 'closed'),
  'frozen: nothing new goes out. blocked: nothing new in or out, whatever is in it. closed: empty, and takes nothing',
);
const Reference = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9./-]{0,59}$', description: 'Court case or MED request' });

/** An account to be opened, its ids as the caller writes them. */
export const newAccount = (AccountId: TString, SubjectId: TString) =>
  Type.Object(
    {
      id: AccountId,
      code: AccountCode,
      asset: Asset,
      normalSide: described(
        SideSchema,
        'The side on which the account grows: credit for what is owed to others (a customer), debit for what is owned (clearing, cash). postedMinor, heldMinor and availableMinor are told from this side',
      ),
      debitsMustNotExceedCredits: Type.Optional(
        Type.Boolean({ description: 'Debits, what is held included, never pass credits and the overdraft limit' }),
      ),
      creditsMustNotExceedDebits: Type.Optional(
        Type.Boolean({
          description:
            'The same the other way. An account limited on both sides moves only within its overdraft limit: with none, nothing ever moves',
        }),
      ),
      overdraftLimitMinor: Type.Optional(
        described(Minor, 'How far beyond its limit the account may go; a `balancing` command counts it even where there is no limit'),
      ),
      subjectId: Type.Optional(nullable(SubjectId)),
      name: Type.Optional(AccountName),
      metadata: Type.Optional(MetadataSchema),
    },
    closed,
  );

const condition = (AccountId: TString) =>
  Type.Object(
    {
      accountId: AccountId,
      balance: Type.Optional(described(literals('posted', 'available'), 'Which balance: postedMinor (default) or availableMinor')),
      atLeastMinor: Type.Optional(Type.String({ pattern: SIGNED_MINOR_PATTERN, description: 'Inclusive' })),
      atMostMinor: Type.Optional(Type.String({ pattern: SIGNED_MINOR_PATTERN, description: 'Inclusive' })),
    },
    closed,
  );

const balancing = Type.Optional(
  described(
    literals('debit', 'credit', 'both'),
    'Moves at most what the balance and overdraft of these accounts leave; amountMinor is the ceiling',
  ),
);

/** The commands, one form a kind, their ids as the caller writes them. */
export function commandForms(AccountId: TString, CommandId: TString) {
  const every = {
    onlyIf: Type.Optional(
      Type.Array(condition(AccountId), {
        minItems: 1,
        maxItems: 10,
        description:
          'What balances must be right after this command, or it is refused (LEDGER_CONDITION_NOT_MET). Any account, also one without a limit',
      }),
    ),
  };
  const movement = {
    ...every,
    effectiveAt: Type.Optional(described(Instant, 'From when it counts; not in the future. Left out: as it is recorded')),
    metadata: Type.Optional(MetadataSchema),
  };
  const parties = { debitAccountId: AccountId, creditAccountId: AccountId, amountMinor: RequestedMinor };
  const hold = {
    expiresAt: Type.Optional(nullable(described(Instant, 'The first instant at which it is valid no more'))),
    purpose: Type.Optional(literals('payment', 'judicial', 'med')),
    reference: Type.Optional(Reference),
  };
  const ending = { holdId: CommandId, reference: Type.Optional(Reference) };
  const settle = {
    amountMinor: Type.Optional(described(RequestedMinor, 'Left out: all that is held')),
    keepRest: Type.Optional(Type.Boolean({ description: 'Leaves the rest held, for further settlements; otherwise it is freed' })),
  };
  const account = {
    accountId: AccountId,
    state: Type.Optional(Standing),
    overdraftLimitMinor: Type.Optional(RequestedLimit),
    reason: Reason,
  };
  const part = Type.Optional(described(RequestedMinor, 'Left out: all that is left of it'));
  return Type.Union([
    Type.Object({ id: CommandId, kind: Type.Literal('transfer'), ...parties, balancing, ...movement }, closed),
    Type.Object({ id: CommandId, kind: Type.Literal('hold'), ...parties, balancing, ...hold, ...movement }, closed),
    Type.Object({ id: CommandId, kind: Type.Literal('settle'), ...ending, ...settle, ...movement }, closed),
    Type.Object({ id: CommandId, kind: Type.Literal('release'), ...ending, reason: Type.Optional(Reason), ...movement }, closed),
    Type.Object({ id: CommandId, kind: Type.Literal('reverse'), transferId: CommandId, amountMinor: part, ...movement }, closed),
    Type.Object({ id: CommandId, kind: Type.Literal('account'), ...account, ...every }, closed),
    Type.Object(
      { id: CommandId, kind: Type.Literal('close-period'), until: described(BusinessDate, 'The last date that is closed'), ...every },
      closed,
    ),
  ]);
}

export const NewAccount = newAccount(Id, Id);
export const CommandInput = commandForms(Id, Id);

/** What an account has after a movement. */
export const BalanceAfter = Type.Object({
  accountId: Id,
  postedMinor: SignedMinor,
  heldMinor: Minor,
  availableMinor: SignedMinor,
  postedDebitsMinor: Minor,
  postedCreditsMinor: Minor,
  pendingDebitsMinor: Minor,
  pendingCreditsMinor: Minor,
});

export const CommandResult = Type.Object({
  id: Id,
  outcome: Type.Union([Type.Literal('done'), Type.Literal('rejected')]),
  duplicate: Type.Boolean({ description: 'The id was answered before, and this is that answer' }),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  detailEn: Type.Optional(Type.String({ description: 'The same in English' })),
  field: Type.Optional(Type.String({ description: 'The field that differs, with LEDGER_ID_CONFLICT' })),
  seq: Type.Optional(Type.Integer({ description: 'Its place in the ledger; not in a dry run, where somebody else may take it' })),
  recordedAt: Type.Optional(Instant),
  amountMinor: Type.Optional(
    Type.String({ pattern: MINOR_PATTERN, description: 'What was moved or held, where the command left that to the ledger' }),
  ),
  balances: Type.Optional(
    Type.Array(BalanceAfter, { description: 'Of the debited and the credited account right after it, when asked for' }),
  ),
});

export const BlockId = nullable(Type.String({ pattern: UUID_PATTERN, description: 'The first command of the atomic block it is part of' }));

export type NewAccount = Static<typeof NewAccount>;
export type CommandInput = Static<typeof CommandInput>;
export type CommandResult = Static<typeof CommandResult>;
export type BalanceAfter = Static<typeof BalanceAfter>;
