import type { Rails } from './connections/rails.ts';
import type { PaymentsDeps } from './deps.ts';
import type { PaymentRecord } from './record.ts';
import { findPixNames } from './store/pix-names.ts';

export type PixNameOf = (record: Pick<PaymentRecord, 'tenantId' | 'endToEndId' | 'connection'>) => Promise<string | null>;

/** What a payment is called in the whole country: our own id where that is the name, else what its provider called it; null until it has. */
export function createPixNameOf({ db }: Pick<PaymentsDeps, 'db'>, rails: Pick<Rails, 'of'>): PixNameOf {
  return async ({ tenantId, endToEndId: ownId, connection }) => {
    const { capabilities } = await rails.of(connection);
    if (capabilities.ownId.isEndToEndId) return ownId;
    const names = await db.tx({ module: 'payments', tenants: [tenantId], single: true }, (tx) => findPixNames(tx, [ownId]));
    return names.get(ownId) ?? null;
  };
}
