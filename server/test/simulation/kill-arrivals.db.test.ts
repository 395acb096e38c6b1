/**
 * The kill test of arrivals: at every point of their table the process dies, and the money is on the account, or back with its payer, once.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { pointsOf } from '#platform/machine/machine.ts';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../src/modules/identity/seed.ts';
import { RECEIVING } from '../../src/modules/payments/incoming/receipt.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import { killAtEachPoint, type Situation } from './kill-points.ts';
import { assertBooksBalance, assertProviderAgrees, decimal, fundedPerson, type Home, type Statement, whileDown } from './money-checks.ts';

const MACHINE = 'payments.arrival';
let stage: CrashStage;
let payee: Person;
let closed: { pixKey: string } | undefined;
let amount = 1_000n;

before(async () => {
  stage = await openCrashStage();
  payee = await fundedPerson(stage.baseUrl, cpfFrom(520_400_002), 10_000n, stage.sandbox);
});
after(() => stage?.close());

const home = (person: Person) => whileDown(() => person.get<Home>('/bff/v1/home'), true);
const keyOf = async (person: Person): Promise<string> => (await home(person)).account.pixKey;
const faults = (what: object) => stage.sandbox.call('PUT', '/admin/faults', what);

async function send(payeeKey: string): Promise<string> {
  return (await stage.sandbox.call<{ endToEndId: string }>('POST', '/admin/receive', { payeeKey, amount: decimal(amount) })).endToEndId;
}
const becomes = (endToEndId: string, status: string) =>
  until(
    `the arrival ${status}`,
    () => stage.database.admin<{ status: string }>('select status from payments.receipts where end_to_end_id = $1', [endToEndId]),
    ([row]) => row?.status === status,
    40_000,
  );
/** As a person decides; and as it is made due. */
const decide = (endToEndId: string, decision: 'match' | 'give-back' | null) =>
  stage.database.admin(
    `update payments.receipts set decision = $2, version = version + 1, attempt = 0, next_attempt_at = now() where end_to_end_id = $1`,
    [endToEndId, decision],
  );

/** Brings the payee's balance up by the amount, once, whoever dies. */
async function credited(act: () => Promise<unknown>): Promise<void> {
  const wanted = String(BigInt((await home(payee)).balance.availableMinor) + amount);
  await act();
  await until(
    `a balance of ${wanted}`,
    () => home(payee),
    ({ balance }) => balance.availableMinor === wanted,
  );
}

async function owed(): Promise<bigint> {
  const [row] = await stage.database.admin<{ minor: string }>(
    `select coalesce(sum(case side when 'credit' then posted_change else -posted_change end), 0)::text as minor
     from ledger.entries where account_id in (select id from ledger.accounts where code = 'pix-returns')`,
  );
  return BigInt(row!.minor);
}

/** Back with its payer, once; nothing more is owed than before; and whoever keeps records was told once. */
async function givenBack(act: () => Promise<string>): Promise<void> {
  const before = await owed();
  const endToEndId = await act();
  await becomes(endToEndId, 'returned');
  const { lines } = await stage.sandbox.call<Statement>('GET', '/admin/statement');
  const back = lines.filter((line) => line.endToEndId === endToEndId && line.status === 'returned');
  assert.deepEqual(
    back.map((line) => line.amount),
    [decimal(amount)],
  );
  assert.equal(await owed(), before);
  const told = await until(
    'the record',
    () =>
      stage.database.admin<{ records: number }>(
        `select count(*)::int as records from audit.records
         where event_type in ('payments.pix-returned.v1', 'payments.unmatched-returned.v1') and data->>'endToEndId' = $1`,
        [endToEndId],
      ),
    ([row]) => row!.records > 0,
  );
  assert.equal(told[0]!.records, 1);
}

const moneyIn = (point: string) =>
  credited(async () => {
    const key = await keyOf(payee);
    await stage.dieAt(point, async () => becomes(await send(key), 'credited'));
  });

const refusedCredit = async (point: string, lost: object = {}) => {
  closed ??= await closedAccount();
  await faults(lost);
  await givenBack(() =>
    stage.dieAt(point, async () => {
      const endToEndId = await send(closed!.pixKey);
      await becomes(endToEndId, 'returned');
      return endToEndId;
    }),
  );
};

/** A part of it went back by hand, so that the provider will not take the whole. */
async function refusedReturn(point: string): Promise<void> {
  closed ??= await closedAccount();
  await faults({ webhook: { delayMs: 700 } });
  await stage.dieAt(point, async () => {
    const endToEndId = await send(closed!.pixKey);
    const returnId = `D12345678202611211200${randomUUID().replaceAll('-', '').slice(0, 11)}`;
    await stage.sandbox.call('POST', '/spi/returns', { returnId, endToEndId, amount: '0.01', reason: 'BE08' });
    await becomes(endToEndId, 'return-refused');
  });
}

