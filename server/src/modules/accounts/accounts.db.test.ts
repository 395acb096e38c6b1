import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId, publicId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { cnpjFrom } from './cnpj.fixture.ts';
import type { Accounts } from './contract.ts';
import { ACTIONS } from './domain/roles.ts';
import { createAccounts } from './index.ts';

const LIMITLESS = { perPaymentMinor: null, perDayMinor: null };
const NOON = Date.parse('2026-11-30T15:00:00Z');
const clock = manualClock(NOON);
const emails = new Map<string, string>();
/** Clients that identity knows. */
const clients = new Map<string, { disabledAt: string | null }>([
  ['erp', { disabledAt: null }],
  ['parado', { disabledAt: '2026-11-01T00:00:00.000Z' }],
]);
let database: TestDatabase;
let face: Accounts;
let subscription: ReturnType<typeof createAccounts>['subscriptions'];
const tenantId = newId();

before(async () => {
  database = await openTestDatabase(sourcesOf('accounts'));
  const { db } = database;
  const log = createLogger({ level: 'fatal' });
  const bus = createPostgresBus({ db, log, clock });
  const vault = createVault({ db, masterKey: randomBytes(32) });
  const identity = {
    getPerson: async (_ctx: CallContext, { subjectId }: { subjectId: string }) => ({
      email: emails.get(subjectId) ?? '',
      name: 'Ana de Souza',
      cpf: '529.982.247-25',
      erased: false,
    }),
    findClient: async (_ctx: CallContext, { clientId }: { clientId: string }) => ({ client: clients.get(clientId) ?? null }),
  };
  const instance = createAccounts({ db, bus, clock, log, vault, metrics: createMetrics({ defaults: false }), identity });
  face = instance.face!.impl;
  subscription = instance.subscriptions;
});
after(() => database?.close());

const ctxOf = (subjectId: string): CallContext => ({ tenantId, actor: { kind: 'person', id: subjectId }, idempotencyKey: randomUUID() });
const refused = (code: string) => (error: { code?: string }) => {
  assert.equal(error.code, code);
  return true;
};
let companies = 0;
/** Of its own for each company. */
const nextCnpj = () => cnpjFrom(++companies);
async function shopOf(ownerId: string) {
  return face.registerCompany(ctxOf(ownerId), {
    ownerId,
    company: { cnpj: nextCnpj(), legalName: 'Padaria do Zé Ltda', tradeName: 'Padaria do Zé' },
  });
}
async function joined(
  ownerId: string,
  accountId: string,
  role: 'owner' | 'operator' | 'viewer' | 'accountant',
  limits = LIMITLESS as { perPaymentMinor: string | null; perDayMinor: string | null },
) {
  const subjectId = newId();
  const { secret } = await face.invite(ctxOf(ownerId), { accountId, subjectId: ownerId, role, limits });
  await face.acceptInvitation(ctxOf(subjectId), { subjectId, secret });
  return subjectId;
}
const pays = (subjectId: string, accountId: string, amountMinor: string, commandId = newId()) =>
  face.authorize(ctxOf(subjectId), { accountId, action: 'pay', spends: { amountMinor, commandId } });

test('who has registered, before or after, owns an account that has the id of the person; told again, nothing happens twice', async () => {
  const subjectId = newId();
  const event = { id: newId(), tenantId, type: 'identity.person-registered.v1', data: { subjectId } };
  const { db } = database;
  for (let time = 0; time < 2; time++)
    await db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => subscription![0]!.handle(tx, [event] as never));
  const { accounts } = await face.listActingOn(ctxOf(subjectId), { subjectId });
  assert.deepEqual(accounts, [
    {
      accountId: subjectId,
      partyId: subjectId,
      kind: 'person',
      name: null,
      label: null,
      status: 'active',
      role: 'owner',
      actions: [...ACTIONS],
      limits: LIMITLESS,
    },
  ]);
  const published = await database.admin<{ body: string }>('select body from accounts.outbox where body like $1', [`%${subjectId}%`]);
  const types = ['party-registered', 'account-created', 'member-set'].map((name) => `accounts.${name}.v1`);
  assert.equal(published.length, 1);
  for (const type of types) assert.equal(published[0]!.body.split(type).length, 2, type);
});

