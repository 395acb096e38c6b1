import { type Static, Type } from 'typebox';
import { Minor, nullable as Nullable, SignedMinor } from '#platform/schemas.ts';

const Instant = Type.String();
const Text = Nullable(Type.String());
const oneOf = <T extends string>(...values: T[]) => Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
/** Money coming in that is neither credited nor given back yet. */
export const ArrivalStatus = oneOf(
  'announced',
  'matched',
  'unmatched',
  'mismatched',
  'returning',
  'set-aside',
  'return-unknown',
  'sent-back',
  'return-refused',
);
export type ArrivalStatus = Static<typeof ArrivalStatus>;
/** A Pix that arrived, as operators see it. */
export const Arrival = Type.Object({
  id: Type.String(),
  status: oneOf(
    'credited',
    'returned',
    'kept',
    'announced',
    'matched',
    'unmatched',
    'mismatched',
    'returning',
    'set-aside',
    'return-unknown',
    'sent-back',
    'return-refused',
  ),
  /** What the provider told when asked; null before it was. */
  amountMinor: Nullable(Minor),
  announcedMinor: Nullable(Minor),
  endToEndId: Type.String(),
  /** The Pix of ours that came back. */
  returnOf: Text,
  receivedAt: Nullable(Instant),
  /** Since when it has been in this status, and how long that is. */
  since: Instant,
  ageSeconds: Type.Integer(),
  creditRefusal: Text,
  returnRefusal: Text,
  returnId: Text,
  /** What was decided and is not carried out yet. */
  decision: Nullable(oneOf('match', 'give-back')),
});
export type Arrival = Static<typeof Arrival>;
export const Arrivals = Type.Object({ arrivals: Type.Array(Arrival), next: Text });
export const ArrivalDetail = Type.Object({
  ...Arrival.properties,
  /** Only while it is nobody's. */
  payerName: Text,
  payeeKeyMasked: Text,
  /** The first and the last hundred. */
  steps: Type.Array(
    Type.Object({
      step: Type.String(),
      attempt: Type.Integer(),
      startedAt: Instant,
      durationMs: Type.Number(),
      outcome: Type.Record(Type.String(), Type.Unknown()),
      statusBefore: Type.String(),
      statusAfter: Type.String(),
      by: Type.Object({ kind: Type.String(), id: Type.String() }),
      /** A person's words. */
      reason: Text,
    }),
  ),
});
export type ArrivalDetail = Static<typeof ArrivalDetail>;
export const ArrivalDecision = oneOf('match', 'give-back', 'return-again', 'keep');
export const DecidedArrival = Type.Object({ id: Type.String(), status: Type.String(), decision: ArrivalDecision });

/** What the provider's statement and our books say differently, while it is open. */
export const BookDifference = Type.Object({
  id: Type.String(),
  class: Type.String(),
  kind: Type.String(),
  status: Type.String(),
  endToEndId: Type.String(),
  returnId: Text,
  amountMinor: SignedMinor,
  /** What each side says of it; null where it knows nothing. */
  ours: Text,
  theirs: Text,
  occurredAt: Instant,
  since: Instant,
  ageSeconds: Type.Integer(),
  /** How many runs found it. */
  times: Type.Integer(),
});
export type BookDifference = Static<typeof BookDifference>;
export const BookDifferences = Type.Object({ differences: Type.Array(BookDifference), next: Text });
