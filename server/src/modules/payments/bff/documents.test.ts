import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { COMPROVANTE, partyOf } from '../../../../test/support/comprovante.ts';
import { formatReais, formatWhen } from './brl.ts';
import { renderComprovante } from './comprovante-pdf.ts';
import type { StatementLine } from './contract.ts';
import { writeStatementCsv } from './statement-csv.ts';

const line = (over: Partial<StatementLine>): StatementLine => ({
  id: 'l1',
  at: '2026-01-02T02:30:00.000Z',
  kind: 'pix-out',
  direction: 'out',
  amountMinor: '123450',
  balanceAfterMinor: '-5',
  counterparty: 'Padaria',
  description: null,
  paymentId: null,
  comprovanteId: null,
  status: 'done',
  ...over,
});

async function csv(pages: { lines: StatementLine[]; next: string | null }[]): Promise<string> {
  let text = '';
  for await (const piece of writeStatementCsv(pages[0]!, async (cursor) => pages[Number(cursor)]!)) text += piece;
  return text;
}

/** The texts of a page, out of the PDF's compressed content. Good for the standard fonts, whose texts are Latin-1. */
function textOf(pdf: Buffer): string {
  const raw = pdf.toString('latin1');
  const texts: string[] = [];
  for (const { 1: stream } of raw.matchAll(/stream\r?\n([\s\S]*?)endstream/g)) {
    try {
      const content = inflateSync(Buffer.from(stream!, 'latin1')).toString('latin1');
      for (const { 1: shown } of content.matchAll(/\[(.*?)\] TJ/g))
        texts.push([...shown!.matchAll(/<([0-9a-f]+)>/g)].map(({ 1: hex }) => Buffer.from(hex!, 'hex').toString('latin1')).join(''));
    } catch {
      // Not a compressed stream.
    }
  }
  return texts.join('\n');
}

describe('amounts and times on paper', () => {
  it('writes centavos as Brazil does, of any size', () => {
    assert.deepEqual(['0', '5', '-5', '100', '123450', '-123456789', '1'.padEnd(38, '0')].map(formatReais), [
      '0,00',
      '0,05',
      '-0,05',
      '1,00',
      '1.234,50',
      '-1.234.567,89',
      `100${'.000'.repeat(11)},00`,
    ]);
  });
  it('tells the hour of Brasília, also where the date differs', () => {
    assert.deepEqual(formatWhen('2026-01-01T02:59:59.999Z'), { date: '31/12/2025', time: '23:59:59' });
    assert.deepEqual(formatWhen('2026-06-01T03:00:00.000Z'), { date: '01/06/2026', time: '00:00:00' });
  });
});

describe('the statement as CSV', () => {
  it('is what Excel of Brazil opens: mark, semicolons, decimal comma, CRLF, all pages', async () => {
    const text = await csv([
      { lines: [line({})], next: '1' },
      { lines: [line({ direction: 'in', kind: 'pix-in', balanceAfterMinor: null, description: 'pão', paymentId: 'pay_1' })], next: null },
    ]);
    assert.equal(text.charCodeAt(0), 0xfeff);
    const rows = text.slice(1).split('\r\n');
    assert.deepEqual(rows.slice(1), [
      '01/01/2026;23:30:00;Pix enviado;Padaria;;-1234,50;-0,05;Concluído;l1',
      '01/01/2026;23:30:00;Pix recebido;Padaria;pão;1234,50;;Concluído;pay_1',
      '',
    ]);
    assert.equal(new Set(rows.slice(0, 3).map((row) => row.split(';').length)).size, 1, 'every row has the cells of the head');
  });
  it('quotes what would break a row, and defuses what would run as a formula', async () => {
    for (const [text, cell] of [
      ['a;b', '"a;b"'],
      ['say "hi"', '"say ""hi"""'],
      ['two\nlines', '"two\nlines"'],
      ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@x', "'@x"],
      ['\tx', "'\tx"],
    ]) {
      const row = (await csv([{ lines: [line({ counterparty: text! })], next: null }])).split('\r\n')[1]!;
      assert.ok(row.includes(`;${cell};`), row);
    }
  });
});

describe('the comprovante as PDF', () => {
  it('is one page that says who paid, then whom, how much, when, and its end-to-end id', async () => {
    const pdf = await renderComprovante(COMPROVANTE, '2026-01-03T12:00:00.000Z');
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    assert.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1);
    const text = textOf(pdf);
    const order = [
      'enviado',
      'R$ 1.234,50',
      'Quem pagou',
      'José Antônio',
      'Quem recebeu',
      'Padaria Ção',
      '01/01/2026',
      'Almoço',
      COMPROVANTE.endToEndId,
    ];
    const places = order.map((one) => text.indexOf(one));
    assert.ok(
      places.every((at, i) => at >= 0 && (i === 0 || at > places[i - 1]!)),
      `${places} in\n${text}`,
    );
    assert.ok(!text.includes('txid'));
  });
  it('stays one page with the longest texts, and survives letters its fonts lack', async () => {
    const long = { ...partyOf(`${'Ж'.repeat(60)} 太郎 ${'nome '.repeat(12)}`), bankName: 'Cooperativa de Crédito '.repeat(6) };
    const pdf = await renderComprovante(
      { ...COMPROVANTE, payer: long, payee: long, description: 'x '.repeat(70), txid: 'A'.repeat(35) },
      COMPROVANTE.at,
    );
    assert.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1);
    const erased = { name: '', taxIdMasked: '', bankName: '', ispb: null, branch: null, account: null };
    assert.match(textOf(await renderComprovante({ ...COMPROVANTE, payer: erased }, COMPROVANTE.at)), /Dados apagados/);
  });
});
