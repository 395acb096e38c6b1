import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentsDeps } from '../deps.ts';
import type { PaymentRecord } from '../record.ts';
import type { Driver } from './driver.ts';
import { createRecovery } from './recovery.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 30));

/** A database with `due` payments, all of which take until they are let go. */
function stage(due: number) {
  const limits: number[] = [];
  const releases: (() => void)[] = [];
  const driver = {
    // What people ask for at this moment: ten thousand drives.
    running: 10_000,
    drive: () => new Promise<void>((resolve) => releases.push(resolve)),
  } as unknown as Driver;
  const deps = {
    db: {
      tx: async (_scope: unknown, work: (tx: unknown) => Promise<PaymentRecord[]>) =>
        work({
          query: async (_sql: string, [, , limit]: [string, number, number]) => {
            limits.push(limit);
            const taken = Math.min(limit, due);
            due -= taken;
            const at = new Date();
            return Array.from({ length: taken }, () => ({ payee_hash: Buffer.of(1), created_at: at, status_since: at, status: 'sent' }));
          },
        }),
    },
    config: { leaseMs: 1_000, recoveryIntervalMs: 5 },
    log: { warn: () => undefined },
  } as unknown as PaymentsDeps;
  return { recovery: createRecovery(deps, driver, 'me'), limits, releases };
}

test('however many payments people ask for, what waits is taken up; and no more of it at once than there is room for', async () => {
  const { recovery, limits, releases } = stage(300);
  recovery.start();
  await soon();
  assert.equal(limits[0], 128, 'a flood takes none of its room');
  assert.equal(releases.length, 128);
  for (const release of releases.splice(0)) release();
  await soon();
  assert.equal(releases.length, 128);
  for (const release of releases.splice(0)) release();
  await soon();
  assert.equal(releases.length, 44);
  for (const release of releases.splice(0)) release();
  await recovery.stop();
});
