import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, eventually, makeFolder, newOrder, startSandbox } from './testing.ts';

type Line = { endToEndId: string; returnId?: string; direction: string; amount: string; status: string; at: string };
type Page = { lines: Line[]; nextCursor: string | null; asOf: string };
const DAY_MS = 86_400_000;
const day = () => `from=${new Date(Date.now() - DAY_MS).toISOString()}&to=${new Date(Date.now() + DAY_MS).toISOString()}`;
const read = async (base: string, query: string) => (await call<Page>(base, 'GET', `/spi/statement?${query}`)).body;
const receive = async (base: string, amount: string) =>
  (await call<{ endToEndId: string }>(base, 'POST', '/admin/receive', { payeeKey: 'maria@exemplo.com.br', amount })).body.endToEndId;

test('money that moved, in pages that end, also when more comes between them and after a restart', async (t) => {
  const dataDir = makeFolder(t);
  const first = await startSandbox(t, { dataDir });
  const sent = newOrder();
  await call(first.base, 'POST', '/spi/payments', sent);
  await call(first.base, 'POST', '/spi/payments', newOrder({ payee: { key: 'rejeita@exemplo.com.br' } }));
  await call(first.base, 'POST', '/spi/payments', newOrder({ payee: { key: 'lento@exemplo.com.br' } }));
  await eventually(async () => (await read(first.base, day())).lines.length === 1, 'the settled one, and neither of the others');
  const came = [];
  for (const amount of ['1.00', '2.00', '3.00']) came.push(await receive(first.base, amount));
  const order = { returnId: `D12345678202611211200${'1'.padStart(11, '0')}`, endToEndId: came[0], amount: '1.00', reason: 'BE08' };
  await call(first.base, 'POST', '/spi/returns', order);
  const window = day();
  const page = await read(first.base, `${window}&limit=2`);
  assert.deepEqual(
    page.lines.map(({ endToEndId, direction, status }) => [endToEndId, direction, status]),
    [
      [sent.endToEndId, 'out', 'settled'],
      [came[0], 'in', 'received'],
    ],
  );
  const late = await receive(first.base, '4.00');
  await first.sandbox.close();
  const { base } = await startSandbox(t, { dataDir });
  const seen = [...page.lines];
  for (let cursor = page.nextCursor; cursor !== null; ) {
    const next = await read(base, `${window}&limit=2&cursor=${cursor}`);
    seen.push(...next.lines);
    cursor = next.nextCursor;
  }
  assert.deepEqual(
    seen.map(({ endToEndId }) => endToEndId),
    [sent.endToEndId, ...came, came[0], late],
  );
  assert.partialDeepStrictEqual(seen[4], { status: 'returned', direction: 'out', returnId: order.returnId });
});

test('a window has a first instant and ends before its last; wrong questions are refused', async (t) => {
  const { base } = await startSandbox(t);
  await receive(base, '1.00');
  const [line] = (await read(base, day())).lines;
  const after = new Date(Date.parse(line!.at) + 1).toISOString();
  await eventually(async () => (await read(base, `from=${line!.at}&to=${after}`)).lines.length === 1, 'its own millisecond');
  assert.equal((await read(base, `from=2026-01-01&to=2026-01-02`)).lines.length, 0);
  assert.equal((await read(base, `from=${new Date(Date.parse(line!.at) - 9).toISOString()}&to=${line!.at}`)).lines.length, 0);
  const wrong = ['', 'from=2026-01-01', 'from=2026-01-02&to=2026-01-01', 'from=2026-01-01&to=2026-02-02', 'from=x&to=y'];
  wrong.push(`${day()}&limit=0`, `${day()}&limit=1001`, `${day()}&cursor=bm9uZQ`, `${day()}&more=1`);
  for (const query of wrong) assert.equal((await call(base, 'GET', `/spi/statement?${query}`)).status, 400, query);
});

test('a statement that lags says how far it is; one that is late does not', async (t) => {
  const { base } = await startSandbox(t);
  await receive(base, '1.00');
  await eventually(async () => (await read(base, day())).lines.length === 1, 'at once');
  await call(base, 'PUT', '/admin/faults', { statement: { lagMs: 60_000 } });
  const lagging = await read(base, day());
  assert.equal(lagging.lines.length, 0);
  assert.ok(Date.parse(lagging.asOf) < Date.now() - 59_000);
  await call(base, 'PUT', '/admin/faults', { statement: { lateMs: 60_000, error500: 1 } });
  assert.equal((await call(base, 'GET', `/spi/statement?${day()}`)).status, 500);
  const late = await read(base, day());
  assert.equal(late.lines.length, 0);
  assert.ok(Date.parse(late.asOf) > Date.now() - 5_000);
});
