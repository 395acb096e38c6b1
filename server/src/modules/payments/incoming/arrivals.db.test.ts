/** Money that comes in reaches an end, whatever was lost, early, or nobody's. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { openWorld, until, type World } from '../../../../test/support/payments-world.ts';
import { homeTenantOf } from '../deps.ts';
import { clearingAccountId, receiptName, returnsAccountId } from '../record.ts';
import { insertReceipts } from '../store/receipts.ts';

type Person = Awaited<ReturnType<World['person']>>;
type Line = { endToEndId: string; returnId?: string; direction: 'in' | 'out'; amount: string; status: string };
type Row = { id: string; status: string; tenant_id: string; found_by: string; attempt: number; return_id: string | null };

const HOME = homeTenantOf({});
const operator: CallContext = { tenantId: HOME, actor: { kind: 'service', id: 'operador-7' } };
let world: World;
before(async () => {
  world = await openWorld({ config: { providerTimeoutMs: 500, leaseMs: 800 }, jobs: ['arrivals', 'arrivals-again'] });
});
after(() => world?.close());
afterEach(() => world?.sandboxCall('DELETE', '/admin/faults'));

const faults = (body: object) => world.sandboxCall('PUT', '/admin/faults', body);
async function send(payeeKey: string, amount = '12.34'): Promise<string> {
  return (await world.sandboxCall<{ endToEndId: string }>('POST', '/admin/receive', { payeeKey, amount })).endToEndId;
}
const rowOf = async (endToEndId: string): Promise<Row | undefined> =>
  (await world.database.admin<Row>('select * from payments.receipts where end_to_end_id = $1', [endToEndId]))[0];
const comesTo = (endToEndId: string, status: string): Promise<Row> =>
  until(
    `the receipt ${status}`,
    () => rowOf(endToEndId),
    (row) => row?.status === status,
  ) as Promise<Row>;
const posted = async (tenantId: string, accountId: string): Promise<bigint> => {
  const { balances } = await world.main.ledger.getBalances({ ...operator, tenantId }, { accountIds: [accountId] });
  return BigInt(balances[0]?.postedMinor ?? 0);
};
const balanceOf = ({ ctx, account }: Person) => posted(ctx.tenantId, account.ledgerAccountId!);
const nobodysKey = () => `ninguem.${newId()}@exemplo.com.br`;
const decide = (receiptId: string, more: object, key = newId()) =>
  world.main.face.decideReceipt({ ...operator, idempotencyKey: key }, {
    receiptId,
    reason: 'Cliente provou que a chave era dele',
    ...more,
  } as Parameters<World['main']['face']['decideReceipt']>[1]);
const isRefusedWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

test('lost announcements lose no money: the statement tells of it, and it is credited once', async () => {
  const ana = await world.person();
  await faults({ webhook: { never: true } });
  const sent = await Promise.all(Array.from({ length: 6 }, (_, n) => send(ana.account.pixKey!, `1.0${n}`)));
  for (const endToEndId of sent) assert.equal((await comesTo(endToEndId, 'credited')).found_by, 'statement');
  await faults({});
  const announced = await send(ana.account.pixKey!, '2.00');
  await comesTo(announced, 'credited');
  // The statement is read again and again meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(await balanceOf(ana), 615n + 200n);
  const [counted] = await world.database.admin<{ rows: number }>(
    'select count(*)::int as rows from payments.receipts where end_to_end_id = any($1)',
    [[...sent, announced]],
  );
  assert.equal(counted!.rows, 7);
});

test('a statement that fails, lags, or tells of a line only later is read again: nothing is passed over', async () => {
  const ana = await world.person();
  await faults({ webhook: { never: true }, statement: { error500: { count: 3 } } });
  const first = await send(ana.account.pixKey!, '1.00');
  await comesTo(first, 'credited');
  await faults({ webhook: { never: true }, statement: { lagMs: 60_000 } });
  const lagging = await send(ana.account.pixKey!, '2.00');
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(await rowOf(lagging), undefined);
  await faults({ webhook: { never: true }, statement: { lateMs: 1_500 } });
  const late = await send(ana.account.pixKey!, '4.00');
  for (const endToEndId of [lagging, late]) await comesTo(endToEndId, 'credited');
  assert.equal(await balanceOf(ana), 700n);
});

test('money for an account that is opening waits for it: the key is known here before anybody can pay to it', async () => {
  const ana = await world.person();
  const { subjectId, account } = ana;
  // As a crash leaves it after the directory took the key, and before the account was written as open.
  await world.database.admin(
    `update payments.accounts set status = 'opening', next_attempt_at = now() + interval '1 hour' where subject_id = $1`,
    [subjectId],
  );
  const endToEndId = await send(account.pixKey!, '7.00');
  await until(
    'some tries',
    () => rowOf(endToEndId),
    (row) => row !== undefined && row.attempt >= 2,
  );
  assert.equal((await rowOf(endToEndId))!.status, 'announced');
  await world.database.admin('update payments.accounts set next_attempt_at = now() where subject_id = $1', [subjectId]);
  await comesTo(endToEndId, 'credited');
  assert.equal(await balanceOf(ana), 700n);
});

const OPENER = 'payments.account-opening';
for (const point of ['register-key:before', 'register-key:after', 'booked>open:before']) {
  test(`left at ${point} while opening: whoever can be paid is known to be ours`, async (t) => {
    const ana = await world.person();
    await world.database.admin(
      `update payments.accounts set status = 'opening', pix_key_hash = null, next_attempt_at = now() + interval '1 hour' where subject_id = $1`,
      [ana.subjectId],
    );
    const opener = world.main.module.workers!.find(({ name }) => name === OPENER)!;
    await opener.stop();
    let isDead = false;
    const dying = await world.openProcess({}, (name) => {
      isDead ||= name === `${OPENER}/${point}`;
      if (isDead) throw new Error(`stopped at ${name}`);
    });
    t.after(async () => {
      opener.start();
      await dying.close();
    });
    const doomed = dying.module.workers!.find(({ name }) => name === OPENER)!;
    await world.database.admin('update payments.accounts set next_attempt_at = now() where subject_id = $1', [ana.subjectId]);
    doomed.start();
    await until(
      point,
      async () => isDead,
      (dead) => dead,
    );
    await doomed.stop();
    const endToEndId = await send(ana.account.pixKey!, '3.00');
    await until(
      'some tries',
      () => rowOf(endToEndId),
      (row) => row !== undefined && row.attempt >= 1,
    );
    assert.equal((await rowOf(endToEndId))!.status, 'announced', 'it waits, and is nobody’s at no time');
    await world.database.admin('update payments.accounts set next_attempt_at = now() where subject_id = $1', [ana.subjectId]);
    opener.start();
    await comesTo(endToEndId, 'credited');
    assert.equal(await balanceOf(ana), 300n);
  });
}

test('what was nobody’s is credited once its key is somebody’s', async () => {
  const ana = await world.person();
  await world.database.admin(
    `update payments.accounts set status = 'opening', pix_key_hash = null, next_attempt_at = now() + interval '1 hour' where subject_id = $1`,
    [ana.subjectId],
  );
  const endToEndId = await send(ana.account.pixKey!, '9.00');
  await comesTo(endToEndId, 'unmatched');
  await world.database.admin('update payments.accounts set next_attempt_at = now() where subject_id = $1', [ana.subjectId]);
  await comesTo(endToEndId, 'credited');
  assert.equal(await balanceOf(ana), 900n);
});

test('a person gives nobody’s money to its owner: listed with its age, once for a key, who and why on record', async () => {
  const owner = await world.person(0n, 'Rui Barbosa', HOME);
  const endToEndId = await send(nobodysKey(), '11.11');
  const { id } = await comesTo(endToEndId, 'unmatched');
  const name = receiptName(id);
  const listed = (await world.main.face.listReceipts(operator, { limit: 100 })).arrivals.find((one) => one.id === name)!;
  assert.deepEqual([listed.status, listed.amountMinor, listed.endToEndId, listed.ageSeconds >= 0], ['unmatched', '1111', endToEndId, true]);
  const seen = await world.main.face.getReceipt(operator, { receiptId: name });
  assert.ok(seen.payerName && seen.payeeKeyMasked?.includes('@exemplo.com.br'), 'what a person needs to decide');
  await assert.rejects(decide(name, { decision: 'match' }), isRefusedWith('PAYMENTS_RECEIPT_NEEDS_PERSON'));
  await assert.rejects(decide(name, { decision: 'match', accountId: newId() }), isRefusedWith('PAYMENTS_NO_ACCOUNT'));
  await assert.rejects(
    decide(name, { decision: 'match', accountId: owner.subjectId, reason: 'x\u202ey' }),
    isRefusedWith('PLATFORM_BAD_REQUEST'),
  );
  await assert.rejects(
    world.main.face.decideReceipt(world.ctx({ idempotencyKey: newId() }), {
      receiptId: name,
      decision: 'give-back',
      reason: 'de outro lugar',
    }),
    isRefusedWith('PAYMENTS_RECEIPT_NOT_FOUND'),
  );
  const key = newId();
  const [first, again] = await Promise.all([1, 2].map(() => decide(name, { decision: 'match', accountId: owner.subjectId }, key)));
  assert.deepEqual(first!.body, again!.body);
  assert.equal([first, again].filter((one) => one!.replayed).length, 1);
  await comesTo(endToEndId, 'credited');
  assert.equal(await balanceOf(owner), 1_111n);
  await assert.rejects(decide(name, { decision: 'give-back' }), isRefusedWith('PAYMENTS_RECEIPT_NOT_STANDING'));
  const { steps } = await world.main.face.getReceipt(operator, { receiptId: name });
  assert.deepEqual(
    steps.map(({ step, statusAfter, by, reason }) => [step, statusAfter, by.id, reason]),
    [
      ['ask-receipt', 'unmatched', 'payments', null],
      ['decision', 'unmatched', 'operador-7', 'Cliente provou que a chave era dele'],
      ['ask-receipt', 'matched', 'payments', null],
      ['credit', 'credited', 'payments', null],
    ],
  );
});

test('a person sends nobody’s money home, and so does time; each once, on the books all the way', async (t) => {
  const decided = await send(nobodysKey(), '5.55');
  const { id } = await comesTo(decided, 'unmatched');
  await decide(receiptName(id), { decision: 'give-back' });
  await comesTo(decided, 'returned');
  const impatient = await world.openProcess({ unmatchedReturnAfterMs: 1 });
  t.after(() => impatient.close());
  const [patient, hasty] = [world.main, impatient].map(({ module }) => module.workers!.find(({ name }) => name === 'payments.arrival')!);
  const overdue = await send(nobodysKey(), '6.66');
  await comesTo(overdue, 'unmatched');
  await patient!.stop();
  t.after(() => patient!.start());
  hasty!.start();
  t.after(() => hasty!.stop());
  await world.database.admin('update payments.receipts set next_attempt_at = now() where end_to_end_id = $1', [overdue]);
  await comesTo(overdue, 'returned');
  const { lines } = await world.sandboxCall<{ lines: Line[] }>('GET', '/admin/statement');
  for (const [endToEndId, amount] of [
    [decided, '5.55'],
    [overdue, '6.66'],
  ]) {
    const back = lines.filter((line) => line.endToEndId === endToEndId && line.status === 'returned');
    assert.deepEqual(
      back.map((line) => line.amount),
      [amount],
    );
  }
  assert.equal(await posted(HOME, returnsAccountId(HOME)), 0n);
  const events = await until(
    'the events',
    () =>
      world.database.admin<{ why: string; amount: string }>(
        `select data->>'why' as why, data->>'amountMinor' as amount from bus.events where type = 'payments.unmatched-returned.v1' order by position`,
      ),
    (rows) => rows.length === 2,
  );
  assert.deepEqual(
    events.map(({ why, amount }) => [why, amount]),
    [
      ['PAYMENTS_DECIDED', '555'],
      ['PAYMENTS_UNMATCHED', '666'],
    ],
  );
});

test('another amount than announced: a person takes the provider’s word, or sends it home', async () => {
  const ana = await world.person(0n, 'Ana', HOME);
  await faults({ webhook: { never: true }, statement: { error500: true } });
  const announce = async (amount: string) => {
    const endToEndId = await send(ana.account.pixKey!, amount);
    await world.main.db.tx({ module: 'payments', system: true }, (tx) =>
      insertReceipts(tx, [{ id: newId(), tenantId: HOME, endToEndId, announcedMinor: 1n, foundBy: 'announcement', connection: 'pix' }]),
    );
    return { endToEndId, name: receiptName((await comesTo(endToEndId, 'mismatched')).id) };
  };
  const before = await posted(HOME, clearingAccountId(HOME));
  const [taken, sentHome] = [await announce('8.00'), await announce('9.00')];
  await decide(taken.name, { decision: 'match' });
  await comesTo(taken.endToEndId, 'credited');
  await decide(sentHome.name, { decision: 'give-back' });
  await comesTo(sentHome.endToEndId, 'returned');
  assert.deepEqual([await balanceOf(ana), await posted(HOME, clearingAccountId(HOME))], [800n, before + 800n]);
});

test('the list is paged, oldest first, each once', async () => {
  const sent = await Promise.all(Array.from({ length: 5 }, () => send(nobodysKey(), '0.01')));
  for (const endToEndId of sent) await comesTo(endToEndId, 'unmatched');
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await world.main.face.listReceipts(operator, { status: 'unmatched', limit: 2, ...(cursor ? { cursor } : {}) });
    seen.push(...page.arrivals.map(({ endToEndId }) => endToEndId));
    if (page.next === null) break;
    cursor = page.next;
  }
  assert.equal(new Set(seen).size, seen.length);
  for (const endToEndId of sent) assert.ok(seen.includes(endToEndId));
  for (const cursor of ['', 'x', Buffer.from('1/2/3').toString('base64url'), Buffer.from('99999999999999999/x').toString('base64url')])
    await assert.rejects(world.main.face.listReceipts(operator, { limit: 2, cursor }), isRefusedWith('PLATFORM_BAD_REQUEST'));
});

test('announced without an amount: the statement is the second word on it, and one word alone is not credited', async () => {
  const ana = await world.person();
  await faults({ webhook: { amountMissing: true }, statement: { error500: { count: 4 } } });
  await comesTo(await send(ana.account.pixKey!, '3.00'), 'credited');
  await faults({ webhook: { amountMissing: true }, query: { amountOther: true } });
  await comesTo(await send(ana.account.pixKey!, '5.00'), 'mismatched');
  assert.equal(await balanceOf(ana), 300n);
});
