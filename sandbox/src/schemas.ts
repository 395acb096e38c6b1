import { type Static, type TProperties, Type } from 'typebox';

/** An object that refuses properties it does not name. */
export const strict = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

export const EndToEndId = Type.String({
  pattern: '^E[0-9A-Z]{8}[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9][a-zA-Z0-9]{11}$',
});
export const EndToEndIdParam = strict({ endToEndId: EndToEndId });
/** A return's own id: as a payment's, with D in place of E. */
export const ReturnId = Type.String({
  pattern: '^D[0-9A-Z]{8}[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9][a-zA-Z0-9]{11}$',
});
export const ReturnIdParam = strict({ returnId: ReturnId });
export const ReceiptIdParam = strict({ endToEndId: Type.Union([EndToEndId, ReturnId]) });
/** Reais with two decimals; zero is refused. */
export const Amount = Type.String({ pattern: '^(?=.*[1-9])[0-9]{1,10}\\.[0-9]{2}$', maxLength: 13 });
export const Key = Type.String({ minLength: 1, maxLength: 77 });
export const TxId = Type.String({ pattern: '^[a-zA-Z0-9]{1,35}$' });
export const Ispb = Type.String({ pattern: '^[0-9A-Z]{8}$' });
export const Branch = Type.String({ pattern: '^[0-9]{1,4}$' });
export const Account = Type.String({ pattern: '^[0-9A-Za-z-]{1,20}$' });
export const TaxId = Type.String({ pattern: '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$' });
export const Name = Type.String({ minLength: 1, maxLength: 140 });
export const Sha256Hex = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const Payer = strict({ ispb: Ispb, branch: Branch, account: Account, taxId: TaxId, name: Name });
export const Payee = strict({
  key: Type.Optional(Key),
  ispb: Type.Optional(Ispb),
  branch: Type.Optional(Branch),
  account: Type.Optional(Account),
  taxId: Type.Optional(TaxId),
  name: Type.Optional(Name),
});
export const PaymentOrder = strict({
  endToEndId: EndToEndId,
  amount: Amount,
  currency: Type.Optional(Type.Literal('BRL')),
  payer: Payer,
  payee: Payee,
  txid: Type.Optional(TxId),
  remittance: Type.Optional(Type.String({ maxLength: 140 })),
});
export type PaymentOrder = Static<typeof PaymentOrder>;

/** Money that arrived, given back to whoever sent it: all or part. Reasons as in pacs.004: by the receiver, withdrawal, operational, fraud. */
export const ReturnOrder = strict({
  returnId: ReturnId,
  endToEndId: Type.Union([EndToEndId, ReturnId]),
  amount: Amount,
  reason: Type.Union([Type.Literal('MD06'), Type.Literal('SL02'), Type.Literal('BE08'), Type.Literal('FR01')]),
});
export type ReturnOrder = Static<typeof ReturnOrder>;

export const ReceivePayer = strict({ name: Name, taxId: TaxId, ispb: Ispb });
export const ReceiveOrder = strict({
  payeeKey: Key,
  amount: Amount,
  payer: Type.Optional(ReceivePayer),
  txid: Type.Optional(TxId),
  requestId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
});
export type ReceiveOrder = Static<typeof ReceiveOrder>;

export const RegisterKey = strict({
  ispb: Ispb,
  branch: Branch,
  account: Account,
  owner: strict({ name: Name, taxId: TaxId }),
  bankName: Type.Optional(Name),
});
export type RegisterKey = Static<typeof RegisterKey>;
