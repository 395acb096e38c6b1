/** The kill test of devoluções: at every point of their table the process dies, and the money is back with its payer once, or on the account. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { pointsOf } from '#platform/machine/machine.ts';
import { cpfFrom, type Person, until } from '../../../scripts/lib/person.ts';
import { DEVOLVING } from '../../src/modules/payments/devolucao/devolucao.ts';
import { receiptName } from '../../src/modules/payments/record.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import { killAtEachPoint, type Situation } from './kill-points.ts';
import {
  assertBooksBalance,
  assertProviderAgrees,
  decimal,
  fundedPerson,
  type Home,
  payAndWait,
  type Statement,
  whileDown,
} from './money-checks.ts';

const MACHINE = 'payments.devolucao';
let stage: CrashStage;
let giver: Person;
let payer: Person;
let amount = 1_000n;

before(async () => {
  stage = await openCrashStage();
  giver = await fundedPerson(stage.baseUrl, cpfFrom(520_500_001), 0n, stage.sandbox);
  payer = await fundedPerson(stage.baseUrl, cpfFrom(520_500_002), 1_000_000n, stage.sandbox);
});
after(() => stage?.close());

const home = (person: Person) => whileDown(() => person.get<Home>('/bff/v1/home'), true);
const available = async (person: Person) => BigInt((await home(person)).balance.availableMinor);
const faults = (what: object) => stage.sandbox.call('PUT', '/admin/faults', what);
type Received = { receiptId: string; endToEndId: string };

/** A Pix from outside, credited. */
async function receive(): Promise<Received> {
  const { account } = await home(giver);
  const order = { payeeKey: account.pixKey, amount: decimal(amount) };
  const { endToEndId } = await stage.sandbox.call<{ endToEndId: string }>('POST', '/admin/receive', order);
  const [row] = await until(
    'the credit',
    () =>
      stage.database.admin<{ id: string; status: string }>('select id, status from payments.receipts where end_to_end_id = $1', [
        endToEndId,
      ]),
    ([one]) => one?.status === 'credited',
    40_000,
  );
  return { receiptId: receiptName(row!.id), endToEndId };
}
const give = async (receiptId: string, key: string = randomUUID()): Promise<string> =>
  (await whileDown(() => giver.post<{ id: string }>(201, '/bff/v1/pix/returns', { receiptId, amountMinor: String(amount) }, key), true)).id;
const becomes = (id: string, status: string) =>
  until(
    `the devolução ${status}`,
    () => whileDown(() => giver.get<{ status: string }>(`/bff/v1/pix/returns/${id}`), true),
    (one) => one.status === status,
    40_000,
  );
const backs = async (endToEndId: string) =>
  (await stage.sandbox.call<Statement>('GET', '/admin/statement')).lines.filter(
    (line) => line.endToEndId === endToEndId && line.status === 'returned',
  );

/** Back with its payer once, off the account once, and whoever keeps records was told once. */
async function givenBack(act: (received: Received) => Promise<string>): Promise<void> {
  const before = await available(giver);
  const received = await receive();
  const id = await act(received);
  await becomes(id, 'settled');
  assert.deepEqual(
    (await backs(received.endToEndId)).map((line) => line.amount),
    [decimal(amount)],
  );
  assert.equal(await available(giver), before);
  await assertTold(id, 'settled');
}

async function assertTold(id: string, status: string): Promise<void> {
  const told = await until(
    'the record',
    () =>
      stage.database.admin<{ records: number }>(
        `select count(*)::int as records from audit.records
         where event_type = 'payments.devolucao-progressed.v1' and data->>'devolucaoId' = $1 and data->>'status' = $2 and data->>'direction' = 'out'`,
        [id, status],
      ),
    ([row]) => row!.records > 0,
  );
  assert.equal(told[0]!.records, 1);
}

const goesBack = (lost: object) => (point: string) =>
  givenBack(async ({ receiptId }) => {
    await faults(lost);
    return stage.dieAt(point, async () => {
      const id = await give(receiptId);
      await becomes(id, 'settled');
      return id;
    });
  });

