import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { defaultCategoryId } from '../books/domain/chart.ts';
import type { NewRule } from './contract.ts';
import { NOON, newShop, openTitles, type TitlesTest, TODAY } from './titles.fixture.ts';

const DAY_MS = 86_400_000;
let world: TitlesTest;
before(async () => {
  world = await openTitles();
});
beforeEach(() => world.clock.set(NOON));
after(() => world?.close());

const refused = (code: string) => (error: { code?: string }) => {
  assert.equal(error.code, code, String(error));
  return true;
};
const rent = (more: Partial<NewRule> = {}): NewRule => ({
  kind: 'payable',
  description: 'Aluguel',
  amountMinor: '350000',
  category: 'rent',
  place: 'drawer',
  schedule: { firstOn: '2026-01-31', unit: 'month' },
  leadDays: 0,
  ...more,
});

async function shopWith(rule: NewRule) {
  const { accountId, ctx } = newShop();
  const made = await world.face.createRule(ctx(), { accountId, rule });
  const on = { accountId, ruleId: made.id };
  const listed = async () => (await world.face.listTitles(ctx(), { accountId, ruleId: made.id, limit: 200 })).titles;
  const due = async () => (await listed()).map(({ dueOn, amountMinor, status }) => [dueOn, amountMinor, status] as const);
  return { accountId, ctx, rule: made, on, listed, due };
}

test('a rule makes at once what is due, and says what comes next; the same key makes one rule', async () => {
  const { accountId, ctx } = newShop();
  const key = ctx();
  const made = await world.face.createRule(key, { accountId, rule: rent() });
  assert.deepEqual(await world.face.createRule(key, { accountId, rule: rent() }), made);
  assert.deepEqual(
    made.next.map(({ n, dueOn }) => [n, dueOn]),
    [
      [2, '2026-03-31'],
      [3, '2026-04-30'],
      [4, '2026-05-31'],
    ],
  );
  const { titles } = await world.face.listTitles(ctx(), { accountId, limit: 10 });
  assert.deepEqual(
    titles.map(({ dueOn }) => dueOn),
    ['2026-01-31', '2026-02-28'],
  );
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'rent')), '700000');
});

test('complaint 14: however often and by however many the job runs, an occurrence is made once', async () => {
  const { due, accountId, ctx } = await shopWith(rent());
  world.clock.set(NOON + 30 * DAY_MS);
  await Promise.all(Array.from({ length: 5 }, () => world.process().makeOccurrences()));
  await world.makeOccurrences();
  assert.deepEqual(
    (await due()).map(([date]) => date),
    ['2026-01-31', '2026-02-28', '2026-03-31'],
  );
  await world.sendWaiting();
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'rent')), '1050000');
});

test('after an outage of years all that were missed are there with their own dates, over leap days and ends of years', async () => {
  const { due, accountId, ctx } = await shopWith(rent({ schedule: { firstOn: '2026-01-31', unit: 'month', roll: 'none' } }));
  world.clock.set(Date.parse('2028-03-15T15:00:00Z'));
  await world.makeOccurrences();
  const dates = (await due()).map(([date]) => date);
  assert.equal(dates.length, 26);
  assert.deepEqual(dates.slice(-4), ['2027-11-30', '2027-12-31', '2028-01-31', '2028-02-29']);
  await world.sendWaiting();
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'rent')), (26n * 350_000n).toString());
});

test('killed between making and sending: the books get it by the job', async () => {
  const { accountId, ctx, due } = await shopWith(rent({ schedule: { firstOn: '2026-03-31', unit: 'month' } }));
  world.clock.set(NOON + 29 * DAY_MS);
  await world.process({ record: () => Promise.reject(new Error('killed')) }).makeOccurrences();
  assert.equal((await due()).length, 1);
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'rent')), '0');
  await world.sendWaiting();
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'rent')), '350000');
});

test('this alone: the title is changed, the others and the rule are not', async () => {
  const { accountId, ctx, listed, due } = await shopWith(rent());
  const [first] = await listed();
  await world.face.changeTitle(ctx(), {
    accountId,
    titleId: first!.id,
    version: first!.version,
    change: { amountMinor: '1', dueOn: '2026-02-02' },
  });
  assert.deepEqual(
    (await due()).map(([date, amount]) => [date, amount]),
    [
      ['2026-02-02', '1'],
      ['2026-02-28', '350000'],
    ],
  );
  assert.equal((await world.face.listRules(ctx(), { accountId })).rules[0]!.amountMinor, '350000');
});

test('this and the following: those before keep what they were, and what was paid stays as it is', async () => {
  const { accountId, ctx, rule, on, listed, due } = await shopWith(rent({ leadDays: 90 }));
  const titles = await listed();
  assert.equal(titles.length, 5);
  await world.face.settle(ctx(), { accountId, titleId: titles[2]!.id, settlement: { paidOn: TODAY } });
  const changed = await world.face.changeRule(ctx(), {
    ...on,
    version: rule.version,
    change: { scope: 'following', fromN: 1, amountMinor: '365000' },
  });
  assert.deepEqual(
    (await due()).map(([date, amount, status]) => [date, amount, status]),
    [
      ['2026-01-31', '350000', 'overdue'],
      ['2026-02-28', '365000', 'open'],
      ['2026-03-31', '350000', 'settled'],
      ['2026-04-30', '365000', 'open'],
      ['2026-05-31', '365000', 'open'],
    ],
  );
  assert.equal(changed.amountMinor, '365000');
  assert.equal(await world.balanceOf(ctx(), defaultCategoryId(accountId, 'rent')), '715000', 'what counted already counts anew');
  await assert.rejects(
    world.face.changeRule(ctx(), { ...on, version: rule.version, change: { scope: 'all-open', amountMinor: '1' } }),
    refused('TITLES_CHANGED'),
  );
  world.clock.set(NOON + 60 * DAY_MS);
  await world.makeOccurrences();
  assert.deepEqual((await due()).at(-1), ['2026-06-30', '365000', 'open']);
});

