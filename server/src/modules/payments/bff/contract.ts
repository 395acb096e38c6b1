import { type Static, Type } from 'typebox';
import { BusinessDate, nullable as Nullable, pageLimit, Uuid } from '#platform/schemas.ts';

const oneOf = <const T extends string>(...values: T[]) => Type.Enum(values);
const Text = Type.String();
const Minor = Type.String({ description: 'Centavos, só dígitos' });

/** What the browser gets, as JSON Schema. Amounts are decimal strings of minor units, instants ISO strings in UTC. */
export const Balance = Type.Object({ availableMinor: Minor, postedMinor: Minor, heldMinor: Minor, currency: Text, asOf: Text });
export type Balance = Static<typeof Balance>;

export const StatementLine = Type.Object({
  id: Text,
  at: Text,
  kind: oneOf('pix-out', 'pix-in', 'return-out', 'return-in', 'hold', 'other'),
  direction: oneOf('in', 'out'),
  amountMinor: Minor,
  balanceAfterMinor: Nullable(Text),
  counterparty: Nullable(Text),
  description: Nullable(Text),
  paymentId: Nullable(Text),
  comprovanteId: Nullable(Text),
  status: oneOf('done', 'pending', 'failed'),
});
export type StatementLine = Static<typeof StatementLine>;
/** What others add stands beside it. */
export const Statement = Type.Object({ lines: Type.Array(StatementLine), next: Nullable(Text) });
export type Statement = Static<typeof Statement>;

/** What payments adds to the home page. */
export const HOME_PARTS = {
  account: Type.Object({ status: oneOf('opening', 'open'), branch: Text, number: Text, pixKey: Nullable(Text) }),
  balance: Balance,
  recent: Type.Array(StatementLine),
};

export const Quote = Type.Object({
  kind: oneOf('static', 'dynamic', 'key'),
  payee: Type.Object({ name: Text, taxIdMasked: Text, bankName: Text, keyMasked: Nullable(Text), city: Nullable(Text) }),
  amountMinor: Nullable(Minor),
  amountEditable: Type.Boolean(),
  txid: Nullable(Text),
  description: Nullable(Text),
  expiresAt: Nullable(Text),
  quoteId: Text,
});
export type Quote = Static<typeof Quote>;

export const Payment = Type.Object({
  id: Text,
  status: oneOf('processing', 'in-review', 'declined', 'sent', 'settled', 'failed', 'unknown', 'disputed', 'stuck'),
  amountMinor: Minor,
  payee: Type.Object({ name: Text, taxIdMasked: Text, bankName: Text }),
  description: Nullable(Text),
  createdAt: Text,
  settledAt: Nullable(Text),
  endToEndId: Nullable(Text),
  reasons: Type.Array(Type.Object({ code: Text, message: Text })),
  steps: Type.Array(
    Type.Object({
      name: Text,
      status: oneOf('done', 'running', 'failed', 'waiting', 'unanswered'),
      at: Nullable(Text),
      attempt: Type.Integer(),
      durationMs: Nullable(Type.Number()),
    }),
  ),
});
export type Payment = Static<typeof Payment>;

const Party = Type.Object({
  name: Text,
  taxIdMasked: Text,
  bankName: Text,
  ispb: Nullable(Text),
  branch: Nullable(Text),
  account: Nullable(Text),
});
export const Comprovante = Type.Object({
  id: Text,
  direction: oneOf('in', 'out'),
  amountMinor: Minor,
  at: Text,
  payer: Party,
  payee: Party,
  description: Nullable(Text),
  endToEndId: Text,
  txid: Nullable(Text),
  /** The Pix that came back with it, for a devolução. */
  returnOf: Nullable(Text),
});
export type Comprovante = Static<typeof Comprovante>;

export const Devolucao = Type.Object({
  id: Text,
  receiptId: Text,
  status: oneOf('processing', 'unknown', 'stuck', 'settled', 'failed', 'declined'),
  amountMinor: Minor,
  returnId: Text,
  createdAt: Text,
  settledAt: Nullable(Text),
  reasons: Type.Array(Type.Object({ code: Text, message: Text })),
});
export type Devolucao = Static<typeof Devolucao>;
/** A Pix that came in, and what of it may still be given back. */
export const ReceivedPix = Type.Object({
  id: Text,
  amountMinor: Minor,
  creditedAt: Text,
  endToEndId: Text,
  payerName: Text,
  leftMinor: Minor,
  until: Text,
  refusal: Nullable(oneOf('all-given-back', 'too-old', 'return-of-return')),
  devolucoes: Type.Array(Devolucao),
});
export type ReceivedPix = Static<typeof ReceivedPix>;

export const ReceiveCode = Type.Object({ code: Text, txid: Text, pixKey: Text, payeeName: Text, amountMinor: Nullable(Minor) });
export type ReceiveCode = Static<typeof ReceiveCode>;

const AmountMinor = Type.String({ pattern: '^[1-9][0-9]{0,11}$', description: 'Centavos, acima de zero' });
const closed = { additionalProperties: false } as const;

/** What the browser sends. */
export const DecodeBody = Type.Object(
  { code: Type.String({ maxLength: 2_000 }) },
  { ...closed, examples: [{ code: 'maria@exemplo.com.br' }] },
);
export const PaymentBody = Type.Object(
  {
    quoteId: Type.String({ minLength: 1, maxLength: 60 }),
    amountMinor: AmountMinor,
    description: Type.Optional(Type.String({ maxLength: 140 })),
  },
  { ...closed, examples: [{ quoteId: 'qte_01j9zk3m8se0qtw4fs0r1et0ba', amountMinor: '12345', description: 'Almoço' }] },
);
export const DevolucaoBody = Type.Object(
  { receiptId: Type.String({ minLength: 1, maxLength: 60 }), amountMinor: AmountMinor },
  { ...closed, examples: [{ receiptId: 'rcv_01j9zk3m8se0qtw4fs0r1et0ba', amountMinor: '1990' }] },
);
export const ReceiveBody = Type.Object({ amountMinor: AmountMinor }, { ...closed, examples: [{ amountMinor: '10000' }] });
export const PaymentParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9_-]+$' }) });
export const PaymentKeyParams = Type.Object({ key: Type.String({ pattern: '^[\\x21-\\x7e]{16,128}$' }) });
export const StatementQuery = Type.Object(
  {
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })),
    limit: Type.Optional(pageLimit(100, 'De 1 a 100; 30 se ausente')),
    from: Type.Optional(BusinessDate),
    to: Type.Optional(BusinessDate),
    direction: Type.Optional(oneOf('in', 'out')),
    search: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    status: Type.Optional(oneOf('done', 'failed')),
  },
  closed,
);
/** Where a browser cannot send a header: a link names its account in the address. */
export const LinkQuery = Type.Object({ account: Type.Optional(Uuid) }, closed);
/** A whole file has no pages. */
export const StatementFileQuery = Type.Object(
  { ...Type.Omit(StatementQuery, ['cursor', 'limit']).properties, ...LinkQuery.properties },
  closed,
);
export const ReceiveCodeQuery = Type.Object(
  { amountMinor: Type.Optional(AmountMinor), description: Type.Optional(Type.String({ maxLength: 37 })) },
  closed,
);
