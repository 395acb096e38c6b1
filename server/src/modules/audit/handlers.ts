import type { Subscription } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import { withoutPersonalFields } from '#platform/personal-data.ts';
import { describeEvent, traceIdOf } from './domain/describe-event.ts';
import { appendRecords } from './store.ts';

export const GROUP = 'audit.records';

/** Everything that happens becomes a record, in the transaction that moves the group's cursor. */
export const recordsSubscription = (clock: Clock): Subscription => ({
  group: GROUP,
  module: 'audit',
  types: ['*'],
  from: 'beginning',
  maxBatch: 500,
  gatherMs: 250,
  async handle(tx, events) {
    await appendRecords(
      tx,
      events[0]!.tenantId,
      events.map((event) => ({
        ...describeEvent(event),
        position: event.position,
        eventId: event.id,
        at: event.time,
        actorKind: event.actor.kind,
        actorId: event.actor.id,
        eventType: event.type,
        subjectId: event.subjectId ?? null,
        traceId: traceIdOf(event.traceparent),
        // Events hold no personal data, and a test over their schemas says so. What is kept for ever is looked at once more.
        data: withoutPersonalFields(event.data),
      })),
      clock.now(),
    );
  },
});