test('all that are open: also those in the past; other dates move those that are there, and numbers go on', async () => {
  const { ctx, rule, on, due } = await shopWith(rent({ leadDays: 60 }));
  const change = { scope: 'all-open' as const, schedule: { firstOn: '2026-02-10', unit: 'month' as const, roll: 'next' as const } };
  const changed = await world.face.changeRule(ctx(), { ...on, version: rule.version, change });
  assert.deepEqual(
    (await due()).map(([date]) => date),
    ['2026-02-10', '2026-03-10', '2026-04-10', '2026-05-11'],
  );
  assert.deepEqual([changed.next[0]!.n, changed.next[0]!.dueOn], [4, '2026-06-10']);
});

test('a rule that ends: no more of it, and what counts on a day to come is cancelled; ended twice is once', async () => {
  const { ctx, on, due, rule } = await shopWith(rent({ leadDays: 60 }));
  const ended = await world.face.endRule(ctx(), on);
  assert.deepEqual([ended.ended, ended.next], [true, []]);
  assert.deepEqual(await world.face.endRule(ctx(), on), ended);
  assert.deepEqual(
    (await due()).map(([, , status]) => status),
    ['overdue', 'open', 'cancelled', 'cancelled'],
  );
  world.clock.set(NOON + 100 * DAY_MS);
  await world.makeOccurrences();
  assert.equal((await due()).length, 4);
  const change = { scope: 'all-open' as const, amountMinor: '1' };
  await assert.rejects(world.face.changeRule(ctx(), { ...on, version: ended.version, change }), refused('TITLES_RULE_ENDED'));
  assert.equal(rule.version, 1);
});

test('a shorter rule cancels what lies behind its new end', async () => {
  const { ctx, on, due, rule } = await shopWith(rent({ leadDays: 90, count: 5 }));
  assert.deepEqual(rule.next, []);
  await world.face.changeRule(ctx(), { ...on, version: 1, change: { scope: 'all-open', count: 3 } });
  assert.deepEqual(
    (await due()).map(([, , status]) => status),
    ['overdue', 'open', 'open', 'cancelled', 'cancelled'],
  );
});

test('a preview is what will be made', async () => {
  const { accountId, ctx } = newShop();
  const schedule = {
    firstOn: '2026-02-28',
    anchorDay: 31,
    unit: 'month' as const,
    roll: 'previous' as const,
    competence: 'month-before' as const,
  };
  const { occurrences } = await world.face.previewRule(ctx(), { accountId, schedule, count: 3 });
  assert.deepEqual(
    occurrences.map(({ nominalOn, dueOn, competenceOn }) => [nominalOn, dueOn, competenceOn]),
    [
      ['2026-02-28', '2026-02-27', '2026-01-31'],
      ['2026-03-31', '2026-03-31', '2026-02-28'],
      ['2026-04-30', '2026-04-30', '2026-03-31'],
    ],
  );
  await world.face.createRule(ctx(), { accountId, rule: rent({ schedule, leadDays: 60 }) });
  const { titles } = await world.face.listTitles(ctx(), { accountId, limit: 10 });
  assert.deepEqual(
    titles.map(({ dueOn, competenceOn }) => [dueOn, competenceOn]),
    occurrences.map(({ dueOn, competenceOn }) => [dueOn, competenceOn]),
  );
  const wrong = { ...schedule, firstOn: '2026-03-15' };
  await assert.rejects(world.face.previewRule(ctx(), { accountId, schedule: wrong, count: 3 }), refused('TITLES_INVALID'));
});

test('expected: what is open, and what rules will make, each once', async () => {
  const { accountId, ctx } = await shopWith(rent({ leadDays: 0 }));
  const expectedThrough = async (through: string) =>
    (await world.face.listExpected(ctx(), { accountId, through })).items.map(({ kind, dueOn, overdue }) => [kind, dueOn, overdue]);
  const before = await expectedThrough('2026-05-31');
  assert.deepEqual(before, [
    ['title', '2026-01-31', true],
    ['title', '2026-02-28', false],
    ['recurrence', '2026-03-31', false],
    ['recurrence', '2026-04-30', false],
    ['recurrence', '2026-05-31', false],
  ]);
  world.clock.set(NOON + 40 * DAY_MS);
  await world.makeOccurrences();
  assert.deepEqual(
    (await expectedThrough('2026-05-31')).map(([kind, dueOn]) => [kind, dueOn]),
    before.map(([, dueOn], index) => [index < 3 ? 'title' : 'recurrence', dueOn]),
    'made, it is expected as a title and not twice',
  );
});