/** Nobody's key: it stands, and goes home when a person says so. */
async function nobodys(point: string): Promise<void> {
  const key = `ninguem.${randomUUID().slice(0, 8)}@exemplo.com.br`;
  const isDecision = point.includes('unmatched>');
  await givenBack(async () => {
    const arrive = async () => {
      const endToEndId = await send(key);
      await becomes(endToEndId, 'unmatched');
      return endToEndId;
    };
    const endToEndId = isDecision ? await arrive() : await stage.dieAt(point, arrive);
    const sendHome = async () => {
      await decide(endToEndId, 'give-back');
      await becomes(endToEndId, 'returned');
    };
    await (isDecision ? stage.dieAt(point, sendHome) : sendHome());
    return endToEndId;
  });
}

/** The key was nobody's when it came, and is somebody's later; announced with another amount, a person has to say so, too. */
async function foundLater(point: string): Promise<void> {
  const isOther = point.includes('>mismatched');
  await credited(async () => {
    const key = await keyOf(payee);
    const [account] = await stage.database.admin<{ subject: string; hash: Buffer }>(
      'select subject_id as subject, pix_key_hash as hash from payments.accounts order by number limit 1',
    );
    await stage.database.admin('update payments.accounts set pix_key_hash = null where subject_id = $1', [account!.subject]);
    if (isOther) await faults({ webhook: { amountOther: { count: 1 } } });
    const endToEndId = await send(key);
    await becomes(endToEndId, 'unmatched');
    await stage.dieAt(point, async () => {
      await stage.database.admin('update payments.accounts set pix_key_hash = $2 where subject_id = $1', [account!.subject, account!.hash]);
      await decide(endToEndId, null);
      await becomes(endToEndId, isOther ? 'mismatched' : 'credited');
    });
    if (isOther) await decide(endToEndId, 'match');
    await becomes(endToEndId, 'credited');
  });
}

/** Announced with another amount than the provider tells when asked. */
async function otherAmount(point: string): Promise<void> {
  const isArrival = point.includes('announced>');
  const isHome = point.includes('>returning');
  const arrive = async () => {
    await faults({ webhook: { amountOther: { count: 1 } } });
    const endToEndId = await send(await keyOf(payee));
    await becomes(endToEndId, 'mismatched');
    return endToEndId;
  };
  const end = async (): Promise<string> => {
    const endToEndId = isArrival ? await stage.dieAt(point, arrive) : await arrive();
    const carryOut = async () => {
      await decide(endToEndId, isHome ? 'give-back' : 'match');
      await becomes(endToEndId, isHome ? 'returned' : 'credited');
    };
    await (isArrival ? carryOut() : stage.dieAt(point, carryOut));
    return endToEndId;
  };
  await (isHome ? givenBack(end) : credited(end));
}

/** A newcomer's empty account, closed in the ledger; its key is still in the directory. */
async function closedAccount(): Promise<{ pixKey: string }> {
  const person = await fundedPerson(stage.baseUrl, cpfFrom(520_400_001), 0n, stage.sandbox);
  const { account } = await home(person);
  const [row] = await stage.database.admin<{ id: string }>(
    'select ledger_account_id as id from payments.accounts order by created_at desc limit 1',
  );
  const basic = Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64');
  const grant = await fetch(`${stage.baseUrl}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ledger:write' }),
  });
  const { access_token: token } = (await grant.json()) as { access_token: string };
  const closing = await fetch(`${stage.baseUrl}/v1/ledger/transfers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: randomUUID(), kind: 'account', accountId: row!.id, state: 'closed', reason: 'test' }),
  });
  assert.ok(closing.ok, await closing.text());
  return { pixKey: account.pixKey };
}

const SITUATIONS: Situation[] = [
  [/\/(>announced|ask-receipt|credit|announced>matched|matched>credited):/, moneyIn],
  [/\/(set-aside|return|book-return|matched>returning|returning>set-aside|set-aside>sent-back|sent-back>returned):/, refusedCredit],
  [
    /\/(query-return|set-aside>return-unknown|return-unknown>sent-back):/,
    (point) => refusedCredit(point, { timeoutAfterExecute: { count: 1 } }),
  ],
  [/\/return-unknown>set-aside:/, (point) => refusedCredit(point, { timeoutBeforeExecute: { count: 1 } })],
  [/\/set-aside>return-refused:/, refusedReturn],
  [/\/(announced>unmatched|unmatched>returning):/, nobodys],
  [/\/unmatched>(matched|mismatched):/, foundLater],
  [/\/(announced>mismatched|mismatched>matched|mismatched>returning):/, otherAmount],
];

const people =
  'people decide it on the command line or over HTTP, in one commit with what they said; the decisions have a test of their own';
const neverLater = 'the sandbox refuses a return in its answer, never when asked';
killAtEachPoint({
  points: pointsOf({ name: MACHINE, definitions: [RECEIVING] }, { decide: { inside: true } }),
  situations: SITUATIONS,
  prepare: () => {
    amount += 7n;
  },
  clear: () => stage.clearFaults(),
  unreached: Object.fromEntries(
    ['before', 'after'].flatMap((when) => [
      [`${MACHINE}/return-unknown>return-refused:${when}`, neverLater],
      [`${MACHINE}/return-refused>set-aside:${when}`, people],
      [`${MACHINE}/return-refused>kept:${when}`, people],
    ]),
  ),
  async check() {
    await assertBooksBalance(stage.database);
    await assertProviderAgrees(stage.database, stage.sandbox);
  },
});
