/** What users of other programs ran into with OFX, each as a file. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ofx, preview, row } from '../../test-support/files.ts';

const amounts = async (content: string): Promise<string[]> => (await preview(content)).entries.map(({ amountMinor }) => amountMinor);
const balance = (amount: string, day = '20260331'): string => `<LEDGERBAL>\n<BALAMT>${amount}\n<DTASOF>${day}\n</LEDGERBAL>\n`;

describe('OFX', () => {
  it('keeps all movements that share one FITID', async () => {
    const rows = ['-200.00', '-7.00', '200.00'].map((amount) => row('20260304', amount, 'the-same', 'Compra')).join('');
    assert.deepEqual(await amounts(ofx(rows)), ['-20000', '-700', '20000']);
  });

  it('skips a movement without FITID and names its line, and reads the others', async () => {
    const { entries, refused } = await preview(
      ofx(row('20260302', '1.00', 'a', 'Um') + row('20260303', '2.00', '', 'Dois') + row('20260304', '3.00', 'c', 'Três')),
    );
    assert.deepEqual(
      entries.map(({ text }) => text),
      ['Um', 'Três'],
    );
    assert.deepEqual(refused, [{ line: 25, reason: 'fitid-missing: Dois' }]);
  });

  it('takes movements of a bank that names none', async () => {
    const rows = row('20260302', '1.00', '', 'Um') + row('20260303', '2.00', '', 'Dois');
    assert.deepEqual(await amounts(ofx(rows)), ['100', '200']);
  });

  it('reads a value that begins on the line after its tag, a closed one and an open one side by side', async () => {
    const rows = `<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>\n  20260302\n<TRNAMT>\n\n-8.95000</TRNAMT><FITID>x<MEMO>Pão\n de queijo</STMTTRN>\n`;
    assert.deepEqual((await preview(ofx(rows))).entries, [
      { date: '2026-03-02', amountMinor: '-895', text: 'Pão de queijo', kind: 'debit' },
    ]);
  });

  for (const [written, day] of [
    ['20260310000000[-3:BRT]', '2026-03-10'],
    ['20260310120000', '2026-03-10'],
    ['20260310', '2026-03-10'],
    ['20260310235959.999[+12:NZT]', '2026-03-10'],
    ['20261231000000[-3:GMT]', '2026-12-31'],
  ] as const) {
    it(`${written} is ${day}, whatever the offset`, async () => {
      assert.equal((await preview(ofx(row(written, '1.00', 'a', 'x')))).entries[0]?.date, day);
    });
  }

  it('refuses dates and amounts that are none, each by its line', async () => {
    const rows =
      row('20260230', '1.00', 'a', 'x') +
      row('00000000', '1.00', 'b', 'x') +
      row('20260301', '1.2.3', 'c', 'x') +
      row('20260301', '   .  ', 'd', 'COMPRA');
    const { entries, refused } = await preview(ofx(rows));
    assert.deepEqual(entries, []);
    assert.deepEqual(
      refused.map(({ line, reason }) => [line, reason.split(':')[0]]),
      [
        [18, 'date-unreadable'],
        [25, 'date-unreadable'],
        [32, 'amount-unreadable'],
        [39, 'amount-missing'],
      ],
    );
  });

  it('decides a lone mark before three digits by the other amounts, and refuses it when they say both', async () => {
    assert.deepEqual(await amounts(ofx(row('20260301', '1.500', 'a', 'x') + row('20260301', '20,00', 'b', 'x'))), ['150000', '2000']);
    assert.deepEqual(await amounts(ofx(row('20260301', '1.500', 'a', 'x') + row('20260301', '20.00', 'b', 'x'))), ['150', '2000']);
    const mixed = await preview(
      ofx(row('20260301', '1.500', 'a', 'x') + row('20260301', '20.00', 'b', 'x') + row('20260301', '20,00', 'c', 'x')),
    );
    assert.deepEqual([mixed.entries.length, mixed.refused[0]?.reason], [2, 'amount-ambiguous: 1.500']);
  });

  it('reads a balance of Itaú without a mark as centavos, and takes none of another bank', async () => {
    const rows = row('20260301', '1.00', 'a', 'x');
    assert.equal((await preview(ofx(rows, { bank: '0341', balance: balance('12345') }))).closingMinor, '12345');
    const other = await preview(ofx(rows, { bank: '237', balance: balance('12345') }));
    assert.deepEqual([other.closingMinor, other.warnings], [null, ['closing-unclear: 12345 (line 26)']]);
    assert.equal((await preview(ofx(rows, { bank: '0341', balance: balance('') }))).closingMinor, null);
  });

  it('proves opening and closing of the same days, and only says so of later ones', async () => {
    const rows = row('20260227', '100.00', '', 'Saldo Anterior') + row('20260302', '5.00', 'a', 'x');
    assert.equal((await preview(ofx(rows, { balance: balance('105.00') }))).refused.length, 0);
    const wrong = await preview(ofx(rows, { balance: balance('106.00') }));
    assert.deepEqual([wrong.entries, wrong.refused[0]!.reason], [[], 'sum-does-not-agree: 100']);
    const later = await preview(ofx(rows, { balance: balance('106.00', '20260402') }));
    assert.deepEqual([later.entries.length, later.warnings], [1, ['sum-not-proven: 100']]);
  });

  it('passes lines of balance over, and no movement whose text only mentions one', async () => {
    const said = [
      'S A L D O',
      'SALDO TOTAL DISPONÍVEL DIA',
      'Saldo do dia',
      'SDO CTA/APL AUTOMATICAS',
      'PIX RECEBIDO SALDO ANTERIOR',
      'Saldo em atraso',
      'SALDOS E PONTAS LTDA',
    ];
    const { entries, ignored } = await preview(ofx(said.map((text, index) => row('20260301', '1.00', `f${index}`, text)).join('')));
    assert.deepEqual(
      entries.map(({ text }) => text),
      said.slice(3).filter((text) => !text.startsWith('SDO')),
    );
    assert.equal(ignored, 4);
  });

  it('takes the direction from the type where no amount has a sign', async () => {
    const { entries, warnings } = await preview(
      ofx(row('20260301', '5.00', 'a', 'x', 'DEBIT') + row('20260301', '7.00', 'b', 'y', 'CREDIT')),
    );
    assert.deepEqual([entries.map(({ amountMinor }) => amountMinor), warnings], [['-500', '700'], ['amounts-without-sign']]);
  });

  it('of a card a purchase is money out and the payment of the bill money in', async () => {
    const { entries } = await preview(
      ofx(row('20260301', '-5.00', 'a', 'Compra', 'DEBIT') + row('20260301', '7.00', 'b', 'Pagamento', 'PAYMENT'), { kind: 'card' }),
    );
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['debit', 'credit'],
    );
  });

  it('refuses a statement in another currency, two amounts in one movement, and what is no statement', async () => {
    assert.equal((await preview(ofx(row('20260301', '1.00', 'a', 'x'), { currency: 'USD' }))).refused[0]!.reason, 'not-in-reais: USD');
    const twice = row('20260301', '1.00', 'a', 'x').replace('<FITID>', '<TRNAMT>2.00\n<FITID>');
    assert.equal((await preview(ofx(twice))).refused[0]!.reason, 'field-twice: TRNAMT');
    assert.equal((await preview('OFXHEADER:100\n<OFX>\n<SIGNONMSGSRSV1></SIGNONMSGSRSV1></OFX>')).refused[0]!.reason, 'no-statement');
  });

  it('reads accents of both encodings under one header, entities and a "<" that is no tag', async () => {
    const bytes = Buffer.concat([
      Buffer.from(ofx(row('20260301', '1.00', 'a', 'CAFÉ &amp; PÃO < 10')).split('CAFÉ')[0]!),
      Buffer.from('CAF\xc9', 'latin1'),
      Buffer.from(ofx(row('20260301', '1.00', 'a', 'CAFÉ &amp; PAO < 10')).split('CAFÉ')[1]!),
    ]);
    assert.equal((await preview(bytes)).entries[0]!.text, 'CAFÉ & PAO < 10');
    assert.equal((await preview(ofx(row('20260301', '1.00', 'a', 'CAFÉ')))).entries[0]!.text, 'CAFÉ');
  });
});
