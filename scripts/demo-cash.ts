/** `npm run demo -- --profile cash`: a shop keeps its books and closes its day, against the platform on PORT. Exits non-zero when a step fails. */
import assert from 'node:assert/strict';
import { addDays, businessDate } from '../server/src/platform/clock.ts';
import { newId } from '../server/src/platform/id.ts';
import { demoUrl, step } from './lib/demo-steps.ts';
import { cpfFrom, Person, until } from './lib/person.ts';

type Day = { date: string; openingMinor: string; inMinor: string; outMinor: string; closingMinor: string };
type Days = { days: Day[]; pending: boolean; reached?: boolean };
type Recorded = { id: string; outcome: string; position: number | null };

console.log(`\nLastro, o fluxo de caixa de uma loja, em ${demoUrl}\n`);
const person = new Person(demoUrl);
const seed = Date.now() % 900_000_000;
const today = businessDate(Date.now());
const yesterday = addDays(today, -1);

await step('a dona da loja se cadastra e entra', () =>
  person.signUp({ name: 'Ana Padeira', cpf: cpfFrom(seed), email: `ana.${seed}@exemplo.com.br`, password: 'senha-da-demonstracao' }),
);
await step('os livros abrem por si: caixa, cofre, categorias', async () => {
  const { places, categories } = await person.get<{ places: unknown[]; categories: unknown[] }>('/bff/v1/books/shop');
  assert.ok(places.length >= 3 && categories.length >= 20);
});
const record = (entry: object) => person.post<Recorded>(201, '/bff/v1/books/entries', { id: newId(), ...entry });
const lines = (category: string, amountMinor: string) => [{ category, amountMinor }];
const positions: Recorded[] = [];
await step('saldo inicial, vendas em dinheiro e Pix, uma despesa, uma sangria', async () => {
  for (const entry of [
    { kind: 'opening', place: 'drawer', amountMinor: '10000', date: yesterday },
    { kind: 'in', place: 'drawer', method: 'cash', date: yesterday, lines: lines('sales', '12500'), text: 'Balcão' },
    { kind: 'in', place: 'drawer', method: 'cash', date: today, lines: lines('sales', '8990'), text: 'Balcão' },
    { kind: 'in', place: 'wallet', method: 'pix', date: today, lines: lines('orders', '4510'), text: 'Encomenda' },
    { kind: 'out', place: 'drawer', method: 'cash', date: today, lines: lines('goods', '6000'), text: 'Farinha' },
    { kind: 'transfer', place: 'drawer', toPlace: 'safe', amountMinor: '5000', date: today, text: 'Sangria' },
  ])
    positions.push(await record(entry));
  assert.ok(positions.every(({ outcome }) => outcome === 'recorded'));
});
await step('o saldo consolidado de cada dia: a sangria não é entrada nem saída', async () => {
  const after = Math.max(0, ...positions.map(({ position }) => position ?? 0));
  const ask = () => person.get<Days>(`/bff/v1/cashflow/days?from=${yesterday}&to=${today}&after=${after}`);
  const { days } = await until('the days', ask, ({ days: found }) => found.at(-1)?.closingMinor === '30000');
  assert.deepEqual(
    days.map(({ inMinor, outMinor, closingMinor }) => [inMinor, outMinor, closingMinor]),
    [
      ['12500', '0', '22500'],
      ['13500', '6000', '30000'],
    ],
  );
});
await step('a lista diz o mesmo, com uma conta só', async () => {
  const { sums } = await person.get<{ sums: object }>(`/bff/v1/books/entries?from=${today}&to=${today}`);
  assert.deepEqual(sums, { count: 4, inMinor: '13500', outMinor: '6000' });
});
await step('ontem é fechado: nada mais entra nele', async () => {
  await person.post(200, '/bff/v1/books/closing', { until: yesterday });
  const { outcome } = await record({ kind: 'in', place: 'drawer', date: yesterday, lines: lines('sales', '100') });
  assert.equal(outcome, 'refused');
});
console.log('\n  tudo certo\n');
