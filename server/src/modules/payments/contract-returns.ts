import { type Static, Type } from 'typebox';
import { Minor, nullable as Nullable } from '#platform/schemas.ts';

const Instant = Type.String();
const oneOf = <T extends string>(...values: T[]) => Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));

/** As people see a devolução, and as events tell of it. `stuck`: people of the institution find out what became of it. */
export const DevolucaoShown = oneOf('processing', 'unknown', 'stuck', 'settled', 'failed', 'declined');

/** A Pix, or a part of one, that its receiver gives back. */
export const Devolucao = Type.Object({
  id: Type.String(),
  /** What is given back: the Pix as it was received, `rcv_…`. */
  receiptId: Type.String(),
  status: DevolucaoShown,
  amountMinor: Minor,
  /** Its own id at the Pix, `D…`. */
  returnId: Type.String(),
  createdAt: Instant,
  settledAt: Nullable(Instant),
  /** Why it did not happen. */
  reasons: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
});
export type Devolucao = Static<typeof Devolucao>;

/** A Pix that was received, as whoever may give it back sees it. */
export const ReceivedPix = Type.Object({
  id: Type.String(),
  amountMinor: Minor,
  creditedAt: Instant,
  endToEndId: Type.String(),
  /** Empty once that person's data were erased. */
  payerName: Type.String(),
  /** What may still be given back; zero when `refusal` says why nothing may. */
  leftMinor: Minor,
  /** Until then. */
  until: Instant,
  refusal: Nullable(oneOf('all-given-back', 'too-old', 'return-of-return')),
  /** The oldest first. */
  devolucoes: Type.Array(Devolucao),
});
export type ReceivedPix = Static<typeof ReceivedPix>;
