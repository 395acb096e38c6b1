/** What is kept of a person's own statements is given out, and forgotten. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BanksTest, heldOf, newShop, openBanks, take } from './banks.fixture.ts';
import { sample } from './test-support/files.ts';

let banks: BanksTest;
before(async () => {
  banks = await openBanks();
});
after(() => banks?.close());

test('files and movements are given out part by part; erased, only their figures stay', async () => {
  const [mine, other] = [await newShop(banks), await newShop(banks)];
  for (const shop of [mine, other]) await take(banks, shop, sample('itau.ofx'));
  const whose = { subjectId: mine.accountId, accountIds: [mine.accountId] };
  const collect = (cursor: string | null) => banks.face.collectPersonalData(mine.ctx, { ...whose, retained: false, cursor });
  const files = await collect(null);
  const movements = await collect(files.next);
  assert.deepEqual(
    [files.part, files.rows.length, movements.part, movements.rows.length, movements.next],
    ['files', 1, 'movements', 4, null],
  );
  assert.ok(JSON.stringify(movements.rows).includes('BOLETO PAGO ENERGIA'));
  await banks.face.erasePersonalData(mine.ctx, whose);
  await banks.face.erasePersonalData(mine.ctx, whose);
  const held = await heldOf(banks, mine, mine.placeId);
  assert.deepEqual([held.length, held.every(({ text }) => text === '')], [4, true]);
  assert.ok(
    (await heldOf(banks, other, other.placeId)).every(({ text }) => text !== ''),
    'nobody else’s',
  );
});
