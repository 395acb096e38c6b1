import type { PaymentsDeps } from '../deps.ts';
import type { PaymentRecord } from '../record.ts';
import { renewLeases } from '../store/payments.ts';

export type LeaseKeeper = {
  /** Keeps the payment to this process for as long as the work takes, however long it waits for its turn at the provider. */
  during<T>(record: PaymentRecord, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

/** Renews the leases of what is being driven, all in one statement: a lease that ends during an action means that another acts, too. */
export function createLeaseKeeper({ db, config, log }: PaymentsDeps, owner: string): LeaseKeeper {
  const underWay = new Map<string, number>();
  const everyMs = Math.max(20, Math.floor(config.leaseMs / 3));
  let timer: NodeJS.Timeout | undefined;
  let renewing: Promise<void> = Promise.resolve();

  async function renew(): Promise<void> {
    // What has just begun has its lease from the claim.
    const begunBefore = performance.now() - everyMs;
    const ids = [...underWay].flatMap(([id, begunMs]) => (begunMs <= begunBefore ? [id] : []));
    if (ids.length === 0) return;
    await db
      .tx({ module: 'payments', system: true }, (tx) => renewLeases(tx, { owner, forMs: config.leaseMs }, ids))
      .catch((error: Error) => log.warn({ err: error.message }, 'leases of payments could not be renewed'));
  }

  return {
    async during(record, work) {
      timer ??= setInterval(() => {
        renewing = renewing.then(renew);
      }, everyMs).unref();
      underWay.set(record.id, performance.now());
      try {
        return await work();
      } finally {
        underWay.delete(record.id);
      }
    },
    async stop() {
      clearInterval(timer);
      await renewing;
    },
  };
}
