import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { App, Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId, publicId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { ledgerRoutes } from './http.ts';
import type { Ledger } from './index.ts';
import { customer, funded, hold, log, openLedger, tenant, transfer } from './test-support/fixture.ts';

type Item = { id: string; publicId: string };
type Page = Record<string, Item[]> & { next: string | null };

describe('the lists of the ledger over HTTP, page by page', () => {
  const ctx = tenant();
  let database: TestDatabase;
  let ledger: Ledger;
  let app: App;
  let accounts: Awaited<ReturnType<typeof funded>>;

  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
    accounts = await funded(ledger, ctx, 1_000);
    const scopes = new Set(['ledger:read', 'ledger:write']);
    const caller: Caller = { tenantId: ctx.tenantId, actor: ctx.actor, scopes };
    app = await createHttpServer({ log, metrics: createMetrics(), verifyToken: async () => caller, ratePerMinute: 0 });
    ledgerRoutes(app, ledger, database.db);
  });
  after(async () => {
    await app.close();
    await database.close();
  });

  async function get(target: string): Promise<Page> {
    const answer = await app.inject({ method: 'GET', url: `/v1/ledger/${target}`, headers: { authorization: 'Bearer x' } });
    assert.equal(answer.statusCode, 200, `${target}: ${answer.body}`);
    return answer.json();
  }

  async function submit(...commands: { id: string }[]): Promise<string[]> {
    const { results } = await ledger.submit(ctx, { commands: commands as never });
    for (const { outcome, code } of results) assert.equal(outcome, 'done', code);
    return commands.map(({ id }) => id);
  }

  /** Walks a list in pages of two, the last of which may be full: each of `expected` comes once, in this order, and nothing else. */
  async function comesInPages(name: string, target: string, expected: readonly string[], idOf = (item: Item) => item.id): Promise<void> {
    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor = '';
    for (let pages = 0; pages <= expected.length; pages++) {
      const page = await get(`${target}${target.includes('?') ? '&' : '?'}limit=2${cursor}`);
      seen.push(...page[name]!.map(idOf));
      sizes.push(page[name]!.length);
      if (page.next === null) break;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
    assert.deepEqual(seen, expected);
    assert.deepEqual(
      sizes,
      Array.from({ length: Math.max(1, Math.ceil(expected.length / 2)) }, (_, at) => Math.min(2, expected.length - 2 * at)),
      'every page but the last is full',
    );
    assert.deepEqual((await get(target))[name]!.map(idOf), expected, 'and in one page');
  }

  async function openAccount(): Promise<ReturnType<typeof customer>> {
    const account = customer();
    await ledger.createAccounts(ctx, { accounts: [account] });
    await submit(transfer(accounts.house, account, 100));
    return account;
  }

  test('holds of an account, on either side of it, the oldest first; what has ended is not among them', async () => {
    const [one, other] = [await openAccount(), await openAccount()];
    const out = (amount: number) => hold(one, accounts.house, amount);
    const ended = out(1);
    const open = await submit(out(2), hold(other, one, 3), out(4), hold(accounts.house, one, 5));
    await submit(ended, { id: newId(), kind: 'release', holdId: ended.id } as { id: string });
    await comesInPages('holds', `accounts/${one.id}/holds`, open);
    await comesInPages('holds', `accounts/${other.id}/holds`, [open[1]!]);
    const { holds } = await get(`accounts/${one.id}/holds`);
    assert.equal(holds![0]!.publicId, publicId('trf', open[0]!));
    await submit({ id: newId(), kind: 'settle', holdId: open[3]!, amountMinor: '5' } as { id: string });
    await comesInPages('holds', `accounts/${one.id}/holds`, open.slice(0, 3));
  });

  test('what changed the rules, the newest first: of an account, of a kind, of all', async () => {
    const [one, other] = [await openAccount(), await openAccount()];
    const set = (accountId: string, state: string) => ({ id: newId(), kind: 'account', accountId, state, reason: 'test' });
    const close = (until: string) => ({ id: newId(), kind: 'close-period', until });
    const all: string[] = [];
    for (const command of [
      set(one.id, 'blocked'),
      close('2020-01-31'),
      set(other.id, 'frozen'),
      set(one.id, 'open'),
      close('2020-02-29'),
      set(one.id, 'frozen'),
    ])
      all.unshift(...(await submit(command)));
    const [frozen, february, opened, otherFrozen, january, blocked] = all as [string, string, string, string, string, string];
    await comesInPages('directives', 'directives', all);
    await comesInPages('directives', `directives?accountId=${publicId('acc', one.id)}`, [frozen, opened, blocked]);
    await comesInPages('directives', 'directives?kind=close-period', [february, january]);
    await comesInPages('directives', 'directives?kind=account', [frozen, opened, otherFrozen, blocked]);
    await comesInPages('directives', `directives?kind=close-period&accountId=${other.id}`, []);
  });

  test('transfers of an account in both orders, by what they take back, and those of one block', async () => {
    const account = await openAccount();
    const moved = [1, 2, 3].map((amount) => transfer(account, accounts.house, amount));
    const ids = await submit(...moved);
    await comesInPages('transfers', `transfers?accountId=${account.id}&direction=out`, [...ids].reverse());
    await comesInPages('transfers', `transfers?accountId=${account.id}&direction=out&order=asc`, ids);
    const back = (transferId: string, amountMinor: string) => ({ id: newId(), kind: 'reverse', transferId, amountMinor });
    const taken = await submit(back(ids[1]!, '1'), back(ids[2]!, '1'), back(ids[2]!, '2'));
    await comesInPages('transfers', `transfers?reverses=${ids[2]}&order=asc`, taken.slice(1));
    const reversed = async (id: string) => ((await get(`transfers/${id}`)) as unknown as { reversedMinor: string }).reversedMinor;
    assert.deepEqual(await Promise.all(ids.map(reversed)), ['0', '1', '3'], 'each says what was taken back of it, and not of others');
    const block = [4, 5].map((amount) => transfer(account, accounts.house, amount));
    const others = [6, 7].map((amount) => transfer(account, accounts.house, amount));
    const atomic = (commands: object[]) => ledger.submit(ctx, { commands: commands as never, atomic: true });
    // Sent at once they are committed together, one behind the other.
    await Promise.all([atomic(block), atomic(others), submit(transfer(account, accounts.house, 8))]);
    const [first] = (await get(`transfers?accountId=${account.id}&order=asc&kind=transfer&limit=200`)).transfers!.filter(
      ({ id }) => id === block[0]!.id,
    ) as (Item & { blockId: string })[];
    assert.deepEqual(
      (await get(`transfers?blockId=${first!.blockId}`)).transfers!.map(({ id }) => id),
      block.map(({ id }) => id),
    );
  });

  test('accounts of a person, and entries of an account', async () => {
    const subjectId = newId();
    const own = Array.from({ length: 3 }, () => customer({ subjectId }));
    await ledger.createAccounts(ctx, { accounts: [...own, customer()] });
    const ids = own.map(({ id }) => id);
    const accountId = (item: Item) => (item as unknown as { accountId: string }).accountId;
    await comesInPages('accounts', `accounts?subjectId=${publicId('sub', subjectId)}`, ids, accountId);
    await comesInPages('accounts', `accounts?subjectId=${subjectId}&order=desc`, [...ids].reverse(), accountId);
    const into = (amount: number) => transfer(accounts.house, own[0]!, amount);
    const moved = await submit(into(1), transfer(accounts.house, own[1]!, 9), into(2), into(3));
    const lines = [moved[3]!, moved[2]!, moved[0]!];
    const transferId = (item: Item) => (item as unknown as { transferId: string }).transferId;
    await comesInPages('lines', `accounts/${ids[0]}/entries`, lines, transferId);
    await comesInPages('lines', `accounts/${ids[0]}/entries?order=effective`, lines, transferId);
  });
});
