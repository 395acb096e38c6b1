/** Money that arrives for an account that cannot take it goes back to its payer, once, whatever fails on the way. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { systemContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { pointsOf } from '#platform/machine/machine.ts';
import { openWorld, pay, until, type World } from '../../../test/support/payments-world.ts';
import { PIX_RETURNED } from './events.ts';
import { createOwnerFinder } from './incoming/find-owner.ts';
import { RECEIVING } from './incoming/receipt.ts';
import { reconcile } from './reconcile.ts';
import { clearingAccountId, receiptCommandId, receiptName, returnsAccountId } from './record.ts';

type Person = Awaited<ReturnType<World['person']>>;
type Line = { endToEndId: string; returnId?: string; direction: 'in' | 'out'; amount: string; status: string };

let world: World;
let closed: Person;
before(async () => {
  world = await openWorld({ config: { providerTimeoutMs: 500, leaseMs: 800 } });
  closed = await world.person();
  await setState(closed, 'closed');
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

const faults = (body: object) => world.sandboxCall('PUT', '/admin/faults', body);
const house = () => systemContext(world.tenantId, 'test');
const minor = (amount: string) => BigInt(amount.replace('.', ''));

async function setState({ account, ctx }: Person, state: 'closed' | 'frozen'): Promise<void> {
  const accountId = account.ledgerAccountId!;
  const { results } = await world.main.ledger.submit(systemContext(ctx.tenantId, 'test'), {
    commands: [{ id: newId(), kind: 'account', accountId, state, reason: 'test' }],
  });
  assert.equal(results[0]!.outcome, 'done');
}

async function send(to: Person, amount = '12.34'): Promise<string> {
  const body = { payeeKey: to.account.pixKey, amount };
  return (await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', body)).endToEndId;
}

type Row = {
  id: string;
  status: string;
  attempt: number;
  subject_id: string | null;
  return_id: string | null;
  credit_refusal: string | null;
  return_refusal: string | null;
};
const receiptOf = async (endToEndId: string): Promise<Row | undefined> =>
  (await world.database.admin<Row>('select * from payments.receipts where end_to_end_id = $1', [endToEndId]))[0];
const comesTo = (endToEndId: string, status: string): Promise<Row> =>
  until(
    `the receipt ${status}`,
    () => receiptOf(endToEndId),
    (row) => row?.status === status,
  ) as Promise<Row>;

const attemptsAt = async (endToEndId: string): Promise<number> => (await receiptOf(endToEndId))?.attempt ?? 0;

const linesOf = async (endToEndId?: string): Promise<Line[]> => {
  const { lines } = await world.sandboxCall<{ lines: Line[] }>('GET', '/admin/statement');
  return endToEndId === undefined ? lines : lines.filter((line) => line.endToEndId === endToEndId);
};
const posted = async (accountId: string): Promise<bigint> => {
  const { balances } = await world.main.ledger.getBalances(house(), { accountIds: [accountId] });
  return BigInt(balances[0]?.postedMinor ?? 0);
};
const clearing = () => posted(clearingAccountId(world.tenantId));
const owed = () => posted(returnsAccountId(world.tenantId));
/** What the provider holds for us, by its own statement. */
const held = async (): Promise<bigint> =>
  (await linesOf()).reduce((sum, { direction, amount }) => (direction === 'in' ? sum + minor(amount) : sum - minor(amount)), 0n);

/** The one return there is, with the books as the provider's statement has them. */
async function assertReturnedOnce(endToEndId: string, amount: string): Promise<Row> {
  const receipt = await comesTo(endToEndId, 'returned');
  const back = (await linesOf(endToEndId)).filter(({ status }) => status === 'returned');
  assert.deepEqual(
    back.map((line) => [line.returnId, line.amount]),
    [[receipt.return_id, amount]],
  );
  assert.equal(await clearing(), await held());
  return receipt;
}

async function differences() {
  const found = await reconcile(world.main.db, world.fetchStatement, { fromMs: Date.now() - 600_000, toMs: Date.now() + 60_000 });
  return found.map(({ kind, endToEndId, ours }) => `${endToEndId} ${kind} ${ours}`);
}

const listed = async () => (await world.main.face.listReceipts(house(), { limit: 100 })).arrivals.map(({ id }) => id);
const decide = (id: string, decision: 'return-again' | 'keep' | 'give-back', key = newId()) =>
  world.main.face.decideReceipt({ ...house(), idempotencyKey: key }, { receiptId: receiptName(id), decision, reason: 'conferido' });

