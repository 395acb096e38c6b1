/** `npm run demo -- --profile cash`: a shop's cash flow by API alone, against the platform on PORT. Exits non-zero when a step fails. */
import assert from 'node:assert/strict';
import { businessDate } from '../server/src/platform/clock.ts';
import { newId } from '../server/src/platform/id.ts';
import { call, demoUrl, serviceToken, step } from './lib/demo-steps.ts';
import { until } from './lib/person.ts';

type Days = { days: { inMinor: string; outMinor: string; closingMinor: string }[]; pending: boolean };

console.log(`\nLastro, o fluxo de caixa de uma loja por API, em ${demoUrl}\n`);
const token = await step('um token para o serviço', () => serviceToken('ledger:write ledger:read cashflow:read'));
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
    fetch(`${demoUrl}/v1/cashflow/accounts/${till}/days?from=${today}&to=${today}`, { headers: { authorization: `Bearer ${token}` } });
  await until('the account', ask, ({ status }) => status === 200);
  const read = () => call<Days>(200, 'GET', `/v1/cashflow/accounts/${till}/days?from=${today}&to=${today}`, { token });
  const { days } = await until('the day', read, ({ pending, days }) => !pending && days.at(-1)?.closingMinor === '20000');
  assert.deepEqual([days.at(-1)?.inMinor, days.at(-1)?.outMinor], ['26000', '6000']);
});
console.log('\n  tudo certo\n');
