/** Importing files of banks: what is new by count, nothing twice, nothing of what is broken, and all of it to be taken back. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { newId } from '#platform/id.ts';
import { type BanksTest, bring, heldOf, newShop, openBanks, paid, take } from './banks.fixture.ts';
import { ofx, row, sample, sampleNames } from './test-support/files.ts';

let banks: BanksTest;
before(async () => {
  banks = await openBanks();
});
after(() => banks?.close());

const table = (...lines: string[]): string => `Data;Histórico;Valor\n${lines.join('\n')}\n`;

describe('a file', () => {
  test('is shown before anything is saved, and brings exactly what was shown', async () => {
    const shop = await newShop(banks);
    const { file, rows, notes } = await bring(banks, shop, sample('banco-do-brasil.ofx'));
    assert.deepEqual([file.state, file.read, file.fresh, file.known, file.ignored, file.refused], ['ready', 4, 4, 0, 2, 0]);
    assert.deepEqual([file.openingMinor, file.closingMinor, file.inMinor, file.outMinor], ['100000', '61820', '7100', '45280']);
    assert.deepEqual(
      notes.map(({ kind, reason }) => [kind, reason]),
      [
        ['ignored', 'balance-line'],
        ['ignored', 'balance-line'],
      ],
    );
    assert.deepEqual(await heldOf(banks, shop, shop.placeId), [], 'nothing is saved yet');
    await banks.face.confirm(shop.ctx, { accountId: shop.accountId, fileId: file.id, fresh: 4 });
    await banks.work();
    const held = await heldOf(banks, shop, shop.placeId);
    assert.deepEqual(
      held.map(({ date, amountMinor, text }) => ({ date, amountMinor, text })),
      rows.map(({ date, amountMinor, text }) => ({ date, amountMinor, text })),
    );
    assert.ok(held.every(({ state }) => state === 'recorded'));
    const { file: done } = await banks.face.getFile(shop.ctx, { accountId: shop.accountId, fileId: file.id });
    assert.deepEqual([done.state, done.settled], ['imported', 4]);
  });

  test('is in the books: an entry each, in its place, under the movement’s id', async () => {
    const shop = await newShop(banks);
    const file = await take(banks, shop, ofx(row('20260302', '-12.50', 'a', 'PIX ENVIADO PADARIA')));
    const [movement] = await banks.database.admin<{ id: string }>('select id from banks.movements where file_id = $1', [file.id]);
    const entry = await banks.books.getEntry(shop.ctx, { accountId: shop.accountId, entryId: movement!.id });
    assert.deepEqual(
      [entry.kind, entry.amountMinor, entry.placeId, entry.date, entry.text, entry.method, entry.origin],
      ['out', '1250', shop.placeId, '2026-03-02', 'PIX ENVIADO PADARIA', 'pix', { module: 'banks', reference: movement!.id }],
    );
  });

  test('that is broken saves nothing, and says the line', async () => {
    const shop = await newShop(banks);
    const whole = sample('itau.ofx');
    const { file, rows } = await bring(banks, shop, whole.subarray(0, 1_100));
    assert.deepEqual([file.state, rows, file.read, file.broken?.reason], ['broken', [], 0, 'file-cut-off: </OFX>']);
    assert.ok(file.broken!.line > 30);
    await assert.rejects(banks.face.confirm(shop.ctx, { accountId: shop.accountId, fileId: file.id, fresh: 0 }), /BANKS_FILE_STATE/);
    assert.deepEqual(await heldOf(banks, shop, shop.placeId), []);
  });

  test('that comes twice under one key is one file; another content under it is refused', async () => {
    const shop = await newShop(banks);
    const asked = { ...shop.ctx, idempotencyKey: newId() };
    const sent = {
      accountId: shop.accountId,
      placeId: shop.placeId,
      name: 'a',
      options: {},
      content: sample('itau.ofx').toString('base64'),
    };
    const first = await banks.face.receive(asked, sent);
    const again = await banks.face.receive(asked, sent);
    assert.deepEqual([again.replayed, again.file.id], [true, first.file.id]);
    await assert.rejects(banks.face.receive(asked, { ...sent, content: 'AAAA' }), /PLATFORM_IDEMPOTENCY_CONFLICT/);
    await assert.rejects(banks.face.receive({ ...shop.ctx, idempotencyKey: newId() }, { ...sent, content: '' }), /BANKS_FILE_EMPTY/);
    await assert.rejects(
      banks.face.receive({ ...shop.ctx, idempotencyKey: newId() }, { ...sent, placeId: newId() }),
      /BANKS_PLACE_UNKNOWN/,
    );
    const [blobs] = await banks.database.admin<{ n: number }>(`select count(*)::int as n from blob.versions where tenant_id = $1`, [
      shop.ctx.tenantId,
    ]);
    assert.equal(blobs!.n, 1, 'what was refused or repeated keeps no content');
    await banks.work();
  });

  test('of another shop is not found', async () => {
    const [mine, other] = [await newShop(banks), await newShop(banks)];
    const { file } = await bring(banks, mine, sample('itau.ofx'));
    await assert.rejects(banks.face.getFile({ ...other.ctx }, { accountId: other.accountId, fileId: file.id }), /BANKS_FILE_NOT_FOUND/);
    await assert.rejects(banks.face.getFile(mine.ctx, { accountId: newId(), fileId: file.id }), /BANKS_FILE_NOT_FOUND/);
  });
});

describe('what is new is told by count', () => {
  test('equal rows are kept, as many as the bank says, and no more when they come again', async () => {
    const shop = await newShop(banks);
    const twice = table('13/03/2026;Café;-5,00', '13/03/2026;Café;-5,00');
    assert.equal((await take(banks, shop, twice)).fresh, 2);
    assert.equal((await take(banks, shop, twice)).fresh, 0);
    assert.equal((await take(banks, shop, table('13/03/2026;Café;-5,00', '13/03/2026;Café;-5,00', '13/03/2026;Café;-5,00'))).fresh, 1);
    assert.equal((await heldOf(banks, shop, shop.placeId)).length, 3);
  });

  test('movements that share one FITID are all kept', async () => {
    const shop = await newShop(banks);
    assert.equal((await take(banks, shop, sample('nubank-card.ofx'))).fresh, 4);
    assert.equal((await take(banks, shop, sample('nubank-card.ofx'))).known, 4);
  });

  test('a later movement of the same amount under another FITID is no duplicate', async () => {
    const shop = await newShop(banks);
    await take(banks, shop, ofx(row('20260330', '-1.50', 'A', 'x')));
    assert.equal((await take(banks, shop, ofx(row('20260401', '-1.50', 'B', 'x') + row('20260401', '-1.50', 'C', 'x')))).fresh, 2);
  });

  test('a bank that names its movements anew brings none twice; a document number of another month is another movement', async () => {
    const shop = await newShop(banks);
    await take(banks, shop, ofx(row('20260302', '-9.90', '20260302001', 'TAR PACOTE')));
    assert.deepEqual(await counts(ofx(row('20260302', '-9.90', '20260302007', 'Tar  Pacote'))), [0, 1]);
    assert.deepEqual(await counts(ofx(row('20260402', '-9.90', '20260302001', 'TAR PACOTE'))), [1, 0]);
    async function counts(content: string): Promise<number[]> {
      const { fresh, known } = await take(banks, shop, content);
      return [fresh, known];
    }
  });

  test('later instalments of a purchase are new', async () => {
    const shop = await newShop(banks);
    const bill = (part: string) =>
      sample('inter-card.csv')
        .toString()
        .split('\n')
        .filter((line) => line.includes('Data') || line.includes(part))
        .join('\n');
    assert.equal((await take(banks, shop, bill('Parcela 2/6'))).fresh, 1);
    assert.equal((await take(banks, shop, bill('Parcela 3/6'))).fresh, 1);
  });

  test('what only looks alike is new, with the hint beside it', async () => {
    const shop = await newShop(banks);
    await take(banks, shop, table('13/03/2026;Café;-5,00'));
    const { file, rows } = await bring(banks, shop, table('14/03/2026;Cafe da praça;-5,00', '20/03/2026;Outro;-5,00'));
    assert.deepEqual([file.fresh, rows.map(({ similarTo }) => similarTo !== null)], [2, [true, false]]);
  });

  test('files of overlapping days bring the same, in any order, however often', async () => {
    const day = fc.integer({ min: 1, max: 6 });
    const movement = fc.record({ day, amount: fc.constantFrom('-5,00', '7,00'), text: fc.constantFrom('Pão', 'Café') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(movement, { minLength: 1, maxLength: 10 }),
        fc.array(fc.tuple(day, day), { minLength: 1, maxLength: 3 }),
        async (movements, periods) => {
          // What a bank gives for a period is all of its days.
          const file = (from: number, to: number) =>
            table(
              '31/12/2025;Abertura;1,00',
              ...movements.filter((one) => one.day >= from && one.day <= to).map((one) => `0${one.day}/02/2026;${one.text};${one.amount}`),
            );
          const files = [file(1, 6), ...periods.map(([a, b]) => file(Math.min(a, b), Math.max(a, b)))];
          const orders = [files, files.toReversed(), [...files, ...files]];
          const results: unknown[] = [];
          for (const order of orders) {
            const shop = await newShop(banks);
            for (const content of order) await take(banks, shop, content);
            results.push(await heldOf(banks, shop, shop.placeId));
          }
          assert.equal((results[0] as unknown[]).length, movements.length + 1);
          assert.deepEqual(results[1], results[0]);
          assert.deepEqual(results[2], results[0]);
        },
      ),
      { seed: Number(process.env.SEED ?? 7), numRuns: 4 },
    );
  });

  test('every sample imported twice is imported once', async () => {
    for (const name of sampleNames()) {
      const shop = await newShop(banks);
      const first = await take(banks, shop, sample(name));
      const again = await take(banks, shop, sample(name));
      assert.deepEqual([first.known, again.fresh, again.known], [0, 0, first.fresh], name);
      assert.ok(first.fresh > 0, name);
    }
  });

  test('a preview that another file overtook is shown again', async () => {
    const shop = await newShop(banks);
    const { file } = await bring(banks, shop, table('13/03/2026;Café;-5,00'));
    await take(banks, shop, table('13/03/2026;Café;-5,00'));
    await banks.face.confirm(shop.ctx, { accountId: shop.accountId, fileId: file.id, fresh: 1 });
    await banks.work();
    assert.equal((await heldOf(banks, shop, shop.placeId)).length, 1, 'the same movement is not held twice');
    const { file: done } = await banks.face.getFile(shop.ctx, { accountId: shop.accountId, fileId: file.id });
    assert.deepEqual([done.state, done.fresh, done.known], ['imported', 0, 1], 'and the file says what it brought');
    const { file: other } = await bring(banks, shop, table('14/03/2026;Chá;-4,00'));
    await assert.rejects(banks.face.confirm(shop.ctx, { accountId: shop.accountId, fileId: other.id, fresh: 2 }), /BANKS_PREVIEW_CHANGED/);
  });
});

describe('a table that nobody knows', () => {
  test('is asked for once, and remembered for the shop', async () => {
    const shop = await newShop(banks);
    const strange = (amount: string) => `Quando|Quanto|O que\n13/03/2026|${amount}|Bolo\n`;
    const { file } = await bring(banks, shop, strange('50,00'));
    assert.match(file.broken!.reason, /^columns-unknown/);
    const mapping = { date: 'Quando', amount: 'Quanto', text: ['O que'] };
    await banks.face.readAs(shop.ctx, { accountId: shop.accountId, fileId: file.id, options: { mapping } });
    await banks.work();
    assert.equal((await banks.face.getFile(shop.ctx, { accountId: shop.accountId, fileId: file.id })).file.fresh, 1);
    assert.deepEqual((await bring(banks, shop, strange('60,00'))).file.state, 'ready');
    const other = await newShop(banks);
    assert.deepEqual((await bring(banks, other, strange('60,00'))).file.state, 'broken', 'of another shop it is not known');
  });
});

describe('taking a file back', () => {
  test('reverses its entries, and it can come again', async () => {
    const shop = await newShop(banks);
    const file = await take(banks, shop, sample('itau.ofx'));
    const [movement] = await banks.database.admin<{ id: string }>('select id from banks.movements where file_id = $1 limit 1', [file.id]);
    await banks.face.undo(shop.ctx, { accountId: shop.accountId, fileId: file.id });
    await banks.work();
    assert.deepEqual(await heldOf(banks, shop, shop.placeId), []);
    assert.equal((await banks.books.getEntry(shop.ctx, { accountId: shop.accountId, entryId: movement!.id })).state, 'reversed');
    assert.equal((await banks.face.getFile(shop.ctx, { accountId: shop.accountId, fileId: file.id })).file.state, 'undone');
    assert.equal((await take(banks, shop, sample('itau.ofx'))).fresh, 4);
    await assert.rejects(banks.face.undo(shop.ctx, { accountId: shop.accountId, fileId: file.id }), /BANKS_FILE_STATE/);
  });
});

describe('returns of boletos', () => {
  test('what was paid comes in, the fee goes out to its category, and what was paid twice is owed to the customer', async () => {
    const shop = await newShop(banks);
    const file = await take(banks, shop, sample('itau.ret'));
    const entries = await banks.database.admin<{ id: string; text: string }>(
      'select id, text from banks.movements where file_id = $1 order by line, amount_minor desc',
      [file.id],
    );
    const read = await Promise.all(entries.map(({ id }) => banks.books.getEntry(shop.ctx, { accountId: shop.accountId, entryId: id })));
    const of = (kind: string) => read.filter((entry) => entry.kind === kind).map(({ amountMinor }) => amountMinor);
    assert.deepEqual([of('in'), of('transfer'), of('out')], [['10000', '20400'], ['10000'], ['250', '250', '120', '250']]);
    const again = read.find(({ kind }) => kind === 'transfer')!;
    assert.deepEqual([again.owed, again.toPlaceId], ['payable', shop.placeId]);
    const { categories } = await banks.books.getShop(shop.ctx, { accountId: shop.accountId });
    const fees = categories.find(({ key }) => key === 'bank-fees')!;
    assert.ok(read.filter(({ kind }) => kind === 'out').every(({ lines }) => lines[0]!.categoryId === fees.id));
    const events = await banks.database.admin<{ data: { isAgain: boolean; titleNumber: string; paidMinor: string } }>(
      `select data from banks.outbox_events where type = 'banks.boleto-paid.v1' and tenant_id = $1 order by seq, place`,
      [shop.ctx.tenantId],
    );
    const told = events.map(({ data }) => [data.titleNumber, data.paidMinor, data.isAgain]);
    assert.deepEqual(told.sort(), [
      ['A-2', '10000', false],
      ['A-2', '10000', true],
      ['A-3', '20400', false],
    ]);
  });
});

describe('whatever the books say', () => {
  test('a day that is closed or has not come is refused by its movement, and the others are recorded', async () => {
    const shop = await newShop(banks);
    const file = await take(banks, shop, table('13/03/2026;Pão;-5,00', '20/12/2026;Futuro;-6,00'));
    assert.deepEqual(
      (await heldOf(banks, shop, shop.placeId)).map(({ state }) => state),
      ['recorded', 'refused'],
    );
    assert.deepEqual([file.state, file.settled], ['imported', 2]);
  });

  test('an entry like it that stands there is left for a person, and nothing is recorded twice', async () => {
    const shop = await newShop(banks);
    await banks.books.record(shop.ctx, { accountId: shop.accountId, entries: [paid('500', '2026-03-12', shop.placeId)] });
    await banks.heard();
    await take(banks, shop, table('13/03/2026;Boleto;-5,00', '13/03/2026;Boleto;-5,00'));
    assert.deepEqual(
      (await heldOf(banks, shop, shop.placeId)).map(({ state }) => state),
      ['open', 'recorded'],
      'one entry is like one movement',
    );
  });

  test('killed between two steps, the import goes on and holds everything once', async () => {
    const shop = await newShop(banks);
    const dying = banks.process({
      crashPoint: () => {
        throw new Error('killed');
      },
    });
    const { file } = await bring(banks, shop, sample('itau.ofx'));
    await dying.face.confirm(shop.ctx, { accountId: shop.accountId, fileId: file.id, fresh: 4 });
    await assert.rejects(dying.work(), /killed/);
    let calls = 0;
    const forgetful = banks.process({
      books: {
        ...banks.books,
        record: async (ctx, input) => {
          const answer = await banks.books.record(ctx, input);
          calls += 1;
          if (calls === 1) throw new Error('killed after the books had answered');
          return answer;
        },
      },
    });
    await assert.rejects(forgetful.work(), /killed after/);
    await forgetful.work();
    const held = await heldOf(banks, shop, shop.placeId);
    assert.deepEqual([held.length, held.every(({ state }) => state === 'recorded')], [4, true]);
    const [entries] = await banks.database.admin<{ n: number }>('select count(*)::int as n from books.entries where account_id = $1', [
      shop.accountId,
    ]);
    assert.equal(entries!.n, 4);
  });
});
