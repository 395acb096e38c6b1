import type { Tx } from '#platform/db/db.ts';

/** An announcement of the provider. */
export type ProviderEvent = {
  eventId: string;
  type: string;
  endToEndId: string;
  amountMinor: bigint | null;
  receivedAtMs: number;
  matched: 'payment' | 'receipt' | 'unmatched';
};

/** Keeps announcements; one that is known already changes nothing. */
export function insertProviderEvents(tx: Tx, events: readonly ProviderEvent[]): void {
  if (events.length === 0) return;
  tx.send(
    `insert into payments.provider_events (event_id, type, end_to_end_id, amount_minor, received_at, matched)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::timestamptz[], $6::text[]) on conflict do nothing`,
    [
      events.map((event) => event.eventId),
      events.map((event) => event.type),
      events.map((event) => event.endToEndId),
      events.map((event) => event.amountMinor?.toString() ?? null),
      events.map((event) => new Date(event.receivedAtMs).toISOString()),
      events.map((event) => event.matched),
    ],
  );
}

export async function findKnownEvents(tx: Tx, eventIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ event_id: string }>('select event_id from payments.provider_events where event_id = any($1::text[])', [
    eventIds,
  ]);
  return new Set(rows.map((row) => row.event_id));
}

/** Whether something was announced about a payment that cannot be true together with these types of announcement and this amount. */
export async function isAnnouncedOtherwise(
  tx: Tx,
  { endToEndId, amountMinor, types }: { endToEndId: string; amountMinor: bigint; types: readonly string[] },
): Promise<boolean> {
  const [row] = await tx.query<{ is_otherwise: boolean }>(
    `select exists (select from payments.provider_events where end_to_end_id = $1
       and (type <> all ($2::text[]) or amount_minor <> $3::numeric)) as is_otherwise`,
    [endToEndId, types, amountMinor.toString()],
  );
  return row!.is_otherwise;
}
