import type { CallContext } from '#platform/context.ts';
import { isUuid, parsePublicId } from '#platform/id.ts';
import type { PaymentsDeps } from '../deps.ts';
import { PAYMENT_PREFIX, paymentName } from '../record.ts';
import { findByEndToEndIds, findPayments } from '../store/payments.ts';

const END_TO_END = /^[ED]\d{8}[A-Za-z0-9]{10,30}$/;

/** A tenant's payments by what stands on a paper: our id, the bare one, or the end-to-end id. Nothing else is looked for, so that nobody lists people. */
export function createSearch({ db }: Pick<PaymentsDeps, 'db'>) {
  return async ({ tenantId }: CallContext, { text }: { text: string }): Promise<{ ids: string[] }> => {
    const asked = text.trim();
    const isName = asked.startsWith(`${PAYMENT_PREFIX}_`) || isUuid(asked);
    if (!isName && !END_TO_END.test(asked)) return { ids: [] };
    const found = await db.tx({ module: 'payments', tenants: [tenantId], single: true }, (tx) => {
      return isName ? findPayments(tx, [parsePublicId(PAYMENT_PREFIX, asked)]) : findByEndToEndIds(tx, [asked]);
    });
    return { ids: found.map(({ id }) => paymentName(id)) };
  };
}
