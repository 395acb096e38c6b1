/** `npm run demo -- --profile cash`: a shop's cash flow by API alone, against the platform on PORT. Exits non-zero when a step fails. */
import assert from 'node:assert/strict';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../server/src/modules/identity/seed.ts';
import { businessDate } from '../server/src/platform/clock.ts';
import { newId } from '../server/src/platform/id.ts';
import { until } from './lib/person.ts';

const baseUrl = process.env.LASTRO_DEMO_URL ?? `http://localhost:${process.env.PORT ?? '3000'}`;
type Days = { days: { inMinor: string; outMinor: string; closingMinor: string }[]; pending: boolean };

async function call<T>(
  status: number,
  method: string,
  at: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> },
): Promise<T> {
  const { token, body, headers } = options;
  const isForm = body instanceof URLSearchParams;
  const answer = await fetch(baseUrl + at, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${at}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const value = await work().catch((error: Error) => {
    console.log(`  ✗ ${title}\n    ${error.message}`);
    process.exit(1);
  });
  console.log(`  ✓ ${title}`);
  return value;
}

console.log(`\nLastro, o fluxo de caixa de uma loja por API, em ${baseUrl}\n`);
const basic = Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64');
const { access_token: token } = await step('um token para o serviço', () =>
  call<{ access_token: string }>(200, 'POST', '/oidc/token', {
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ledger:write ledger:read cashflow:read' }),
  }),
);
const [till, market] = [newId(), newId()];
await step('duas contas no razão: o caixa da loja e o mercado', async () => {
  for (const [id, normalSide] of [
    [till, 'credit'],
    [market, 'debit'],
  ])
    await call(201, 'POST', '/v1/ledger/accounts', { token, body: { id, code: 'demo-cash', asset: 'BRL', normalSide } });
});
const launch = (debitAccountId: string, creditAccountId: string, amountMinor: string) =>
  call(201, 'POST', '/v1/ledger/transfers', {
    token,
    body: { id: newId(), kind: 'transfer', debitAccountId, creditAccountId, amountMinor },
  });
await step('três entradas e uma saída', async () => {
  for (const amount of ['12500', '8990', '4510']) await launch(market, till, amount);
  await launch(till, market, '6000');
});
const today = businessDate(Date.now());
await step('o saldo consolidado do dia: 260,00 entram, 60,00 saem, fecha em 200,00', async () => {
  const ask = () =>
    fetch(`${baseUrl}/v1/cashflow/accounts/${till}/days?from=${today}&to=${today}`, { headers: { authorization: `Bearer ${token}` } });
  await until('the account', ask, ({ status }) => status === 200);
  const read = () => call<Days>(200, 'GET', `/v1/cashflow/accounts/${till}/days?from=${today}&to=${today}`, { token });
  const { days } = await until('the day', read, ({ pending, days }) => !pending && days.at(-1)?.closingMinor === '20000');
  assert.deepEqual([days.at(-1)?.inMinor, days.at(-1)?.outMinor], ['26000', '6000']);
});
console.log('\n  tudo certo\n');