test('a shop signs up with its CNPJ and lets its cashier in', async () => {
  const [owner, cashier] = [newId(), newId()];
  const shop = await shopOf(owner);
  assert.match(shop.cnpj, /^\d\d\.\d{3}\.\d{3}\/\d{4}-\d\d$/);
  const limits = { perPaymentMinor: '20000', perDayMinor: null };
  const { secret, invitation } = await face.invite(ctxOf(owner), { accountId: shop.accountId, subjectId: owner, role: 'operator', limits });
  assert.deepEqual(await face.readInvitation(ctxOf(cashier), { subjectId: cashier, secret }), {
    accountId: shop.accountId,
    name: 'Padaria do Zé',
    role: 'operator',
    limits,
    expiresAt: invitation.expiresAt,
  });
  const acting = await face.acceptInvitation(ctxOf(cashier), { subjectId: cashier, secret });
  assert.deepEqual([acting.name, acting.role, acting.limits], ['Padaria do Zé', 'operator', limits]);
  assert.deepEqual(await face.acceptInvitation(ctxOf(cashier), { subjectId: cashier, secret }), acting);
  assert.equal((await pays(cashier, shop.accountId, '20000')).role, 'operator');
  await assert.rejects(pays(cashier, shop.accountId, '20001'), refused('ACCOUNTS_OVER_PAYMENT_LIMIT'));
  assert.deepEqual(
    (await face.listMembers(ctxOf(owner), { accountId: shop.accountId, subjectId: owner })).members.map(({ subjectId, role }) => [
      subjectId,
      role,
    ]),
    [
      [owner, 'owner'],
      [cashier, 'operator'],
    ],
  );
});

test('a company is registered once: the same key answers the same, another key is refused, and nothing personal is left in clear', async () => {
  const owner = newId();
  const company = { cnpj: nextCnpj(), legalName: 'Sigilosa Comércio Ltda' };
  const ctx = ctxOf(owner);
  const first = await face.registerCompany(ctx, { ownerId: owner, company });
  assert.deepEqual(await face.registerCompany(ctx, { ownerId: owner, company }), first);
  await assert.rejects(face.registerCompany(ctxOf(owner), { ownerId: owner, company }), refused('ACCOUNTS_CNPJ_TAKEN'));
  await assert.rejects(
    face.registerCompany(ctx, { ownerId: owner, company: { ...company, legalName: 'Outra' } }),
    refused('PLATFORM_IDEMPOTENCY_CONFLICT'),
  );
  const { accounts } = await face.listActingOn(ctxOf(owner), { subjectId: owner });
  assert.deepEqual(
    accounts.map(({ accountId, name }) => [accountId, name]),
    [
      [owner, null],
      [first.accountId, 'Sigilosa Comércio Ltda'],
    ],
  );
  const [dump] = await database.admin<{ text: string }>(`select string_agg(t::text, '') as text from (select * from accounts.parties) t`);
  const [keys] = await database.admin<{ text: string }>(
    `select string_agg(t::text, '') as text from (select * from accounts.idempotency_keys) t`,
  );
  for (const secret of ['Sigilosa', company.cnpj, Buffer.from('Sigilosa').toString('hex')])
    assert.ok(!`${dump!.text}${keys!.text}`.includes(secret), secret);
});

test('an invitation is used once, by one person, in its time, while its maker may still invite', async () => {
  const [owner, first, second, late] = [newId(), newId(), newId(), newId()];
  const { accountId } = await shopOf(owner);
  const invite = (more = {}) => face.invite(ctxOf(owner), { accountId, subjectId: owner, role: 'viewer', limits: LIMITLESS, ...more });
  const accept = (subjectId: string, secret: string) => face.acceptInvitation(ctxOf(subjectId), { subjectId, secret });
  const invalid = refused('ACCOUNTS_INVITATION_INVALID');

  const used = await invite();
  await accept(first, used.secret);
  await assert.rejects(accept(second, used.secret), invalid);
  await assert.rejects(face.readInvitation(ctxOf(second), { subjectId: second, secret: used.secret }), invalid);
  await assert.rejects(accept(first, (await invite()).secret), refused('ACCOUNTS_ALREADY_MEMBER'));

  const withdrawn = await invite();
  const take = () => face.withdrawInvitation(ctxOf(owner), { accountId, subjectId: owner, invitationId: withdrawn.invitation.id });
  await take();
  await take();
  await assert.rejects(accept(second, withdrawn.secret), invalid);

  const expiring = await invite();
  clock.advance(7 * 86_400_000);
  await assert.rejects(accept(late, expiring.secret), invalid);
  clock.set(NOON);

  emails.set(second, 'Certa@Exemplo.com.br');
  const named = await invite({ email: ' certa@exemplo.com.br' });
  await assert.rejects(accept(late, named.secret), invalid);
  assert.equal((await accept(second, named.secret)).role, 'viewer');

  const partner = await joined(owner, accountId, 'owner');
  const theirs = await face.invite(ctxOf(partner), { accountId, subjectId: partner, role: 'owner', limits: LIMITLESS });
  await face.endMember(ctxOf(owner), { accountId, subjectId: owner, memberId: partner });
  await assert.rejects(accept(late, theirs.secret), invalid);
  await assert.rejects(accept(late, 'A'.repeat(43)), invalid);
});

