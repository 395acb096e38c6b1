/** `npm run demo`: a stranger's first day, over HTTP, against the platform on PORT. Exits non-zero when a step is not what it should be. */
import assert from 'node:assert/strict';
import { cpfFrom, Person, until } from './lib/person.ts';

const BR_CODE =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

const PASSWORD = 'um-samba-na-varanda';
const baseUrl = process.env.LASTRO_DEMO_URL ?? `http://localhost:${process.env.PORT ?? '3000'}`;
const person = new Person(baseUrl);
const began = performance.now();
const seed = Date.now() % 900_000_000;

type Home = {
  account: { status: string; branch: string; number: string; pixKey: string };
  balance: { availableMinor: string; heldMinor: string };
  today: { inMinor: string; outMinor: string; closingMinor: string; pending: boolean };
};
type Payment = {
  id: string;
  status: string;
  endToEndId: string | null;
  reasons: { message: string }[];
  steps: { name: string; durationMs: number }[];
};

async function step<T>(title: string, work: () => Promise<T>, say: (value: T) => string = () => ''): Promise<T> {
  const start = performance.now();
  try {
    const value = await work();
    console.log(`  ✓ ${title.padEnd(46)} ${`${Math.round(performance.now() - start)} ms`.padStart(9)}   ${say(value)}`);
    return value;
  } catch (error) {
    console.log(`  ✗ ${title}\n    ${(error as Error).message}`);
    process.exit(1);
  }
}

const home = () => person.get<Home>('/bff/v1/home');
const brl = (minor: string) => `R$ ${(BigInt(minor) / 100n).toString()},${(BigInt(minor) % 100n).toString().padStart(2, '0')}`;

console.log(`\nLastro, do cadastro ao primeiro Pix, em ${baseUrl}\n`);
await step('pronto para atender', () =>
  fetch(`${baseUrl}/health/live`, { signal: AbortSignal.timeout(5_000) }).catch((cause: Error) => {
    const port = process.env.PORT ?? '3000';
    throw new Error(
      `Ninguém responde em ${baseUrl}. Rode "npm start" em outro terminal; se ele está em outra porta que ${port}: PORT=… npm run demo, ` +
        'ou LASTRO_DEMO_URL=… para outro endereço.',
      { cause },
    );
  }),
);
await step('aceita trabalho', () =>
  until(
    'ready',
    () => person.request('GET', '/health/ready'),
    (reply) => reply.status === 200,
    30_000,
  ),
);
await step('cadastro e entrada (OIDC, código com PKCE)', () =>
  person.signUp({
    name: 'Clara Nunes Demonstração',
    cpf: cpfFrom(seed),
    email: `clara.${seed}@exemplo.com.br`,
    password: PASSWORD,
  }),
);
const opened = await step(
  'conta aberta, chave Pix registrada',
  () => until('the account', home, (one) => one.account.status === 'open'),
  (one) => `${one.account.branch} / ${one.account.number}`,
);
assert.equal(opened.balance.availableMinor, '0');
await step('chega um Pix de R$ 500,00 do provedor', () => person.post(202, '/bff/v1/sandbox/receive', { amountMinor: '50000' }));
await step(
  'saldo no razão',
  () => until('the money', home, (one) => one.balance.availableMinor === '50000'),
  (one) => brl(one.balance.availableMinor),
);
const quote = await step(
  'lê um BR Code',
  () => person.post<{ quoteId: string; payee: { name: string } }>(200, '/bff/v1/pix/decode', { code: BR_CODE }),
  (one) => one.payee.name,
);
const key = `demo-${seed}-pagamento`;
const body = { quoteId: quote.quoteId, amountMinor: '12345', description: 'Demonstração' };
const created = await step(
  'paga R$ 123,45',
  () => person.post<Payment>(201, '/bff/v1/payments', body, key),
  (one) => one.id,
);
await step('repetir o pedido não paga duas vezes', async () => {
  const again = await person.post<Payment>(201, '/bff/v1/payments', body, key);
  assert.equal(again.id, created.id);
});
const paid = await step(
  'provedor confirma, razão liquida',
  () =>
    until(
      'the settlement',
      () => person.get<Payment>(`/bff/v1/payments/${created.id}`),
      (one) => !['processing', 'sent', 'unknown'].includes(one.status),
    ),
  (one) => `${one.status} ${one.endToEndId ?? one.reasons.map((reason) => reason.message).join('; ')}`,
);
assert.equal(paid.status, 'settled');
for (const one of paid.steps) console.log(`      ${one.name.padEnd(12)} ${one.durationMs} ms`);
await step(
  'saldo do dia acompanha',
  () => until('the day', home, (one) => !one.today.pending && one.today.closingMinor === '37655'),
  (one) => `entradas ${brl(one.today.inMinor)}, saídas ${brl(one.today.outMinor)}, fecha em ${brl(one.today.closingMinor)}`,
);
await step('extrato com as duas linhas', async () => {
  const { lines } = await person.get<{ lines: { amountMinor: string }[] }>('/bff/v1/statement?limit=10');
  assert.deepEqual(
    lines.map((line) => line.amountMinor),
    ['12345', '50000'],
  );
});
await step('valor alto: pede a senha, só para este pagamento; sem saldo, recusa clara, nada muda', async () => {
  const other = await person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code: BR_CODE });
  const large = { body: { quoteId: other.quoteId, amountMinor: '999999' }, headers: { 'idempotency-key': `demo-${seed}-valor-alto` } };
  const asked = await person.request<{ code: string; stepUp: { binding: string } }>('POST', '/bff/v1/payments', large);
  assert.deepEqual([asked.status, asked.body.code], [403, 'PAYMENTS_PROOF_NEEDED']);
  await person.post(204, '/bff/v1/identity/payment-proof', { binding: asked.body.stepUp.binding, proof: { password: PASSWORD } });
  const refused = await person.expect<Payment>(201, 'POST', '/bff/v1/payments', large);
  const end = await until(
    'the refusal',
    () => person.get<Payment>(`/bff/v1/payments/${refused.id}`),
    (one) => one.status !== 'processing',
  );
  assert.ok(['declined', 'in-review'].includes(end.status), end.status);
  assert.equal((await home()).balance.availableMinor, '37655');
});
console.log(`\n  tudo certo em ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
