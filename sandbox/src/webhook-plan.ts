import { type FaultName, ODDITIES } from './fault-schema.ts';
import type { FaultSet } from './faults.ts';
import type { WebhookPlan } from './records.ts';

/** How an event of this moment leaves, as the switches say now. */
export function planWebhook(faults: FaultSet, atMs: number): WebhookPlan {
  const { delayMs = 0, repeatAfterMs } = faults.config.webhook ?? {};
  const oddities = ODDITIES.filter((oddity) => faults.strikes(`webhook.${oddity}` as FaultName));
  return {
    notBeforeMs: atMs + delayMs,
    duplicate: faults.strikes('webhook.duplicate'),
    reorder: faults.strikes('webhook.reorder'),
    repeatAfterMs,
    newIds: faults.strikes('webhook.newIds'),
    oddities: oddities.length > 0 ? oddities : undefined,
  };
}
