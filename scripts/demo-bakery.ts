/** Demo data of a shop, once: a bakery in Campinas with fourteen months behind it and a day under way. Repeating it changes nothing. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { businessDate } from '../server/src/platform/clock.ts';
import { derivedId } from '../server/src/platform/id.ts';
import { bakeryDays, type DemoEntry } from './lib/bakery.ts';
import { Person, UnexpectedAnswer, until } from './lib/person.ts';

const ZELIA = { name: 'Zélia Prado Moreira', cpf: '39053344705', email: 'zelia@exemplo.com.br', password: 'pao-quente-as-seis' };
const COMPANY = { cnpj: '11222333000181', legalName: 'Padaria da Zélia Ltda', tradeName: 'Padaria da Zélia' };
const BATCH = 500;
const AT_ONCE = 4;

const baseUrl = `http://localhost:${process.env.PORT ?? '3000'}`;
const logins = path.join(process.env.DEMO_LOGINS_IN ?? path.join(import.meta.dirname, '../.lastro'), 'demo-logins.json');
type Login = { name: string; login: string; password: string };
const known = (): Login[] => (existsSync(logins) ? (JSON.parse(readFileSync(logins, 'utf8')) as Login[]) : []);

async function enter(): Promise<Person> {
  const person = new Person(baseUrl);
  try {
    await person.signUp(ZELIA);
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer) || error.status !== 409) throw error;
    await person.logIn(ZELIA.email, ZELIA.password);
  }
  return person;
}

/** The shop's account; the same at every run. */
async function openShop(person: Person): Promise<string> {
  const list = () => person.get<{ accounts: { accountId: string; kind: string }[] }>('/bff/v1/accounts');
  const found = (await list()).accounts.find(({ kind }) => kind === 'company');
  return found?.accountId ?? (await person.post<{ accountId: string }>(201, '/bff/v1/companies', COMPANY)).accountId;
}

type Shop = { today: string };

async function fill(person: Person, accountId: string): Promise<number> {
  const headers = { 'lastro-account': accountId };
  await until(
    'the shop',
    () => person.request<Shop>('GET', '/bff/v1/books/shop', { headers }),
    ({ status }) => status === 200,
  );
  const named = { headers: { ...headers, 'idempotency-key': derivedId('demo', 'bank', accountId) }, body: { kind: 'bank', name: 'Itaú' } };
  const { id: bank } = await person.expect<{ id: string }>(201, 'POST', '/bff/v1/books/places', named);
  const entries = bakeryDays(businessDate(Date.now()), bank);
  const batches = Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, at) => entries.slice(at * BATCH, (at + 1) * BATCH));
  const send = async (batch: readonly DemoEntry[], at: number): Promise<void> => {
    const named = batch.map((entry, nth) => ({ ...entry, id: derivedId('demo', 'entry', accountId, String(at * BATCH + nth)) }));
    // Its ids make it harmless to send an entry again; one that is there from another day's run stays as it was.
    const key = { 'idempotency-key': randomUUID() };
    const { results } = await person.expect<{ results: { outcome: string; code?: string }[] }>(200, 'POST', '/bff/v1/books/entry-batches', {
      headers: { ...headers, ...key },
      body: { entries: named },
    });
    const refused = results.find(({ outcome, code }) => outcome === 'refused' && code !== 'BOOKS_ENTRY_CONFLICT');
    if (refused) throw new Error(`an entry of the demo was refused: ${refused.code}`);
  };
  for (let at = 0; at < batches.length; at += AT_ONCE)
    await Promise.all(batches.slice(at, at + AT_ONCE).map((batch, nth) => send(batch, at + nth)));
  return entries.length;
}

if (known().some(({ login }) => login === ZELIA.email)) {
  const works = await new Person(baseUrl).logIn(ZELIA.email, ZELIA.password).then(
    () => true,
    () => false,
  );
  if (works) process.exit(0);
}
const person = await enter();
const count = await fill(person, await openShop(person));
const others = known().filter(({ login }) => login !== ZELIA.email);
const own = { name: `${ZELIA.name}, ${COMPANY.tradeName}`, login: ZELIA.email, password: ZELIA.password };
writeFileSync(logins, `${JSON.stringify([...others, own], null, 2)}\n`, { mode: 0o600 });
console.log(`${count} entries`);
