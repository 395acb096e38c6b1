/** What users of other programs ran into with tables, each as a file. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { preview } from '../../test-support/files.ts';

const table = (...lines: string[]): string => `${lines.join('\n')}\n`;
const days = async (content: string): Promise<string[]> => (await preview(content)).entries.map(({ date }) => date);

describe('a table', () => {
  it('keeps equal rows', async () => {
    const { entries } = await preview(table('Data;Histórico;Valor', '13/03/2026;Café;-5,00', '13/03/2026;Café;-5,00'));
    assert.equal(entries.length, 2);
  });

  it('takes the order of day and month from the whole file', async () => {
    assert.deepEqual(await days(table('date,description,amount', '03/04/2026,x,1.00', '03/25/2026,y,2.00')), ['2026-03-04', '2026-03-25']);
    assert.deepEqual(await days(table('date,description,amount', '03/04/2026,x,1.00', '25/03/2026,y,2.00')), ['2026-04-03', '2026-03-25']);
  });

  it('asks when no date tells, takes the day first under Portuguese headings and says so', async () => {
    const open = table('date,description,amount', '03/04/2026,x,1.00', '05/06/2026,y,2.00');
    const asked = await preview(open);
    assert.deepEqual([asked.entries, asked.refused], [[], [{ line: 1, reason: 'date-order-ambiguous' }]]);
    assert.deepEqual(
      (await preview(open, { dateOrder: 'month-first' })).entries.map(({ date }) => date),
      ['2026-03-04', '2026-05-06'],
    );
    const ours = await preview(table('Data;Descrição;Valor', '03/04/2026;x;1,00'));
    assert.deepEqual([ours.entries[0]!.date, ours.warnings], ['2026-04-03', ['date-order-ambiguous: day-first']]);
  });

  it('is refused when its dates are of both orders', async () => {
    const { entries, refused } = await preview(table('Data;Descrição;Valor', '13/04/2026;x;1,00', '04/13/2026;y;1,00'));
    assert.deepEqual([entries, refused[0]!.reason], [[], 'date-order-mixed']);
  });

  it('never multiplies: -8.95000 and 110.7 are what they say', async () => {
    const { entries } = await preview(table('date,title,amount', '2026-03-04,a,-8.95000', '2026-03-04,b,110.7', '2026-03-04,c,1.50'));
    assert.deepEqual(
      entries.map(({ amountMinor }) => amountMinor),
      ['895', '-11070', '-150'],
    );
  });

  it('tells instalments of one purchase apart', async () => {
    const { entries } = await preview(
      table(
        'Data de Compra;Nome no Cartão;Final do Cartão;Categoria;Descrição;Parcela;Valor (em US$);Cotação (em R$);Valor (em R$)',
        '12/10/2025;X;1;c;FORNO;2/6;0;0;29.05',
        '12/10/2025;X;1;c;FORNO;3/6;0;0;29.05',
      ),
    );
    assert.deepEqual(
      entries.map(({ text }) => text),
      ['FORNO - Parcela 2/6', 'FORNO - Parcela 3/6'],
    );
  });

  it('reads money in and out from two columns, and refuses a row that has both', async () => {
    const { entries, refused } = await preview(
      table(
        'Data;Histórico;Crédito;Débito',
        '13/03/2026;a;3.000,00;',
        '13/03/2026;b;;150,90',
        '14/03/2026;c;;-12,00',
        '14/03/2026;d;1,00;1,00',
      ),
    );
    assert.deepEqual(
      entries.map(({ amountMinor }) => amountMinor),
      ['300000', '-15090', '-1200'],
    );
    assert.deepEqual(
      refused.map(({ line, reason }) => [line, reason.split(':')[0]]),
      [[5, 'amount-ambiguous']],
    );
  });

  it('takes the direction from a letter beside the amount', async () => {
    const { entries } = await preview(
      table('Conta;Data_Mov;Nr_Doc;Historico;Valor;Deb_Cred', '1;20260313;000001;PIX;100,00;C', '1;20260314;000002;TAR;9,90;D'),
    );
    assert.deepEqual(
      entries.map(({ date, amountMinor }) => [date, amountMinor]),
      [
        ['2026-03-13', '10000'],
        ['2026-03-14', '-990'],
      ],
    );
  });

  it('proves opening, rows and closing, and says at which line a balance does not follow', async () => {
    const rows = [
      'Extrato',
      '',
      'Data Lançamento;Histórico;Descrição;Valor;Saldo',
      '13/03/2026;Pix;a;10,00;110,00',
      '14/03/2026;Pix;b;-5,00;105,00',
      '15/03/2026;Pix;c;1,00;106,00',
    ];
    const good = await preview(table(...rows));
    assert.deepEqual([good.openingMinor, good.closingMinor, good.warnings], ['10000', '10600', []]);
    const holed = await preview(table(...rows.filter((row) => !row.includes(';b;'))));
    assert.deepEqual(holed.warnings, ['balance-does-not-follow (line 5)']);
    const summary = table(
      'INITIAL_BALANCE;CREDITS;DEBITS;FINAL_BALANCE',
      '1,00;2,00;0,00;3,50',
      '',
      'RELEASE_DATE;TRANSACTION_TYPE;REFERENCE_ID;TRANSACTION_NET_AMOUNT;PARTIAL_BALANCE',
      '01-03-2026;Pix;1;2,00;3,00',
    );
    assert.deepEqual((await preview(summary)).refused, [{ line: 5, reason: 'sum-does-not-agree: 50' }]);
  });

  it('that nobody knows is asked for, and read by a mapping', async () => {
    const strange = table('Quando|Quanto|O quê|Saldo?', '13.03.2026|1.500|Bolo de noiva|x', '14.03.2026|-20,5|Fermento|x');
    assert.match((await preview(strange)).refused[0]!.reason, /^columns-unknown: Quando/);
    const mapping = { date: 'Quando', amount: 'quanto', text: ['O quê'] };
    assert.deepEqual(
      (await preview(strange, { mapping })).entries.map(({ amountMinor, text }) => [amountMinor, text]),
      [
        ['150000', 'Bolo de noiva'],
        ['-2050', 'Fermento'],
      ],
    );
    const bare = table('2026-03-13,x,5.00,Um', '2026-03-14,y,-6.00,Dois');
    assert.equal((await preview(bare, { mapping: { date: '#1', amount: '#3', text: ['#4'] } })).sumMinor, '-100');
  });

  it('of a card by its headings counts purchases as money out, and says so', async () => {
    const { entries, warnings } = await preview(
      table('Data;Estabelecimento;Portador;Valor;Parcela', '13/07/2026;HOTEL;A;R$ 474,87;7 de 10', '14/07/2026;PAGAMENTO;A;-R$ 100,00;-'),
    );
    assert.deepEqual(
      entries.map(({ amountMinor, text }) => [amountMinor, text]),
      [
        ['-47487', 'HOTEL - Parcela 7/10'],
        ['10000', 'PAGAMENTO'],
      ],
    );
    assert.deepEqual(warnings, ['taken-as-a-card']);
  });

  it('whose last line has no end is whole where that can be seen', async () => {
    const cut = async (last: string): Promise<[number, number]> => {
      const { entries, refused } = await preview(`date,title,amount\n2026-03-04,a,200.00\n${last}`);
      return [entries.length, refused.length];
    };
    assert.deepEqual(await cut('2026-03-05,b,123.45'), [2, 0]);
    assert.deepEqual(await cut('2026-03-05,b,123.4'), [1, 1]);
    assert.deepEqual(await cut('2026-03-05,b,1'), [1, 1]);
    assert.deepEqual(await cut('2026-03-05,b'), [0, 1]);
    const text = await preview('Data,Valor,Identificador,Descrição\n13/03/2026,-5.00,abc,Pão');
    assert.deepEqual([text.entries.length, text.warnings], [1, ['last-line-not-ended (line 2)']]);
  });

  it('with a quote that nobody closes, or of another kind altogether, is refused as a whole', async () => {
    assert.deepEqual((await preview(table('date,title,amount', '2026-03-04,a,2.00', '2026-03-04,"b,3.00', '2026-03-04,c,4.00'))).refused, [
      { line: 3, reason: 'quote-not-closed' },
    ]);
    for (const [content, reason] of [
      ['', 'file-empty'],
      ['%PDF-1.7 …', 'not-a-text-file'],
      [Buffer.from([0x50, 0x4b, 3, 4, 1, 2]), 'not-a-text-file'],
      ['Querido diário', 'format-unknown'],
    ] as const)
      assert.equal((await preview(content)).refused[0]!.reason.split(':')[0], reason);
    const limits = { bytesMax: 60, rowsMax: 1, lineMax: 40 };
    assert.match((await preview('x'.repeat(61), { limits })).refused[0]!.reason, /file-too-large/);
    assert.match((await preview('x'.repeat(50), { limits })).refused[0]!.reason, /line-too-long/);
    assert.match(
      (await preview(table('date,title,amount', '2026-03-04,a,2.00', '2026-03-04,b,2.00'), { limits: { ...limits, bytesMax: 999 } }))
        .refused[0]!.reason,
      /too-many-rows/,
    );
  });
});
