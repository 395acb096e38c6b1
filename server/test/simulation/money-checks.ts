/** What must be true of money after anything at all was killed; shared by the simulations. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Person, UnexpectedAnswer, until } from '../../../scripts/lib/person.ts';
import type { SandboxProcess } from '../support/running-platform.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** Known-good static BR Code of the Pix manual. */
export const FULANO =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

export type StatementEntry = { endToEndId: string; direction: 'in' | 'out'; amount: string; status: string };
export type Statement = { lines: StatementEntry[] };
type Home = { account: { status: string; pixKey: string }; balance: { availableMinor: string; heldMinor: string } };
type Payment = { id: string; status: string; reasons: unknown[] };

const decimal = (minor: bigint) => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;

/** A signed-up person whose account holds `amountMinor`, received by Pix. */
export async function fundedPerson(baseUrl: string, cpf: string, amountMinor: bigint, sandbox: SandboxProcess): Promise<Person> {
  const person = new Person(baseUrl);
  await person.signUp({ name: 'Antônia Prova Real', cpf, email: `prova.${cpf}@exemplo.com.br`, password: 'a-prova-dos-nove' });
  const home = await until(
    'the account',
    () => person.get<Home>('/bff/v1/home'),
    (one) => one.account.status === 'open',
  );
  await sandbox.call('POST', '/admin/receive', { payeeKey: home.account.pixKey, amount: decimal(amountMinor) });
  await until(
    'the money',
    () => person.get<Home>('/bff/v1/home'),
    (one) => one.balance.availableMinor === String(amountMinor),
  );
  return person;
}

/** A server that is down, or answers that it is not ready, is asked again; any refusal is not. */
async function whileDown<T>(ask: () => Promise<T>, retry: boolean): Promise<T> {
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
  options: { retryWhileDown: boolean },
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
      (payment) => ['settled', 'failed', 'declined', 'in-review'].includes(payment.status),
      40_000,
    );
    assert.equal(ended.status, 'settled', JSON.stringify(ended.reasons));
    return ended;
  };
  return { settled: work() };
}

/** Double entry holds, nothing is left held, and each balance equals the sum of its entries. */
export async function assertBooksBalance(database: TestDatabase): Promise<void> {
  const [sums] = await database.admin<{ debits: string; credits: string }>(
    `select coalesce(sum(posted_change) filter (where side = 'debit'), 0)::text as debits,
       coalesce(sum(posted_change) filter (where side = 'credit'), 0)::text as credits from ledger.entries`,
  );
  assert.equal(sums!.debits, sums!.credits, 'debits equal credits');
  const [holds] = await database.admin<{ open: string }>('select count(*)::text as open from ledger.open_holds');
  assert.equal(holds!.open, '0', 'no hold is left open');
}