test('a closed account: the money goes back, nobody’s balance changes, and it is told with ids only', async () => {
  const endToEndId = await send(closed);
  const receipt = await assertReturnedOnce(endToEndId, '12.34');
  assert.match(receipt.return_id!, /^D12345678\d{12}[0-9A-Za-z]{11}$/);
  assert.equal(receipt.credit_refusal, 'LEDGER_ACCOUNT_CLOSED');
  assert.deepEqual([await posted(closed.account.ledgerAccountId!), await owed(), await clearing()], [0n, 0n, 0n]);
  const told = await until(
    'the event',
    () =>
      world.database.admin<{ type: string; data: Record<string, string> }>('select type, data from bus.events where key = $1', [
        receiptName(receipt.id),
      ]),
    (rows) => rows.length > 0,
  );
  assert.deepEqual(
    told.map(({ type }) => type),
    [PIX_RETURNED],
  );
  const { returnedAt, at, ...data } = told[0]!.data;
  assert.ok(Date.parse(returnedAt!) <= Date.parse(at!));
  assert.deepEqual(data, {
    receiptId: receiptName(receipt.id),
    subjectId: closed.subjectId,
    ledgerAccountId: closed.account.ledgerAccountId,
    amountMinor: '1234',
    currency: 'BRL',
    endToEndId,
    returnId: receipt.return_id,
    reason: 'BE08',
    refusal: 'LEDGER_ACCOUNT_CLOSED',
  });
});

test('an open account is credited as ever, and so is a frozen one: the freeze is for what goes out', async () => {
  const [open, frozen] = [await world.person(), await world.person()];
  await setState(frozen, 'frozen');
  for (const person of [open, frozen]) {
    const endToEndId = await send(person, '3.00');
    assert.equal((await comesTo(endToEndId, 'credited')).return_id, null);
    assert.equal(await posted(person.account.ledgerAccountId!), 300n);
    assert.equal((await linesOf(endToEndId)).length, 1);
  }
  assert.equal(await clearing(), await held());
});

test('a time-out after executing leaves the outcome unknown; the query decides, and there is one return', async () => {
  await faults({ timeoutAfterExecute: { count: 1 } });
  const endToEndId = await send(closed, '1.01');
  // By then the arrival has been asked about, so that only questions about the return go unanswered.
  await comesTo(endToEndId, 'set-aside');
  await faults({ timeoutAfterExecute: true, query: { error500: true } });
  await comesTo(endToEndId, 'return-unknown');
  assert.deepEqual(await differences(), [`${endToEndId} returned-not-booked return-unknown`]);
  assert.equal(await owed(), 101n, 'until the provider has spoken it is owed');
  await faults({});
  await assertReturnedOnce(endToEndId, '1.01');
  assert.equal(await owed(), 0n);
});

test('500s before executing: asked, never received, sent again under the same id; clearing is the statement all along', async () => {
  await faults({ error500: true });
  const endToEndId = await send(closed, '1.02');
  const { return_id: first } = await comesTo(endToEndId, 'return-unknown');
  assert.deepEqual([await clearing(), await owed(), await held()], [600n + 102n, 102n, 600n + 102n]);
  assert.deepEqual(await differences(), []);
  await faults({});
  assert.equal((await assertReturnedOnce(endToEndId, '1.02')).return_id, first);
});

test('a 500 after executing, and an answer that comes too late: one return each', async () => {
  await faults({ error500AfterExecute: { count: 1 } });
  await assertReturnedOnce(await send(closed, '1.03'), '1.03');
  await faults({ latencyMs: 900 });
  await assertReturnedOnce(await send(closed, '1.04'), '1.04');
});

test('two processes at once give back once', async (t) => {
  const second = await world.openProcess({ leaseMs: 1 });
  t.after(() => second.close());
  second.startWork();
  const sent = await Promise.all(Array.from({ length: 8 }, (_, n) => send(closed, `2.0${n}`)));
  for (const endToEndId of sent) await comesTo(endToEndId, 'returned');
  for (const [n, endToEndId] of sent.entries()) await assertReturnedOnce(endToEndId, `2.0${n}`);
});

