/** What a breach needs to be understood after the stage is gone: all that was written down of whatever it names. */
import { paymentName, receiptName } from '../../../src/modules/payments/record.ts';
import type { TestDatabase } from '../../support/test-database.ts';
import type { Books } from './books.ts';

const PIX_ID = /[ED][0-9]{8}[0-9A-Za-z]{23}/g;
/** Breaches told in full; the rest is more of the same. */
const MOST = 40;

type Step = { step: string; at: string; status_before: string; status_after: string; outcome: unknown };

/** One block of text for each end-to-end id that a breach names: its manners, rows, steps, announcements, lines and bookings. */
export async function gatherEvidence(
  database: Pick<TestDatabase, 'admin'>,
  books: Books,
  breaches: readonly string[],
  manners: ReadonlyMap<string, string>,
): Promise<string> {
  const ids = [...new Set(breaches.flatMap((text) => text.match(PIX_ID) ?? []))].slice(0, MOST);
  const blocks: string[] = [];
  for (const id of ids) {
    const line = (what: string, value: unknown) => `  ${what} ${JSON.stringify(value)}`;
    const payments = await database.admin<{ id: string; end_to_end_id: string }>(
      `select p.id, p.end_to_end_id, status, attempt, trouble, money, outcome, news, open_sends, amount_minor::text, created_at, must_end_by
       from payments.payments p where end_to_end_id = $1`,
      [id],
    );
    const receipts = await database.admin<{ id: string }>(
      `select id, status, attempt, announced_minor::text, amount_minor::text, found_by, return_id, created_at from payments.receipts
       where end_to_end_id = $1`,
      [id],
    );
    const subjects = [...payments, ...receipts].map((row) => row.id);
    const names = new Set([...payments.map((row) => paymentName(row.id)), ...receipts.map((row) => receiptName(row.id))]);
    const steps = await database.admin<Step>(
      `select step, started_at as at, status_before, status_after, outcome from payments.steps where payment_id = any($1::uuid[])
       union all
       select step, started_at, status_before, status_after, outcome from payments.receipt_steps where receipt_id = any($1::uuid[])
       order by 2`,
      [subjects],
    );
    const events = await database.admin(
      'select type, amount_minor::text, received_at from payments.provider_events where end_to_end_id = $1',
      [id],
    );
    blocks.push(
      [
        `${id} «${manners.get(id) ?? '?'}»`,
        ...payments.map((row) => line('payment', row)),
        ...receipts.map((row) => line('arrival', row)),
        ...steps.map(({ at, step, status_before: from, status_after: to, outcome }) => line(`${at} ${step} ${from} → ${to}`, outcome)),
        ...events.map((row) => line('announced', row)),
        ...books.lines.filter((one) => one.endToEndId === id).map((one) => line('statement', one)),
        ...books.differences.filter((one) => one.end_to_end_id === id).map((one) => line('difference', one)),
        ...books.movements.filter(({ subject }) => names.has(subject)).map((one) => line('booked', one)),
      ].join('\n'),
    );
  }
  return blocks.join('\n\n');
}
