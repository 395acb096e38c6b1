import type { NewEvent } from '#platform/bus/bus.ts';
import { derivedId } from '#platform/id.ts';
import { shownStatus } from '../domain/devolucao.ts';
import { DEVOLUCAO_PROGRESSED, type DevolucaoProgressed } from '../events.ts';
import { devolucaoName, receiptName } from '../record.ts';
import type { DevolucaoRecord } from '../store/devolucoes.ts';

/**
 * What is published of a change: one event when what people see changed and, when the money is back with another of our people, one for
 * them. `before` is null at the beginning.
 */
export function devolucaoEvents(before: DevolucaoRecord | null, after: DevolucaoRecord, nowMs: number): NewEvent<DevolucaoProgressed>[] {
  const status = shownStatus(after.status);
  const previousStatus = before && shownStatus(before.status);
  if (status === previousStatus) return [];
  const at = new Date(nowMs).toISOString();
  const { id, tenantId, subjectId, payerSubjectId, actor, traceparent } = after;
  const key = devolucaoName(id);
  const envelope = { type: DEVOLUCAO_PROGRESSED, tenantId, key, actor, time: at, traceparent };
  const data: DevolucaoProgressed = {
    devolucaoId: key,
    subjectId,
    direction: 'out',
    receiptId: receiptName(after.originId),
    amountMinor: after.amountMinor.toString(),
    currency: 'BRL',
    endToEndId: after.endToEndId,
    returnId: after.returnId,
    status,
    previousStatus,
    refusal: after.refusal,
    at,
  };
  const events: NewEvent<DevolucaoProgressed>[] = [
    { ...envelope, id: derivedId('payments', 'devolucao-progressed', id, String(after.version)), subjectId, data },
  ];
  if (status === 'settled' && payerSubjectId !== null)
    events.push({
      ...envelope,
      id: derivedId('payments', 'devolucao-came-back', id),
      subjectId: payerSubjectId,
      data: { ...data, subjectId: payerSubjectId, direction: 'in', previousStatus: null },
    });
  return events;
}