/** Between two customers here. */
async function onUs(point: string): Promise<void> {
  const { account } = await home(giver);
  const { settled } = payAndWait(payer, account.pixKey, amount, { retryWhileDown: false });
  const receiptId = (await settled).id.replace('pay_', 'rcv_');
  const before = [await available(giver), await available(payer)];
  const id = await stage.dieAt(point, async () => {
    const made = await give(receiptId);
    await becomes(made, 'settled');
    return made;
  });
  assert.deepEqual([await available(giver), await available(payer)], [before[0]! - amount, before[1]! + amount]);
  await assertTold(id, 'settled');
}

/** A part of it went back by hand, so that the provider will not take the whole: the money is on the account again. */
async function refused(point: string): Promise<void> {
  const { receiptId, endToEndId } = await receive();
  const before = await available(giver);
  const returnId = `D12345678202611211200${randomUUID().replaceAll('-', '').slice(0, 11)}`;
  await stage.sandbox.call('POST', '/spi/returns', { returnId, endToEndId, amount: '0.01', reason: 'MD06' });
  const id = await stage.dieAt(point, async () => {
    const made = await give(receiptId);
    await becomes(made, 'failed');
    return made;
  });
  assert.equal(await available(giver), before);
  await assertTold(id, 'failed');
}

/** Nothing is left on the account to give back. */
async function spent(point: string): Promise<void> {
  const { receiptId } = await receive();
  const { account } = await home(payer);
  await payAndWait(giver, account.pixKey, await available(giver), { retryWhileDown: false }).settled;
  const id = await stage.dieAt(point, async () => {
    const made = await give(receiptId);
    await becomes(made, 'declined');
    return made;
  });
  assert.equal(await available(giver), 0n);
  await assertTold(id, 'declined');
}

/** Executed, and nobody tells until its time is up: then for people, and a late word ends it. */
const late = (point: string) =>
  givenBack(async ({ receiptId }) => {
    await faults({ timeoutAfterExecute: { count: 1 }, query: { error500: true } });
    const id = await give(receiptId);
    await becomes(id, 'unknown');
    const makeDue = (more: string) =>
      stage.database.admin(
        `update payments.devolucoes set next_attempt_at = now(), version = version + 1${more} where id = (select max(id::text)::uuid from payments.devolucoes)`,
      );
    const timeIsUp = async () => {
      await makeDue(`, must_end_by = now() - interval '1 second'`);
      await becomes(id, 'stuck');
    };
    const lateWord = async () => {
      await stage.sandbox.call('DELETE', '/admin/faults');
      await makeDue('');
      await becomes(id, 'settled');
    };
    if (point.includes('unknown>stuck')) await stage.dieAt(point, timeIsUp);
    else await timeIsUp();
    await (point.includes('stuck>executed') ? stage.dieAt(point, lateWord) : lateWord());
    return id;
  });

const SITUATIONS: Situation[] = [
  [/\/(>created|hold|send-return|post|created>held|held>executed|executed>settled):/, goesBack({})],
  [/\/(query-return|held>unknown|unknown>executed):/, goesBack({ timeoutAfterExecute: { count: 1 } })],
  [/\/unknown>held:/, goesBack({ timeoutBeforeExecute: { count: 1 } })],
  [/\/(transfer|created>settled):/, onUs],
  [/\/(release|held>rejected|rejected>failed):/, refused],
  [/\/created>declined:/, spent],
  [/\/(unknown>stuck|stuck>executed):/, late],
];

const neverLater = 'the sandbox refuses a return in its answer, never when asked';
const people =
  'the ledger refuses to end it only after somebody else ended its hold; that a decision is carried out once is asked of the engine';
const unreached = {
  'unknown>rejected': neverLater,
  'stuck>rejected': neverLater,
  'executed>unbooked': people,
  'rejected>unbooked': people,
};
killAtEachPoint({
  points: pointsOf({ name: MACHINE, definitions: [DEVOLVING] }),
  situations: SITUATIONS,
  prepare: () => {
    amount += 7n;
  },
  clear: () => stage.clearFaults(),
  unreached: Object.fromEntries(
    Object.entries({ ...unreached, 'unbooked>executed': people, 'unbooked>rejected': people }).flatMap(([move, why]) =>
      ['before', 'after'].map((when) => [`${MACHINE}/${move}:${when}`, why]),
    ),
  ),
  async check() {
    await assertBooksBalance(stage.database);
    await assertProviderAgrees(stage.database, stage.sandbox);
  },
});
