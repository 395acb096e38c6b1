import { Type } from 'typebox';
import type { LoggedEvent } from '../bus/bus.ts';
import { checkOf } from '../check.ts';
import { UUID_PATTERN } from '../id.ts';
import type { BrokerMessage } from './bridge.ts';

const uuid = Type.String({ pattern: UUID_PATTERN });
/** The structured form of CloudEvents 1.0; names of our own attributes are lower case without separators, as it demands. */
const BODY = checkOf(
  Type.Object({
    specversion: Type.Literal('1.0'),
    id: uuid,
    source: Type.String({ maxLength: 200 }),
    type: Type.String({ maxLength: 200 }),
    time: Type.String({ maxLength: 40 }),
    subject: Type.Optional(Type.String({ maxLength: 200 })),
    traceparent: Type.Optional(Type.String({ maxLength: 100 })),
    position: Type.String({ pattern: '^[0-9]{1,18}$' }),
    tenant: uuid,
    key: Type.String({ maxLength: 1_000 }),
    actorkind: Type.Enum(['person', 'service', 'system']),
    actorid: Type.String({ maxLength: 200 }),
    data: Type.Unknown(),
  }),
);

export function toMessage(event: LoggedEvent): BrokerMessage {
  const { id, source, type, time, subjectId, traceparent, tenantId, key, actor, data } = event;
  const position = String(event.position);
  const optional = { ...(subjectId ? { subject: subjectId } : {}), ...(traceparent ? { traceparent } : {}) };
  const attributes = { specversion: '1.0', id, source, type, time, ...optional, position, tenant: tenantId, key };
  return {
    id: position,
    key: `${tenantId}/${key}`,
    body: JSON.stringify({ ...attributes, actorkind: actor.kind, actorid: actor.id, data }),
  };
}

/** @throws when the message is none of ours. */
export function toEvent({ body }: BrokerMessage): LoggedEvent {
  const told: unknown = JSON.parse(body);
  if (!BODY.Check(told)) throw new Error('a message that is no event of a log');
  const { id, source, type, time, subject, traceparent, position, tenant, key, actorkind, actorid, data } = told;
  const actor = { kind: actorkind, id: actorid };
  const optional = { subjectId: subject ?? null, traceparent: traceparent ?? null };
  return { id, source, type, time, ...optional, position: BigInt(position), tenantId: tenant, key, actor, data };
}
