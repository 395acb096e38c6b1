import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FORMAT, fileName, type Part, writeJson } from './export-document.ts';
import { renderPdf } from './export-pdf.ts';

const about = { subjectId: 's', accountIds: ['a'], madeAt: '2026-11-30T12:00:00.000Z', retained: false };
const keepers = [{ module: 'identity', parts: { registration: { pt: 'Cadastro', en: 'Registration' } } }];
async function* partsOf(parts: Part[]): AsyncGenerator<Part> {
  yield* parts;
}
const written = async (
  parts: Part[],
): Promise<{ parts: { module: string; part: string; title: unknown; rows: unknown[] }[] } & Record<string, unknown>> => {
  const pieces = await Array.fromAsync(writeJson(about, keepers, partsOf(parts)));
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
};

test('pages of one part become one list; empty parts and no parts at all are JSON, too', async () => {
  const { parts, ...head } = await written([
    { module: 'identity', part: 'registration', rows: [{ name: 'Ana "Z"\n' }] },
    { module: 'payments', part: 'payments', rows: [{ id: 1 }, { id: 2 }] },
    { module: 'payments', part: 'payments', rows: [] },
    { module: 'payments', part: 'payments', rows: [{ id: 3 }] },
    { module: 'payments', part: 'receipts', rows: [] },
  ]);
  assert.deepEqual(head, { format: FORMAT, ...about });
  assert.deepEqual(parts, [
    { module: 'identity', part: 'registration', title: { pt: 'Cadastro', en: 'Registration' }, rows: [{ name: 'Ana "Z"\n' }] },
    { module: 'payments', part: 'payments', title: null, rows: [{ id: 1 }, { id: 2 }, { id: 3 }] },
    { module: 'payments', part: 'receipts', title: null, rows: [] },
  ]);
  assert.deepEqual((await written([])).parts, []);
});

test('the PDF is one, says who made it, and how many rows it leaves to the other file', async () => {
  const many = Array.from({ length: 1_200 }, (_, at) => ({ id: `linha ${at}`, amountMinor: '1', none: null }));
  const pdf = await renderPdf(about, keepers, partsOf([{ module: 'identity', part: 'registration', rows: many }]));
  assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
  assert.ok(pdf.length > 10_000, String(pdf.length));
});

test('files are named by the day in São Paulo', () => {
  assert.equal(fileName('pdf', '2026-12-01T01:00:00.000Z'), 'dados-pessoais-2026-11-30.pdf');
});
