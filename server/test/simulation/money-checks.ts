/** What must be true of money after anything at all was killed; shared by the simulations. */
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { Person, UnexpectedAnswer, until } from '../../../scripts/lib/person.ts';
import type { SandboxProcess } from '../support/running-platform.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** Known-good static BR Code of the Pix manual. */
export const FULANO =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

export type StatementEntry = { endToEndId: string; direction: 'in' | 'out'; amount: string; status: string };
export type Statement = { lines: StatementEntry[] };
export type Home = { account: { status: string; pixKey: string }; balance: { availableMinor: string; heldMinor: string } };
type Payment = { id: string; status: string; reasons: unknown[] };

/** Minor units as the provider writes them. */
export const decimal = (minor: bigint) => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;

/** A signed-up person whose account holds `amountMinor`, received by Pix. Bears that the server is away meanwhile. */
export async function fundedPerson(baseUrl: string, cpf: string, amountMinor: bigint, sandbox: SandboxProcess): Promise<Person> {
  const person = await whileDown(() => join(baseUrl, cpf), true);
  const home = () => whileDown(() => person.get<Home>('/bff/v1/home').catch(noAccountYet), true);
  const opened = await until('the account', home, (one) => one?.account.status === 'open');
  const { account } = opened!;
  if (amountMinor > 0n) await sandbox.call('POST', '/admin/receive', { payeeKey: account.pixKey, amount: decimal(amountMinor) });
  await until('the money', home, (one) => one?.balance.availableMinor === String(amountMinor));
  return person;
}

/** Between the sign-up and the event that tells payments of it. */
function noAccountYet(error: unknown): null {
  if (error instanceof UnexpectedAnswer && error.code === 'PAYMENTS_NO_ACCOUNT') return null;
  throw error;
}

/** What limits an address is tested elsewhere; here requests are repeated as fast as they fail, so each comes from another one. */
const anywhere = (): string => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

/** Signs up, or logs in when an earlier try got as far as that. */
async function join(baseUrl: string, cpf: string): Promise<Person> {
  const password = 'a-prova-dos-nove';
  let person = new Person(baseUrl, { address: anywhere });
  try {
    await person.signUp({ name: 'Antônia Prova Real', cpf, email: `prova.${cpf}@exemplo.com.br`, password });
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer) || error.code !== 'IDENTITY_ACCOUNT_EXISTS') throw error;
    person = new Person(baseUrl, { address: anywhere });
    await person.logIn(cpf, password);
  }
  return person;
}

/** A server that is down, or answers that it is not ready, is asked again; any refusal is not. */
export async function whileDown<T>(ask: () => Promise<T>, retry: boolean): Promise<T> {
  const end = Date.now() + 40_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const refused = error instanceof UnexpectedAnswer && error.status < 500;
      if (refused || !retry || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }
}

/** Pays a code and waits until the payment ends, repeating every request with its own key for as long as the server is down. */
export function payAndWait(
  person: Person,
  code: string,
  amountMinor: bigint,
  options: { retryWhileDown: boolean; end?: 'settled' | 'failed' | 'disputed' | 'stuck' | 'declined' | 'in-review' },
): { settled: Promise<Payment> } {
  const keys = { decode: randomUUID(), pay: randomUUID() };
  const work = async (): Promise<Payment> => {
    const quote = await whileDown(
      () => person.post<{ quoteId: string }>(200, '/bff/v1/pix/decode', { code }, keys.decode),
      options.retryWhileDown,
    );
    const body = { quoteId: quote.quoteId, amountMinor: String(amountMinor) };
    const created = await whileDown(() => person.post<Payment>(201, '/bff/v1/payments', body, keys.pay), options.retryWhileDown);
    const ended = await until(
      'the end of the payment',
      () => whileDown(() => person.get<Payment>(`/bff/v1/payments/${created.id}`), options.retryWhileDown),
      (payment) => ['settled', 'failed', 'declined', 'in-review', 'disputed', 'stuck'].includes(payment.status),
      40_000,
    );
    assert.equal(ended.status, options.end ?? 'settled', JSON.stringify(ended.reasons));
    return ended;
  };
  return { settled: work() };
}

/** Double entry holds, nothing is left held, and each balance equals the sum of its entries. */
export async function assertBooksBalance(database: Pick<TestDatabase, 'admin'>): Promise<void> {
  await assertLedgerBalances(database);
  const [holds] = await database.admin<{ open: string }>('select count(*)::text as open from ledger.open_holds');
  assert.equal(holds!.open, '0', 'no hold is left open');
}

/** Double entry holds, and each balance equals the sum of its entries. */
export async function assertLedgerBalances(database: Pick<TestDatabase, 'admin'>): Promise<void> {
  const [sums] = await database.admin<{ debits: string; credits: string }>(
    `select coalesce(sum(posted_change) filter (where side = 'debit'), 0)::text as debits,
       coalesce(sum(posted_change) filter (where side = 'credit'), 0)::text as credits from ledger.entries`,
  );
  assert.equal(sums!.debits, sums!.credits, 'debits equal credits');
  const wrong = await database.admin(
    `select account_id from (
       select account_id, posted_debits, posted_credits, row_number() over (partition by tenant_id, account_id order by seq desc) as back,
         sum(posted_change) filter (where side = 'debit') over (partition by tenant_id, account_id) as debits,
         sum(posted_change) filter (where side = 'credit') over (partition by tenant_id, account_id) as credits
       from ledger.entries
     ) last where back = 1 and (posted_debits <> coalesce(debits, 0) or posted_credits <> coalesce(credits, 0))`,
  );
  assert.deepEqual(wrong, [], 'each balance is the sum of its entries');
}

/** The provider executed each end-to-end id once, and exactly the payments that are settled here, with the same amounts; what it took back it did not. */
export async function assertProviderAgrees(database: Pick<TestDatabase, 'admin'>, sandbox: Pick<SandboxProcess, 'call'>): Promise<void> {
  const { lines } = await sandbox.call<Statement>('GET', '/admin/statement');
  const takenBack = new Set(lines.flatMap((line) => (line.status === 'reversed' ? [line.endToEndId] : [])));
  const executed = lines.filter(
    ({ direction, status, endToEndId }) => direction === 'out' && status === 'settled' && !takenBack.has(endToEndId),
  );
  assert.equal(new Set(executed.map((line) => line.endToEndId)).size, executed.length, 'each end-to-end id is executed once');
  const settled = await database.admin<{ id: string; amount: string }>(
    `select end_to_end_id as id, amount_minor::text as amount from payments.payments where status = 'settled' and route = 'pix'`,
  );
  const theirs = executed.map((line) => `${line.endToEndId} ${BigInt(line.amount.replace('.', ''))}`).sort();
  assert.deepEqual(
    settled.map(({ id, amount }) => `${id} ${amount}`).sort(),
    theirs,
    'our settled payments are what the provider executed',
  );
}
