import type { Tx } from '../db/db.ts';
import type { Rows } from './rows.ts';
import type { Run } from './run.ts';

/** What another party announced. `data` carries ids, codes and amounts, never personal data. */
export type InboxEvent = {
  tenantId: string;
  /** Who says so: event ids are unique within it. */
  source: string;
  eventId: string;
  /** By which it is known whose it is, such as an id of ours that the other party was given. */
  correlation: string;
  type: string;
  data: Record<string, unknown>;
};

export type InboxRows = {
  /** With its schema: `payments.inbox`. */
  table: string;
  /** The column of the runs' table that events name. */
  correlation: string;
};

/**
 * Announcements, each once, kept in the transaction of their effect. The effect is the same for all: the run has news, and is due. What the
 * news are worth is for an action to find out, so that one that comes too early, twice or out of order does no harm.
 */
export function createInbox<R extends Run>(rows: Pick<Rows<R>, 'table' | 'id'>, { table, correlation }: InboxRows) {
  const { table: runs, id } = rows;
  const noted = (from: string): string =>
    `update ${runs} p set news = p.news + fresh.count, next_attempt_at = least(coalesce(p.next_attempt_at, now()), now())
     from (select run_id, count(*)::integer as count from ${from} where run_id is not null group by run_id) fresh where p.${id} = fresh.run_id`;
  const RECEIVE = `with kept as (
      insert into ${table} (tenant_id, source, event_id, correlation, type, data, run_id)
      select e.tenant_id, e.source, e.event_id, e.correlation, e.type, e.data,
        (select p.${id} from ${runs} p where p.tenant_id = e.tenant_id and p.${correlation}::text = e.correlation limit 1)
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
        as e (tenant_id, source, event_id, correlation, type, data)
      on conflict do nothing returning event_id, run_id
    ), noted as (${noted('kept')})
    select event_id from kept`;
  const ADOPT = `with found as (
      update ${table} i set run_id = p.${id} from ${runs} p
      where i.run_id is null and p.tenant_id = i.tenant_id and p.${correlation}::text = i.correlation returning i.run_id
    ), noted as (${noted('found')})
    select run_id from found`;

  return {
    /** Keeps events and tells their runs. Answers the ids of those that are new: one that is known already changes nothing. */
    async receive(tx: Tx, events: readonly InboxEvent[]): Promise<Set<string>> {
      if (events.length === 0) return new Set();
      const kept = await tx.query<{ event_id: string }>(RECEIVE, [
        events.map((event) => event.tenantId),
        events.map((event) => event.source),
        events.map((event) => event.eventId),
        events.map((event) => event.correlation),
        events.map((event) => event.type),
        events.map((event) => JSON.stringify(event.data)),
      ]);
      return new Set(kept.map((row) => row.event_id));
    },
    /** Gives events that came before their runs to them. Answers how many. Right after runs were begun, and now and then for what crossed. */
    adopt: async (tx: Tx): Promise<number> => (await tx.query(ADOPT)).length,
    /** What was announced about a run and not looked at yet, oldest first. */
    async unheard(tx: Tx, runId: string): Promise<InboxEvent[]> {
      const found = await tx.query<{
        tenant_id: string;
        source: string;
        event_id: string;
        correlation: string;
        type: string;
        data: Record<string, unknown>;
      }>(`select * from ${table} where run_id = $1 and heard_at is null order by received_at, event_id`, [runId]);
      return found.map((row) => ({
        tenantId: row.tenant_id,
        source: row.source,
        eventId: row.event_id,
        correlation: row.correlation,
        type: row.type,
        data: row.data,
      }));
    },
    /** Notes that events were looked at, in the commit of what came of it. */
    noteHeard(tx: Tx, events: readonly InboxEvent[]): void {
      if (events.length === 0) return;
      tx.send(
        `update ${table} i set heard_at = now() from unnest($1::uuid[], $2::text[], $3::text[]) as e (tenant_id, source, event_id)
         where i.tenant_id = e.tenant_id and i.source = e.source and i.event_id = e.event_id`,
        [events.map((event) => event.tenantId), events.map((event) => event.source), events.map((event) => event.eventId)],
      );
    },
  };
}

export type Inbox = ReturnType<typeof createInbox>;