test('a ledger that is away refuses nothing: the money waits, and is credited once it is back', async () => {
  const person = await world.person();
  await world.database.admin('alter table ledger.commands rename to commands_away');
  let endToEndId: string;
  try {
    endToEndId = await send(person, '4.00');
    await until(
      'some tries',
      () => attemptsAt(endToEndId),
      (attempts) => attempts >= 2,
    );
    assert.equal((await receiptOf(endToEndId))!.status, 'matched');
  } finally {
    await world.database.admin('alter table ledger.commands_away rename to commands');
  }
  await comesTo(endToEndId, 'credited');
  assert.equal((await linesOf(endToEndId)).length, 1);
});

test('a payer of another tenant here gets back what the closed account could not take', async () => {
  const ana = await world.person(5_000n);
  const rui = await world.person(0n, 'Rui Barbosa', newId());
  await setState(rui, 'closed');
  const { id, endToEndId } = await pay(world.main.face, ana, 1_500n, rui.account.pixKey!);
  const { return_id: returnId } = await comesTo(endToEndId!, 'returned');
  const arrived = await comesTo(returnId!, 'credited');
  assert.equal(arrived.subject_id, ana.subjectId);
  assert.equal(await posted(ana.account.ledgerAccountId!), 5_000n);
  assert.equal(
    (await world.main.face.getPayment(world.ctx(), { paymentId: id })).status,
    'settled',
    'it was executed, and came back later',
  );
  const { lines } = await world.main.face.getStatement(ana.ctx, { accountId: ana.subjectId, limit: 2 });
  assert.deepEqual(
    lines.map(({ kind, amountMinor, counterparty }) => [kind, amountMinor, counterparty]),
    [
      ['return-in', '1500', 'Rui Barbosa'],
      ['pix-out', '1500', 'Rui Barbosa'],
    ],
  );
  assert.equal(await clearing(), await held());
});

test('a return of a payment that is not ours, or of more than was paid, is credited to nobody', async () => {
  const ana = await world.person(5_000n);
  const { endToEndId } = await pay(world.main.face, ana, 1_500n);
  const paid = await until(
    'the payment settled',
    () => world.database.admin<{ status: string }>('select status from payments.payments where end_to_end_id = $1', [endToEndId]),
    ([row]) => row?.status === 'settled',
  );
  assert.equal(paid.length, 1);
  const findOwner = createOwnerFinder(world.main);
  const ask = async (returnOf: string, amountMinor: bigint) => {
    const found = await findOwner({ returnOf, keyHash: null, subject: null, amountMinor });
    return typeof found === 'string' ? found : found.owner;
  };
  const whose = { tenantId: world.tenantId, subjectId: ana.subjectId, accountId: ana.account.ledgerAccountId };
  assert.deepEqual(await ask(endToEndId!, 1_500n), whose);
  assert.equal(await ask(endToEndId!, 1_501n), 'nobody');
  assert.equal(await ask(endToEndId!.replace(/.$/, '!'), 1_500n), 'nobody');
});

const WAY_BACK =
  /\/(set-aside|return|query-return|book-return|(returning|set-aside|return-unknown|sent-back)>(set-aside|return-unknown|sent-back|returned)|matched>returning):/;
// Never received at all is another situation (`simulation/kill-arrivals`).
const POINTS = pointsOf({ name: 'payments.arrival', definitions: [RECEIVING] }).filter(
  (point) => WAY_BACK.test(point) && !/return-unknown>set-aside|set-aside>sent-back/.test(point),
);
for (const point of POINTS) {
  test(`left at ${point}, another process gives the money back, once`, async (t) => {
    const isUnanswered = /return-unknown|query-return/.test(point);
    let isDead = false;
    const dying = await world.openProcess({}, (name) => {
      isDead ||= name === point;
      if (isDead) throw new Error(`stopped at ${name}`);
    });
    t.after(() => dying.close());
    const [alive, doomed] = [world.main, dying].map(({ module }) => module.workers!.find(({ name }) => name === 'payments.arrival')!);
    await alive!.stop();
    try {
      if (isUnanswered) await faults({ timeoutAfterExecute: { count: 1 } });
      doomed!.start();
      const endToEndId = await send(closed, '5.00');
      await until(
        point,
        async () => isDead,
        (dead) => dead,
      );
      await doomed!.stop();
      alive!.start();
      await assertReturnedOnce(endToEndId, '5.00');
      assert.equal(await owed(), 0n);
    } finally {
      alive!.start();
    }
  });
}

