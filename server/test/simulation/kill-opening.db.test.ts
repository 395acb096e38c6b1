/** The kill test of the opening of accounts: at every point of its table the process dies, and the account opens, once. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { pointsOf } from '#platform/machine/machine.ts';
import { cpfFrom, until } from '../../../scripts/lib/person.ts';
import { OPENING } from '../../src/modules/payments/opening/opening.ts';
import { type CrashStage, openCrashStage } from './crash-stage.ts';
import { killAtEachPoint } from './kill-points.ts';
import { assertBooksBalance, fundedPerson, type Home } from './money-checks.ts';

const MACHINE = { name: 'payments.account-opening', definitions: [OPENING] };
const AMOUNT = 1_000n;
let stage: CrashStage;
let newcomers = 0;
before(async () => {
  stage = await openCrashStage();
});
after(() => stage?.close());

const join = () => fundedPerson(stage.baseUrl, cpfFrom(520_200_000 + ++newcomers), AMOUNT, stage.sandbox);

/** A newcomer's account opens, once: its key is known, and what is sent to it arrives. */
async function opening(point: string): Promise<void> {
  const person = await stage.dieAt(point, join);
  const { balance } = await person.get<Home>('/bff/v1/home');
  assert.equal(balance.availableMinor, String(AMOUNT));
  await assertTold();
}

/** Its time was up before it opened: it stands for people, whoever dies. */
async function late(point: string): Promise<void> {
  const [, from] = point.match(/\/(\w+)>/)!;
  await join();
  const { subjectId } = await newest();
  await stage.dieAt(point, async () => {
    await putBack(subjectId, from!, `must_end_by = now() - interval '1 second'`);
    await becomes(subjectId, 'stuck');
  });
  const steps = await stage.database.admin(`select from payments.account_steps where subject_id = $1 and status_after = 'stuck'`, [
    subjectId,
  ]);
  assert.equal(steps.length, 1);
  await putBack(subjectId, 'opening', `must_end_by = now() + interval '1 day'`);
  await becomes(subjectId, 'open');
}

/** The person was erased before the account was open. */
async function erased(point: string): Promise<void> {
  const [, from] = point.match(/\/(\w+)>/)!;
  await join();
  const { subjectId } = await newest();
  await stage.database.admin('update vault.subject_keys set wrapped_key = null, destroyed_at = now() where subject_id = $1', [subjectId]);
  // Keys are remembered for a while by the process: a new one has to ask.
  await stage.dieAt('payments.account-opening/open-ledger-account:before', () => putBack(subjectId, 'opening', 'attempt = 0'));
  await becomes(subjectId, 'abandoned');
  await stage.dieAt(point, async () => {
    await putBack(subjectId, from!, 'attempt = 0');
    await becomes(subjectId, 'abandoned');
  });
  // Nothing is left of the person to name the account by: the rest of this file has no use for it.
  await stage.database.admin('delete from payments.accounts where subject_id = $1', [subjectId]);
}

/** As a crash leaves it there. */
const putBack = (subjectId: string, status: string, more: string) =>
  stage.database.admin(
    `update payments.accounts set status = $2, version = version + 1, next_attempt_at = now(), lease_owner = null, lease_until = null, ${more}
     where subject_id = $1`,
    [subjectId, status],
  );
const becomes = (subjectId: string, status: string) =>
  until(
    `the account ${status}`,
    () => stage.database.admin<{ status: string }>('select status from payments.accounts where subject_id = $1', [subjectId]),
    ([row]) => row?.status === status,
    30_000,
  );
async function newest(): Promise<{ subjectId: string }> {
  const [row] = await stage.database.admin<{ subjectId: string }>(
    'select subject_id as "subjectId" from payments.accounts order by number desc limit 1',
  );
  return row!;
}

/** Everybody was told of each account that opened, once. */
async function assertTold(): Promise<void> {
  const told = () =>
    stage.database.admin<{ subject: string; times: number }>(
      `select data->>'subjectId' as subject, count(*)::int as times from audit.records
       where event_type = 'payments.account-opened.v1' group by 1`,
    );
  const { subjectId } = await newest();
  const all = await until('the news', told, (rows) => rows.some(({ subject }) => subject === subjectId));
  assert.deepEqual(
    all.filter(({ times }) => times !== 1),
    [],
  );
}

const people = 'people decide it on the command line, whose process is another; that a decision is carried out once is asked of the engine';
killAtEachPoint({
  points: pointsOf(MACHINE),
  situations: [
    [/\/(>opening|open-ledger-account|register-key|opening>booked|booked>open):/, opening],
    [/\/(opening|booked)>stuck:/, late],
    [/\/(opening|booked)>abandoned:/, erased],
  ],
  unreached: Object.fromEntries(
    ['stuck>opening', 'stuck>abandoned'].flatMap((move) =>
      ['before', 'after'].map((when) => [`payments.account-opening/${move}:${when}`, people]),
    ),
  ),
  check: () => assertBooksBalance(stage.database),
});
