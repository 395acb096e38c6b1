/** Who may do what with an account: each role at each route, made from what the routes themselves declare and from what the roles may do. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { MODULES, scopesOf } from '../../src/module-list.ts';
import { cnpjFrom } from '../../src/modules/accounts/cnpj.fixture.ts';
import { ACTIONS, type Action, mayDo, ROLES, type Role } from '../../src/modules/accounts/domain/roles.ts';
import { ownHeaders, startWholePlatform, type WholePlatform } from '../support/whole-platform.ts';
import { castOf, createGoodRequests } from './good-requests.ts';
import { type Operation, pathOf, readOperations } from './operations.ts';

/** What is about a person's own log-in, whatever account they look at. */
const OWN_LOG_IN = ['/bff/v1/identity/', '/bff/v1/session', '/bff/v1/sessions', '/bff/v1/logout', '/v1/people'];
/** Operators act on no account. */
const DESK = '/bff/v1/desk/';
const FIRST_MEMBER = 350_000_001;

let platform: WholePlatform;
let operations: Operation[];
let good: ReturnType<typeof createGoodRequests>;
let shop: string;
/** A member of the shop in each role, and somebody who is none. */
const members = {} as Record<Role | 'stranger', { token: string; headers: Record<string, string> }>;

before(async () => {
  platform = await startWholePlatform();
  operations = await readOperations(platform);
  const cast = await castOf(platform);
  good = createGoodRequests(platform, cast);
  const owner = await member(0);
  members.owner = owner;
  const company = { cnpj: cnpjFrom(FIRST_MEMBER), legalName: 'Padaria dos Papéis Ltda' };
  shop = String((await ask('POST', '/v1/companies', owner.token, company, 201)).accountId);
  for (const [at, role] of (['operator', 'accountant', 'viewer'] as const).entries()) {
    const grant = { role, limits: { perPaymentMinor: null, perDayMinor: null } };
    const { secret } = await ask('POST', `/v1/memberships/of/${shop}/invitations`, owner.token, grant, 201);
    members[role] = await member(at + 1);
    await ask('POST', '/v1/invitations/accept', members[role].token, { secret }, 200);
  }
  members.stranger = await member(9);
});
after(() => platform?.close());

async function member(at: number) {
  const person = await platform.signUp(FIRST_MEMBER + at, 'Pessoa dos Papéis');
  return { token: await platform.personToken(FIRST_MEMBER + at), headers: ownHeaders(person) };
}
async function ask(method: string, path: string, token: string, body: unknown, status: number): Promise<Record<string, unknown>> {
  const answer = await platform.send(method, path, { token, headers: { 'idempotency-key': randomUUID() }, body });
  assert.equal(answer.status, status, answer.text);
  return answer.body as Record<string, unknown>;
}
const actionOf = ({ account }: Operation): Action | undefined => ACTIONS.find((action) => account?.split(',')[0] === action);
const forPeople = (operation: Operation): boolean => {
  const { people } = scopesOf(MODULES);
  return operation.session || (operation.scopes ?? []).some((scope) => people.includes(scope));
};

test('every route for people says what it asks of the account, or why of none', () => {
  const asked = operations.filter((one) => forPeople(one) && ![...OWN_LOG_IN, DESK].some((prefix) => one.path.startsWith(prefix)));
  assert.ok(asked.length >= 30, String(asked.length));
  for (const operation of asked) {
    const isSaid = actionOf(operation) !== undefined || /^(none|tenant): .{5,}/.test(operation.account ?? '');
    assert.ok(isSaid, `${operation.name} does not say what it asks of the account (config.account): ${operation.account}`);
  }
});

test('no route asks for scopes that nobody can have', () => {
  const { all, people, roles } = scopesOf(MODULES);
  const services = all.filter((scope) => !people.includes(scope));
  for (const { name, scopes = [] } of operations) {
    const holders = [people, services, all, ...Object.values(roles)].filter((held) => scopes.every((scope) => held.includes(scope)));
    assert.ok(holders.length > 0, `${name} asks for ${scopes.join()}, which is no scope of any module`);
  }
});

test('each role at each route: what it may not do is refused, what it may do is not, and to a stranger the account does not exist', {
  timeout: 400_000,
}, async (t) => {
  for (const operation of operations) {
    const action = actionOf(operation);
    // The stream has a test of its own; a ledger account in the path is no account of a shop.
    if (!action || operation.path === '/bff/v1/events' || operation.path.startsWith('/v1/cashflow/')) continue;
    await t.test(operation.name, async () => {
      for (const role of [...ROLES, 'stranger'] as const) {
        const made = operation.body ? await good.make(operation) : undefined;
        const target = pathOf(operation, { accountId: shop });
        const { token, headers } = members[role];
        const named = { 'lastro-account': shop, 'idempotency-key': randomUUID() };
        const answer = await platform.send(operation.method, target, {
          ...(operation.session ? {} : { token }),
          headers: { ...(operation.session ? headers : {}), ...named },
          ...(made ? { body: made.body } : {}),
        });
        const code = (answer.body as { code?: string } | undefined)?.code;
        if (role === 'stranger')
          assert.deepEqual([answer.status, code], [404, 'ACCOUNTS_NOT_FOUND'], `${role}: ${answer.text.slice(0, 300)}`);
        else if (mayDo(role, action)) assert.notEqual(code, 'ACCOUNTS_FORBIDDEN', `${role} may ${action}`);
        else
          assert.deepEqual([answer.status, code], [403, 'ACCOUNTS_FORBIDDEN'], `${role} may not ${action}: ${answer.text.slice(0, 300)}`);
        assert.ok(answer.status < 500, answer.text);
      }
    });
  }
});