test('in the end books and statement differ in nothing, and each return was told once', async () => {
  assert.deepEqual(await differences(), []);
  const counted = await until(
    'every return told',
    () =>
      world.database.admin<{ returned: number; told: number; events: number }>(
        `select (select count(*)::int from payments.receipts where status = 'returned') as returned,
           count(distinct key)::int as told, count(*)::int as events from bus.events where type = $1`,
        [PIX_RETURNED],
      ),
    ([row]) => row!.told === row!.returned,
  );
  assert.equal(counted[0]!.events, counted[0]!.told);
});

test('what was booked under the receipt’s id already is not given back: people have to look', async () => {
  await faults({ webhook: { delayMs: 500 } });
  const endToEndId = await send(closed, '6.00');
  const other = await world.person();
  const command = {
    kind: 'transfer' as const,
    debitAccountId: clearingAccountId(world.tenantId),
    creditAccountId: other.account.ledgerAccountId!,
  };
  await world.main.ledger.submit(house(), { commands: [{ ...command, id: receiptCommandId(endToEndId), amountMinor: '600' }] });
  await until(
    'some tries',
    () => attemptsAt(endToEndId),
    (attempts) => attempts >= 2,
  );
  assert.deepEqual([(await receiptOf(endToEndId))!.status, (await linesOf(endToEndId)).length], ['matched', 1]);
});

test('a refused return that a person has sent again goes back once, under another id', async () => {
  const owedBefore = await owed();
  await faults({ timeoutBeforeExecute: true });
  const endToEndId = await send(closed, '8.00');
  const { id, return_id: refusedId } = await comesTo(endToEndId, 'return-unknown');
  // As a provider's refusal leaves it.
  await world.database.admin(
    `update payments.receipts set status = 'return-refused', return_refusal = 'AC07', version = version + 1, next_attempt_at = null where id = $1`,
    [id],
  );
  await faults({});
  assert.ok((await listed()).includes(receiptName(id)));
  const key = newId();
  const [first, again] = await Promise.all([decide(id, 'return-again', key), decide(id, 'return-again', key)]);
  assert.deepEqual(first.body, again.body);
  const returned = await assertReturnedOnce(endToEndId, '8.00');
  assert.notEqual(returned.return_id, refusedId);
  assert.equal(await owed(), owedBefore);
  const { steps } = await world.main.face.getReceipt(house(), { receiptId: receiptName(id) });
  const decision = steps.find(({ step }) => step === 'decision')!;
  assert.deepEqual([decision.reason, decision.outcome.refused, decision.outcome.returnId], ['conferido', refusedId, returned.return_id]);
});

test('a return that the provider refuses stays for people, and what is owed stays on the books', async () => {
  await faults({ webhook: { delayMs: 500 } });
  const endToEndId = await send(closed, '7.00');
  const part = { returnId: `D12345678202611211200${'a'.repeat(11)}`, endToEndId, amount: '0.01', reason: 'BE08' };
  await world.sandboxCall('POST', '/spi/returns', part);
  assert.equal((await comesTo(endToEndId, 'return-refused')).return_refusal, 'RETURN_EXCEEDS_RECEIPT');
  assert.equal(await owed(), 700n);
  const kinds = (await differences()).filter((line) => line.startsWith(endToEndId)).map((line) => line.split(' ')[1]);
  assert.deepEqual(kinds.sort(), ['received-not-credited', 'returned-not-booked']);
  // A person keeps it: listed no more, still owed, and the arrival is no difference any more.
  const { id } = (await receiptOf(endToEndId))!;
  await assert.rejects(decide(id, 'give-back'), { code: 'PAYMENTS_RECEIPT_NOT_STANDING' });
  assert.equal((await decide(id, 'keep')).body.status, 'return-refused');
  await comesTo(endToEndId, 'kept');
  assert.equal(await owed(), 700n);
  assert.ok(!(await listed()).includes(receiptName(id)));
  const left = (await differences()).filter((line) => line.startsWith(endToEndId)).map((line) => line.split(' ')[1]);
  assert.deepEqual(left, ['returned-not-booked'], 'the part that went back by another way');
  await assert.rejects(decide(id, 'return-again'), { code: 'PAYMENTS_RECEIPT_NOT_STANDING' });
});
