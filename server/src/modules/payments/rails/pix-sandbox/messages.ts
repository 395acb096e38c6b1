import { type Static, Type } from 'typebox';
import { checkOf } from '#platform/check.ts';

/** What the provider says, checked before it is believed. Fields we do not use are let through. */
const Amount = Type.String({ pattern: '^[0-9]{1,10}\\.[0-9]{2}$' });
const Name = Type.String({ minLength: 1, maxLength: 140 });
const Instant = Type.String({ minLength: 10, maxLength: 40 });

export const Receipt = Type.Object({
  endToEndId: Type.String(),
  amount: Amount,
  /** The Pix of ours that came back; such a receipt goes to whoever paid that, and names no key. */
  returnOf: Type.Optional(Type.String()),
  payeeKey: Type.Optional(Type.String({ maxLength: 77 })),
  payer: Type.Object({ name: Name, taxId: Type.String({ maxLength: 14 }), ispb: Type.String({ maxLength: 8 }) }),
  txid: Type.Optional(Type.String({ maxLength: 35 })),
  receivedAt: Instant,
});
export const DirectoryEntry = Type.Object({
  key: Type.String({ maxLength: 77 }),
  owner: Type.Object({ name: Name, taxIdMasked: Type.String({ maxLength: 20 }) }),
  ispb: Type.String({ pattern: '^[0-9A-Z]{8}$' }),
  bankName: Type.String({ maxLength: 140 }),
  branch: Type.String({ maxLength: 4 }),
  account: Type.String({ maxLength: 20 }),
});
export const Charge = Type.Object({
  txid: Type.String({ pattern: '^[a-zA-Z0-9]{1,35}$' }),
  /** As receiving institutions write it, `39.9` and `2` among it: one meaning each, and the payer sees it before paying. */
  amount: Type.String({ pattern: '^[0-9]{1,10}(\\.[0-9]{0,2})?$' }),
  key: Type.String({ maxLength: 77 }),
  status: Type.String({ maxLength: 40 }),
  expiresAt: Instant,
  /** Cash that the payee hands out for it (Pix Saque, Pix Troco), or an authorisation of more to come: what we do not do is not dropped. */
  withdrawal: Type.Optional(Type.Unknown()),
  recurrence: Type.Optional(Type.Unknown()),
});
export const Movement = Type.Object({
  endToEndId: Type.String(),
  /** Of a return; `endToEndId` is then that of what was given back. */
  returnId: Type.Optional(Type.String()),
  direction: Type.Union([Type.Literal('out'), Type.Literal('in')]),
  amount: Amount,
  status: Type.String(),
  at: Instant,
});
/** Oldest first. `asOf`: up to when, by the provider's clock, everything is told; absent where it does not say. */
export const StatementPage = Type.Object({
  lines: Type.Array(Movement, { maxItems: 5_000 }),
  nextCursor: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 400 }), Type.Null()])),
  asOf: Type.Optional(Instant),
});
export const Announcement = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100 }),
  type: Type.String({ pattern: '^[a-z.-]{1,60}$' }),
  at: Instant,
  data: Type.Object({
    endToEndId: Type.String({ pattern: '^[ED][0-9A-Za-z]{31}$' }),
    amount: Type.Optional(Amount),
    reason: Type.Optional(Type.String()),
  }),
});
export const Received = Type.Object({ endToEndId: Type.String() });

export type Receipt = Static<typeof Receipt>;
export type DirectoryEntry = Static<typeof DirectoryEntry>;
export type Charge = Static<typeof Charge>;
export type Movement = Static<typeof Movement>;
export type StatementPage = Static<typeof StatementPage>;
export type Announcement = Static<typeof Announcement>;

const checks = {
  Receipt: checkOf(Receipt),
  DirectoryEntry: checkOf(DirectoryEntry),
  Charge: checkOf(Charge),
  StatementPage: checkOf(StatementPage),
  Announcement: checkOf(Announcement),
  Received: checkOf(Received),
};
type Messages = {
  Receipt: Receipt;
  DirectoryEntry: DirectoryEntry;
  Charge: Charge;
  StatementPage: StatementPage;
  Announcement: Announcement;
  Received: Static<typeof Received>;
};

/** The message, or null when it is not what it should be: then nobody acts on it. */
export function readMessage<N extends keyof Messages>(name: N, value: unknown): Messages[N] | null {
  return checks[name].Check(value) ? (value as Messages[N]) : null;
}
