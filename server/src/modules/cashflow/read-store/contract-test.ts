import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId } from '#platform/id.ts';
import type { ReadStore, StoredDocument } from './port.ts';

/** What every store of documents must do. `open` opens one that is empty, again and again the same one. */
export function readStoreContract(name: string, open: () => Promise<ReadStore>): void {
  describe(`read store: ${name}`, () => {
    let store: ReadStore;
    before(async () => {
      store = await open();
    });
    after(() => store?.close());
    const [tenant, other] = [newId(), newId()];
    const dayOf = (accountId: string, date: string, version: bigint, closingMinor = 7n): StoredDocument => ({
      accountId,
      date,
      version,
      openingMinor: closingMinor - 2n,
      inMinor: 3n,
      outMinor: 1n,
      closingMinor,
      position: version * 10n,
      updatedAt: new Date('2026-03-10T15:00:00.123Z'),
    });
    const datesOf = async (accountId: string, from: string, to: string, tenantId = tenant) =>
      (await store.read(tenantId, [{ accountId, from, to }]))[0]!.map(({ date }) => date);

    test('a new store is empty, and remembers how far it is filled', async () => {
      assert.equal(await store.filling(), 'empty');
      await store.setFilling('filling');
      assert.equal(await store.filling(), 'filling');
      const again = await open();
      await store.setFilling('filled');
      assert.equal(await again.filling(), 'filled');
      await again.close();
    });

    test('a range comes with the last day before it, oldest first; of no other account, and of no other tenant', async () => {
      const [account, beside] = [newId(), newId()];
      const dates = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01'];
      await store.put(tenant, [...dates.toReversed().map((date) => dayOf(account, date, 1n)), dayOf(beside, '2026-03-15', 1n)]);
      await store.put(other, [dayOf(account, '2026-03-20', 1n)]);
      assert.deepEqual(await datesOf(account, '2026-03-01', '2026-03-31'), ['2026-02-28', '2026-03-01', '2026-03-31']);
      assert.deepEqual(await datesOf(account, '2026-01-01', '2026-02-26'), []);
      assert.deepEqual(await datesOf(account, '2027-01-01', '2027-12-31'), ['2026-04-01']);
      assert.deepEqual(await datesOf(account, '2026-03-01', '2026-03-31', other), ['2026-03-20']);
      const many = await store.read(tenant, [
        { accountId: beside, from: '2026-03-01', to: '2026-03-31' },
        { accountId: newId(), from: '2026-03-01', to: '2026-03-31' },
        { accountId: account, from: '2026-03-31', to: '2026-03-31' },
      ]);
      assert.deepEqual(
        many.map((days) => days.map(({ date }) => date)),
        [['2026-03-15'], [], ['2026-03-01', '2026-03-31']],
      );
    });

    test('what is read is what was written, to the last of 38 digits, below zero too', async () => {
      const account = newId();
      const most = 10n ** 38n - 1n;
      const day = { ...dayOf(account, '2026-03-10', 5n), openingMinor: -most, inMinor: 0n, outMinor: 0n, closingMinor: -most };
      const rich = {
        ...dayOf(account, '2026-03-11', 9_007_199_254_740_993n),
        openingMinor: -most,
        inMinor: most,
        outMinor: 0n,
        closingMinor: 0n,
      };
      await store.put(tenant, [day, rich]);
      assert.deepEqual((await store.read(tenant, [{ accountId: account, from: '2026-03-10', to: '2026-03-11' }]))[0], [day, rich]);
    });

    test('of two writes the newer version stays, in whatever order they come, and so of a write and a removal', async () => {
      const account = newId();
      const closing = async () =>
        (await store.read(tenant, [{ accountId: account, from: '2026-03-10', to: '2026-03-10' }]))[0]!.map((day) => day.closingMinor);
      await store.put(tenant, [dayOf(account, '2026-03-10', 2n, 20n)]);
      await store.put(tenant, [dayOf(account, '2026-03-10', 1n, 10n)]);
      assert.deepEqual(await closing(), [20n]);
      await store.put(tenant, [dayOf(account, '2026-03-10', 3n, 30n)]);
      assert.deepEqual(await closing(), [30n]);
      await store.remove(tenant, [{ accountId: account, date: '2026-03-10', version: 2n }]);
      assert.deepEqual(await closing(), [30n]);
      await store.remove(tenant, [{ accountId: account, date: '2026-03-10', version: 4n }]);
      assert.deepEqual(await closing(), []);
      await store.remove(tenant, [{ accountId: account, date: '2026-03-10', version: 5n }]);
    });

    test('as many days as are written at once come back', async () => {
      const account = newId();
      const days = Array.from({ length: 365 }, (_, nth) =>
        dayOf(account, new Date(Date.UTC(2025, 0, 1 + nth)).toISOString().slice(0, 10), 1n, BigInt(nth)),
      );
      await store.put(tenant, days);
      assert.deepEqual((await store.read(tenant, [{ accountId: account, from: '2025-01-01', to: '2025-12-31' }]))[0], days);
    });
  });
}
