import type { DevolucaoProgressed, PaymentProgressed } from '#payments/events';
import { DEVOLUCAO_PROGRESSED, PAYMENT_PROGRESSED } from '#payments/events';
import type { LoggedEvent, Subscription } from '#platform/bus/bus.ts';
import { businessDate } from '#platform/clock.ts';
import { derivedId } from '#platform/id.ts';
import { bodyText } from '#platform/idempotency.ts';
import type { BooksDeps } from './deps.ts';
import { type Asked, draftOf, isUnsorted } from './domain/entry.ts';
import { type Poster, workOf } from './posting.ts';
import type { RuleBook } from './rules.ts';
import { storable } from './storable.ts';
import { findShops } from './store/known.ts';
import { type Item, writeItems } from './write-items.ts';

type Movement = { accountId: string; asked: Asked };

/**
 * What moves the shop's account at the platform stands in its books by itself, once: the account is the place `wallet`, and each movement is named after what
 * it comes from. Only of shops whose books are open; what comes to a day that is closed stands on the first open one.
 * Money that moved is never passed over: what the books do not take fails, is tried again, and at last waits among the dead letters.
 */
export function movementsSubscription(deps: BooksDeps, { poster, rules }: { poster: Poster; rules: RuleBook }): Subscription {
  const { clock, vault } = deps;
  return {
    group: 'books.platform-movements',
    module: 'books',
    types: [PAYMENT_PROGRESSED, DEVOLUCAO_PROGRESSED],
    from: 'now',
    async handle(tx, events) {
      const { tenantId } = events[0]!;
      const moved = events.flatMap(movementOf);
      const open = await findShops(tx, tenantId, [...new Set(moved.map(({ accountId }) => accountId))]);
      const own = moved.filter(({ accountId }) => open.has(accountId));
      if (own.length === 0) return;
      const taught = new Map<string, Awaited<ReturnType<RuleBook['read']>>>();
      for (const accountId of new Set(own.map((one) => one.accountId))) taught.set(accountId, await rules.read(tx, tenantId, accountId));
      const items = own.flatMap(({ accountId, asked }): Item[] => {
        const drafted = draftOf(accountId, asked);
        if ('flaw' in drafted) throw new Error(`a movement is no entry: ${drafted.flaw.en}`);
        const draft = rules.sort(tenantId, taught.get(accountId)!, { asked, draft: drafted });
        const { module, reference } = asked.origin!;
        const record = {
          ...storable(draft),
          id: derivedId('books.movement', accountId, reference),
          accountId,
          counterpartySealed: null,
          counterpartyHash: null,
          contentHash: vault.lookupHash(tenantId, 'books.entry', bodyText({ module, reference })),
          isUnsorted: isUnsorted(accountId, draft.lines),
          recordedAt: new Date(clock.now()),
          recordedBy: 'system:payments',
        };
        return [{ actor: { kind: 'system', id: 'payments' }, draft, record }];
      });
      const outcomes = await writeItems(tx, deps, { tenantId, items, today: businessDate(clock.now()) });
      const refused = outcomes.flatMap((one, at) => ('refused' in one ? [`${items[at]!.record.id}: ${one.refused}`] : []));
      if (refused.length > 0) throw new Error(`the books do not take what moved: ${refused.join(', ')}`);
      const recorded = outcomes.flatMap((one) => ('recorded' in one ? [one.recorded] : []));
      tx.afterCommit(() => {
        for (const entry of recorded) void poster.post(workOf(tenantId, entry));
      });
    },
  };
}

/** What an event means to the account it is about; nothing until the money has moved. */
function movementOf({ type, data }: LoggedEvent): Movement[] {
  return type === PAYMENT_PROGRESSED ? ofPayment(data as PaymentProgressed) : ofDevolucao(data as DevolucaoProgressed);
}

function ofPayment({ paymentId, subjectId, direction, status, amountMinor, at }: PaymentProgressed): Movement[] {
  if (status !== 'settled') return [];
  const text = direction === 'in' ? 'Pix recebido' : 'Pix enviado';
  return [entryOf(subjectId, { kind: direction, text, amountMinor, at, reference: `${paymentId}:${direction}` })];
}

function ofDevolucao({ devolucaoId, subjectId, direction, status, amountMinor, at }: DevolucaoProgressed): Movement[] {
  if (status !== 'settled') return [];
  const text = direction === 'in' ? 'Devolução de Pix recebida' : 'Devolução de Pix';
  const one = { kind: direction, text, amountMinor, at, reference: `${devolucaoId}:${direction}` };
  // What is given back to a customer is less of what was sold.
  return [entryOf(subjectId, direction === 'out' ? { ...one, category: 'refunds' } : one)];
}

type Told = { kind: 'in' | 'out'; text: string; amountMinor: string; at: string; reference: string; category?: string };

function entryOf(accountId: string, { kind, text, amountMinor, at, reference, category }: Told): Movement {
  const what = category === undefined ? { amountMinor } : { lines: [{ category, amountMinor }] };
  const origin = { module: 'payments', reference };
  const asked: Asked = { kind, place: 'wallet', ...what, date: businessDate(at), text, method: 'pix', origin, late: 'first-open-day' };
  return { accountId, asked };
}
