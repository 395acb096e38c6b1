/** The people of the storm: some with money who pay, some whose account is closed, so that what arrives for them has to go back. */
import { cpfFrom, type Person } from '../../../../scripts/lib/person.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../../src/modules/identity/seed.ts';
import { newId } from '../../../src/platform/id.ts';
import { fundedPerson, type Home } from '../money-checks.ts';
import type { Stage } from './stage.ts';

export type Payer = { person: Person; pixKey: string };
const FUNDS = 2_000_000n;
const FIRST_CPF = 540_000_000;
const AT_ONCE = 6;
const CLOSED = 3;

export async function gather(stage: Stage, count: number): Promise<{ payers: Payer[]; closedKeys: string[] }> {
  const sandbox = { call: stage.call.bind(stage) } as Parameters<typeof fundedPerson>[3];
  const join = async (number: number, funds: bigint): Promise<Payer> => {
    const person = await fundedPerson(stage.baseUrl, cpfFrom(FIRST_CPF + number), funds, sandbox);
    const { account } = await person.get<Home>('/bff/v1/home');
    return { person, pixKey: account.pixKey };
  };
  const payers: Payer[] = [];
  const lane = async (): Promise<void> => {
    for (let number = payers.length; number < count; number = payers.length) {
      payers.length = number + 1;
      payers[number] = await join(number, FUNDS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const closedKeys: string[] = [];
  for (let at = 0; at < CLOSED; at++) {
    const { pixKey } = await join(count + at, 0n);
    closedKeys.push(pixKey);
    await closeNewestAccount(stage);
  }
  return { payers, closedKeys };
}

/** By the ledger's own door, as a service of the tenant. */
async function closeNewestAccount(stage: Stage): Promise<void> {
  const [account] = await stage.database.admin<{ id: string }>(
    'select ledger_account_id as id from payments.accounts order by number desc limit 1',
  );
  const authorization = `Basic ${Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64')}`;
  const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'ledger:write ledger:freeze' });
  const granted = await fetch(`${stage.baseUrl}/oidc/token`, { method: 'POST', headers: { authorization }, body: form });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const id = newId();
  const answer = await fetch(`${stage.baseUrl}/v1/ledger/transfers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify({ id, kind: 'account', accountId: account!.id, state: 'closed', reason: 'storm' }),
  });
  if (!answer.ok) throw new Error(`the account was not closed: ${answer.status} ${await answer.text()}`);
}