test('of two who accept the same link at the same moment, one joins', async () => {
  const owner = newId();
  const { accountId } = await shopOf(owner);
  const { secret } = await face.invite(ctxOf(owner), { accountId, subjectId: owner, role: 'viewer', limits: LIMITLESS });
  const people = Array.from({ length: 8 }, () => newId());
  const outcomes = await Promise.allSettled(people.map((subjectId) => face.acceptInvitation(ctxOf(subjectId), { subjectId, secret })));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await face.listMembers(ctxOf(owner), { accountId, subjectId: owner })).members.length, 2);
});

test('only owners manage; nobody above themself; an account keeps an owner, also when the last two leave at once', async () => {
  const owner = newId();
  const { accountId } = await shopOf(owner);
  const operator = await joined(owner, accountId, 'operator');
  const viewer = await joined(owner, accountId, 'viewer');
  const forbidden = refused('ACCOUNTS_FORBIDDEN');
  const on = (subjectId: string) => ({ accountId, subjectId });
  await assert.rejects(face.invite(ctxOf(operator), { ...on(operator), role: 'owner', limits: LIMITLESS }), forbidden);
  await assert.rejects(
    face.setMember(ctxOf(operator), { ...on(operator), memberId: operator, role: 'owner', limits: LIMITLESS, version: 1 }),
    forbidden,
  );
  await assert.rejects(face.endMember(ctxOf(operator), { ...on(operator), memberId: viewer }), forbidden);
  await assert.rejects(face.listMembers(ctxOf(viewer), on(viewer)), forbidden);
  await assert.rejects(face.listMembers(ctxOf(newId()), on(newId())), refused('ACCOUNTS_NOT_FOUND'));
  await assert.rejects(face.endMember(ctxOf(owner), { ...on(owner), memberId: owner }), refused('ACCOUNTS_LAST_OWNER'));

  const changed = await face.setMember(ctxOf(owner), { ...on(owner), memberId: viewer, role: 'owner', limits: LIMITLESS, version: 1 });
  assert.deepEqual([changed.role, changed.version], ['owner', 2]);
  await assert.rejects(
    face.setMember(ctxOf(owner), { ...on(owner), memberId: viewer, role: 'viewer', limits: LIMITLESS, version: 1 }),
    refused('ACCOUNTS_MEMBER_CHANGED'),
  );
  const leaving = await Promise.allSettled(
    [owner, viewer].map((memberId) => face.endMember(ctxOf(memberId), { ...on(memberId), memberId })),
  );
  assert.deepEqual(leaving.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('who was taken off is refused at the next question, and can join again', async () => {
  const owner = newId();
  const { accountId } = await shopOf(owner);
  const operator = await joined(owner, accountId, 'operator');
  await pays(operator, accountId, '1');
  const end = () => face.endMember(ctxOf(owner), { accountId, subjectId: owner, memberId: operator });
  await end();
  await end();
  await assert.rejects(pays(operator, accountId, '1'), refused('ACCOUNTS_NOT_FOUND'));
  const { secret } = await face.invite(ctxOf(owner), { accountId, subjectId: owner, role: 'viewer', limits: LIMITLESS });
  const again = await face.acceptInvitation(ctxOf(operator), { subjectId: operator, secret });
  assert.equal(again.role, 'viewer');
  await assert.rejects(pays(operator, accountId, '1'), refused('ACCOUNTS_FORBIDDEN'));
});

test("a day's limit holds over payments at the same moment, counts each command once, and gives back what did not happen", async () => {
  const owner = newId();
  const { accountId } = await shopOf(owner);
  const operator = await joined(owner, accountId, 'operator', { perPaymentMinor: null, perDayMinor: '1000' });
  const commands = Array.from({ length: 10 }, () => newId());
  const outcomes = await Promise.allSettled(commands.map((commandId) => pays(operator, accountId, '300', commandId)));
  const allowed = commands.filter((_, at) => outcomes[at]!.status === 'fulfilled');
  assert.equal(allowed.length, 3);
  await pays(operator, accountId, '300', allowed[0]);
  await assert.rejects(pays(operator, accountId, '101'), refused('ACCOUNTS_OVER_DAY_LIMIT'));
  for (let time = 0; time < 2; time++) await face.giveBack(ctxOf(operator), { commandId: allowed[0]! });
  await pays(operator, accountId, '400');
  await assert.rejects(pays(operator, accountId, '1'), refused('ACCOUNTS_OVER_DAY_LIMIT'));
  // Midnight in São Paulo is at 3 in the morning UTC.
  clock.set(Date.parse('2026-12-01T02:59:59Z'));
  await assert.rejects(pays(operator, accountId, '1'), refused('ACCOUNTS_OVER_DAY_LIMIT'));
  clock.set(Date.parse('2026-12-01T03:00:00Z'));
  await pays(operator, accountId, '1000');
  clock.set(NOON);
});

test("another tenant's accounts and links do not exist", async () => {
  const owner = newId();
  const { accountId } = await shopOf(owner);
  const { secret } = await face.invite(ctxOf(owner), { accountId, subjectId: owner, role: 'viewer', limits: LIMITLESS });
  const elsewhere = { ...ctxOf(owner), tenantId: newId() };
  await assert.rejects(face.authorize(elsewhere, { accountId, action: 'see' }), refused('ACCOUNTS_NOT_FOUND'));
  await assert.rejects(face.acceptInvitation(elsewhere, { subjectId: owner, secret }), refused('ACCOUNTS_INVITATION_INVALID'));
  const { accounts } = await face.listActingOn(elsewhere, { subjectId: owner });
  assert.deepEqual(
    accounts.map((one) => one.accountId),
    [owner],
  );
});

test('a person’s own account is there from the first question on, and nobody else’s is', async () => {
  const [subjectId, other] = [newId(), newId()];
  const see = (who: string, accountId: string) => face.authorize(ctxOf(who), { accountId, action: 'see' });
  await assert.rejects(see(other, subjectId), refused('ACCOUNTS_NOT_FOUND'));
  const answers = await Promise.all([see(subjectId, subjectId), see(subjectId, subjectId)]);
  for (const answer of answers) assert.deepEqual(answer, { role: 'owner', partyId: subjectId, kind: 'person', hasDayLimit: false });
  await assert.rejects(see(other, subjectId), refused('ACCOUNTS_NOT_FOUND'));
  const holder = await face.getHolder(ctxOf(subjectId), { accountId: subjectId });
  assert.deepEqual(holder, { partyId: subjectId, kind: 'person', name: 'Ana de Souza', taxId: '52998224725', erased: false });
});

test('a person opens a second account, once a key, and no more than five; its name is sealed', async () => {
  const subjectId = newId();
  const ctx = ctxOf(subjectId);
  const second = await face.openAccount(ctx, { subjectId, label: '  Reserva   sigilosa ' });
  assert.deepEqual([second.label, second.partyId, second.role], ['Reserva sigilosa', subjectId, 'owner']);
  assert.deepEqual(await face.openAccount(ctx, { subjectId, label: 'Reserva sigilosa' }), second);
  const { accounts } = await face.listActingOn(ctxOf(subjectId), { subjectId });
  assert.deepEqual(
    accounts.map(({ accountId, label }) => [accountId, label]),
    [
      [subjectId, null],
      [second.accountId, 'Reserva sigilosa'],
    ],
  );
  await assert.rejects(face.openAccount(ctxOf(subjectId), { subjectId, label: '\u200b--' }), refused('PLATFORM_BAD_REQUEST'));
  const [dump] = await database.admin<{ text: string }>(
    `select string_agg(t::text, '') as text from (select t::text from accounts.accounts t union all select t::text from accounts.idempotency_keys t) t`,
  );
  assert.ok(!dump!.text.includes('sigilosa') && !dump!.text.includes(Buffer.from('sigilosa').toString('hex')));
  const more = await Promise.allSettled(
    Array.from({ length: 6 }, (_, at) => face.openAccount(ctxOf(subjectId), { subjectId, label: `n${at}` })),
  );
  assert.equal(more.filter(({ status }) => status === 'fulfilled').length, 3);
});

test('a client acts on the accounts it was given, as what and up to what it was given, and on no other', async () => {
  const owner = newId();
  const shop = await shopOf(owner);
  const other = await shopOf(owner);
  const client = (clientId: string): CallContext => ({ tenantId, actor: { kind: 'service', id: clientId } });
  const ask = (clientId: string, accountId: string, action: 'pay' | 'see' | 'members:manage', amountMinor = '1') =>
    face.authorize(client(clientId), {
      accountId,
      action,
      ...(action === 'pay' ? { spends: { amountMinor, commandId: newId() } } : {}),
    });
  await assert.rejects(ask('erp', shop.accountId, 'see'), refused('ACCOUNTS_NOT_FOUND'));
  const on = { accountId: shop.accountId, subjectId: owner, clientId: 'erp' };
  const limits = { perPaymentMinor: '500', perDayMinor: '600' };
  await assert.rejects(face.admitClient(ctxOf(newId()), { ...on, role: 'operator', limits }), refused('ACCOUNTS_NOT_FOUND'));
  await assert.rejects(
    face.admitClient(ctxOf(owner), { ...on, role: 'owner', limits: LIMITLESS }),
    refused('ACCOUNTS_CLIENT_OWNS_NOTHING'),
  );
  for (const [clientId, code] of [
    ['ninguem', 'ACCOUNTS_CLIENT_UNKNOWN'],
    ['parado', 'ACCOUNTS_CLIENT_DISABLED'],
  ] as const)
    await assert.rejects(face.admitClient(ctxOf(owner), { ...on, clientId, role: 'operator', limits }), refused(code));
  await assert.rejects(
    face.admitClient(ctxOf(newId()), { ...on, clientId: 'ninguem', role: 'operator', limits }),
    refused('ACCOUNTS_NOT_FOUND'),
    'who may not manage the account learns nothing of clients',
  );
  const member = await face.admitClient(ctxOf(owner), { ...on, role: 'operator', limits });
  assert.deepEqual(await face.admitClient(ctxOf(owner), { ...on, role: 'operator', limits }), member, 'asked again, nothing changes');
  assert.equal((await ask('erp', shop.accountId, 'pay', '500')).role, 'operator');
  await assert.rejects(ask('erp', shop.accountId, 'pay', '501'), refused('ACCOUNTS_OVER_PAYMENT_LIMIT'));
  await assert.rejects(ask('erp', shop.accountId, 'pay', '101'), refused('ACCOUNTS_OVER_DAY_LIMIT'));
  await assert.rejects(ask('erp', shop.accountId, 'members:manage'), refused('ACCOUNTS_FORBIDDEN'));
  await assert.rejects(ask('erp', other.accountId, 'see'), refused('ACCOUNTS_NOT_FOUND'));
  await assert.rejects(ask('crm', shop.accountId, 'see'), refused('ACCOUNTS_NOT_FOUND'));
  const set = { ...on, memberId: member.subjectId, role: 'owner' as const, limits: LIMITLESS, version: member.version };
  await assert.rejects(face.setMember(ctxOf(owner), set), refused('ACCOUNTS_CLIENT_OWNS_NOTHING'));
  await face.endMember(ctxOf(owner), { ...on, memberId: member.subjectId });
  await assert.rejects(ask('erp', shop.accountId, 'see'), refused('ACCOUNTS_NOT_FOUND'));
  const asPerson: CallContext = { tenantId, actor: { kind: 'person', id: member.subjectId } };
  await assert.rejects(face.authorize(asPerson, { accountId: shop.accountId, action: 'see' }), refused('ACCOUNTS_NOT_FOUND'));
});

test('twenty payments at once never pass a limit a day together, and what did not happen is free again', async () => {
  const owner = newId();
  const { accountId } = await shopOf(owner);
  const cashier = await joined(owner, accountId, 'operator', { perPaymentMinor: null, perDayMinor: '1000' });
  const commands = Array.from({ length: 20 }, () => newId());
  const asked = await Promise.allSettled(commands.map((commandId) => pays(cashier, accountId, '300', commandId)));
  const allowed = commands.filter((_, at) => asked[at]!.status === 'fulfilled');
  assert.equal(allowed.length, 3);
  const data = { paymentId: publicId('pay', allowed[0]!), status: 'failed' };
  const event = { id: newId(), tenantId, type: 'payments.payment-progressed.v1', data };
  await database.db.tx({ module: 'accounts', tenants: [tenantId] }, (tx) => subscription![1]!.handle(tx, [event] as never));
  await pays(cashier, accountId, '300');
  await assert.rejects(pays(cashier, accountId, '300'), refused('ACCOUNTS_OVER_DAY_LIMIT'));
});
