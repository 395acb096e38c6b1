import { ACCESS_RECORDED, type AccessRecorded } from '../events.ts';

export type Described = { entity: string; entityKey: string; action: string };

/**
 * What an event says happened to what, read from its name: `ledger.entry-posted.v1` is entity `ledger.entry`, action `posted`.
 * A recorded access is about the thing that was read.
 */
export function describeEvent(event: { type: string; key: string; data: unknown }): Described {
  if (event.type === ACCESS_RECORDED) {
    const { entity, entityId } = event.data as AccessRecorded;
    return { entity, entityKey: entityId, action: 'read' };
  }
  const name = event.type.replace(/\.v\d+$/, '');
  const cut = name.lastIndexOf('-');
  const isVerbLast = cut > name.lastIndexOf('.');
  return {
    entity: isVerbLast ? name.slice(0, cut) : name,
    entityKey: event.key,
    action: isVerbLast ? name.slice(cut + 1) : 'happened',
  };
}

/** Trace id of a W3C traceparent, or null. */
export function traceIdOf(traceparent: string | null | undefined): string | null {
  return traceparent?.match(/^[0-9a-f]{2}-([0-9a-f]{32})-/)?.[1] ?? null;
}
