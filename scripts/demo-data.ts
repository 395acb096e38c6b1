/** Demo data, once: a person with two months of history, money that came by Pix, and a payment made. Repeating it changes nothing. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addDays, businessDate, startOfDay } from '../server/src/platform/clock.ts';
import { derivedId } from '../server/src/platform/id.ts';
import { Person, UnexpectedAnswer, until } from './lib/person.ts';

const TENANT = '0192f000-0000-7000-8000-000000000001';
const MARINA = { name: 'Marina Alves Padilha', cpf: '52998224725', email: 'marina@exemplo.com.br', password: 'cafe-com-pao-quente' };
const FULANO =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';
/** Two of the months that the home screen compares, and before them the deposit, out of its pictures. */
const DAYS = 61;
const SALES = ['Venda balcão', 'Encomenda de bolo', 'Café da manhã corporativo', 'Repasse de entregas'];
const COSTS = ['Farinha de trigo', 'Manteiga e leite', 'Conta de luz', 'Embalagens'];

const baseUrl = `http://localhost:${process.env.PORT ?? '3000'}`;
const logins = path.join(process.env.DEMO_LOGINS_IN ?? path.join(import.meta.dirname, '../.lastro'), 'demo-logins.json');

type Home = { account: { status: string; pixKey: string }; balance: { availableMinor: string } };

/** The same numbers at every run, so that repeated commands have the same content. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function enter(): Promise<Person> {
  const person = new Person(baseUrl);
  try {
    await person.signUp(MARINA);
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer) || error.status !== 409) throw error;
    await person.logIn(MARINA.email, MARINA.password);
  }
  return person;
}

async function serviceToken(): Promise<string> {
  const { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } = await import('../server/src/modules/identity/seed.ts');
  const answer = await fetch(`${baseUrl}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ledger:write ledger:read' }),
  });
  if (!answer.ok) throw new Error(`the demo client got no token: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function call(token: string, at: string, body: unknown): Promise<void> {
  const answer = await fetch(`${baseUrl}${at}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${at}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
}

/** Two months of a small bakery, posted in the ledger with its own dates: what a migration from another system would look like. */
async function writeHistory(subjectId: string): Promise<void> {
  const token = await serviceToken();
  const account = derivedId('payments', 'account', TENANT, subjectId);
  const history = derivedId('demo', 'history', TENANT);
  await call(token, '/v1/ledger/accounts', { id: history, code: 'demo-history', asset: 'BRL', normalSide: 'debit' });
  const roll = dice(20_261_121);
  const today = businessDate(Date.now());
  const commands: unknown[] = [];
  const add = (day: string, hour: number, isIn: boolean, amount: number, what: string) => {
    const effectiveAt = new Date(Date.parse(startOfDay(day)) + hour * 3_600_000).toISOString();
    const [debitAccountId, creditAccountId] = isIn ? [history, account] : [account, history];
    const id = derivedId('demo', 'history', subjectId, String(commands.length));
    commands.push({
      id,
      kind: 'transfer',
      debitAccountId,
      creditAccountId,
      amountMinor: String(amount),
      effectiveAt,
      metadata: { description: what },
    });
  };
  for (let ago = DAYS; ago >= 1; ago--) {
    const day = addDays(today, -ago);
    if (ago === DAYS) {
      add(day, 7, true, 1_250_000, 'Saldo de abertura');
      continue;
    }
    const isSunday = new Date(`${day}T12:00:00Z`).getUTCDay() === 0;
    for (let sale = 0; sale < (isSunday ? 1 : 3); sale++)
      add(day, 8 + sale * 3, true, 9_000 + Math.floor(roll() * 42_000), SALES[Math.floor(roll() * 4)]!);
    if (roll() < 0.7) add(day, 17, false, 12_000 + Math.floor(roll() * 78_000), COSTS[Math.floor(roll() * 4)]!);
  }
  await call(token, '/v1/ledger/transfers/batch', { commands });
}

async function liveToday(person: Person, pixKey: string): Promise<void> {
  const provider = process.env.PIX_PROVIDER_URL;
  if (provider) {
    for (const [index, [name, taxId, amount]] of [
      ['Ana Beatriz Rocha', '39053344705', '187.50'],
      ['João Pedro Lima', '16899535009', '94.90'],
    ].entries()) {
      await fetch(`${provider}/admin/receive`, {
        method: 'POST',
        headers: { authorization: `Bearer ${process.env.PIX_PROVIDER_API_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ payeeKey: pixKey, amount, payer: { name, taxId, ispb: '87654321' }, requestId: `demo-${index}` }),
      });
    }
  }
  const { lines } = await person.get<{ lines: { kind: string }[] }>('/bff/v1/statement?limit=20');
  if (lines.some((line) => line.kind === 'pix-out' || line.kind === 'hold')) return;
  const quote = await person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code: FULANO });
  const body = { quoteId: quote.quoteId, amountMinor: '6480', description: 'Flores da vitrine' };
  await person.post(201, '/bff/v1/payments', body);
}

if (existsSync(logins)) {
  const known = new Person(baseUrl);
  const works = await known.logIn(MARINA.email, MARINA.password).then(
    () => true,
    () => false,
  );
  if (works && JSON.parse(readFileSync(logins, 'utf8')).length > 0) process.exit(0);
}
const person = await enter();
const session = await person.get<{ person: { id: string } }>('/bff/v1/session');
const home = await until(
  'the account',
  () => person.get<Home>('/bff/v1/home'),
  (one) => one.account.status === 'open',
  30_000,
);
await writeHistory(session.person.id);
await liveToday(person, home.account.pixKey);
writeFileSync(logins, `${JSON.stringify([{ name: MARINA.name, login: MARINA.email, password: MARINA.password }], null, 2)}\n`, {
  mode: 0o600,
});
