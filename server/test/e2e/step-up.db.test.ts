/** Payments and identity together, as processes of their own: a proof over the screens' routes, and a log-in in its place over the API. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { cpfFrom, Person } from '../../../scripts/lib/person.ts';
import { ownHeaders, PASSWORD, startWholePlatform, type WholePlatform } from '../support/whole-platform.ts';

const NUMBER = 370_000_001;
type Problem = { code: string; stepUp?: { binding: string; acr: string; ways: string[]; reasons: string[] } };
let platform: WholePlatform;
before(async () => {
  // From R$ 500 to somebody new; what new devices may is another test's.
  platform = await startWholePlatform({ PAYMENTS_PROOF_NEW_PAYEE_FROM_MINOR: '50000' });
});
after(() => platform?.close());

const newPayee = () => `destino.${randomUUID()}@exemplo.com.br`;

test('over the screens: asked, proved by password for this alone, paid under the same key; a device that is forgotten proves nothing more', async () => {
  const person = await platform.signUp(NUMBER);
  await platform.fund(person, 1_000_000n);
  const post = (at: string, body: unknown, key: string = randomUUID()) =>
    platform.send('POST', at, { headers: ownHeaders(person, key), body });
  const quote = async () => ((await post('/bff/v1/pix/decode', { code: newPayee() })).body as { quoteId: string }).quoteId;
  const [key, body] = [randomUUID(), { quoteId: await quote(), amountMinor: '70000' }];
  const asked = await post('/bff/v1/payments', body, key);
  const { code, stepUp } = asked.body as Problem;
  assert.deepEqual([asked.status, code, stepUp?.ways, stepUp?.reasons], [403, 'PAYMENTS_PROOF_NEEDED', ['password'], ['new-payee']]);
  assert.equal(asked.headers['www-authenticate'], undefined, 'the session is as good as before');
  const proved = await post('/bff/v1/identity/payment-proof', { binding: stepUp!.binding, proof: { password: PASSWORD } });
  assert.equal(proved.status, 204, proved.text);
  for (const other of [
    post('/bff/v1/payments', { ...body, amountMinor: '70001' }, key),
    post('/bff/v1/payments', body),
    post('/bff/v1/payments', { ...body, quoteId: await quote() }, key),
  ])
    assert.equal(((await other).body as Problem).code, 'PAYMENTS_PROOF_NEEDED');
  const paid = await post('/bff/v1/payments', body, key);
  assert.equal(paid.status, 201, paid.text);
  assert.equal((await post('/bff/v1/payments', body, key)).text, paid.text, 'the same again is the same');
});

test('nobody is given rights over an account from a browser that is new, whoever has the password', async () => {
  const person = await platform.signUp(NUMBER + 1);
  const elsewhere = new Person(platform.baseUrl);
  await elsewhere.logIn(cpfFrom(NUMBER + 1), PASSWORD);
  const body = { role: 'operator', limits: { perPaymentMinor: '50000', perDayMinor: '200000' } };
  const headers = () => ({ 'idempotency-key': randomUUID() });
  const at = '/bff/v1/team/invitations';
  const invited = await elsewhere.request<Problem>('POST', at, { body, headers: headers() });
  assert.deepEqual([invited.status, invited.body.code], [403, 'ACCOUNTS_NEW_DEVICE']);
  const { members } = await elsewhere.get<{ members: { subjectId: string }[] }>('/bff/v1/team');
  const raise = (memberId: string) =>
    elsewhere.request<Problem>('PUT', `/bff/v1/team/members/${memberId}`, { body: { ...body, version: 1 } });
  assert.equal((await raise(randomUUID())).body.code, 'ACCOUNTS_MEMBER_NOT_FOUND');
  const raised = await raise(members[0]!.subjectId);
  assert.deepEqual([raised.status, raised.body.code], [403, 'ACCOUNTS_NEW_DEVICE']);
  const { invitations } = await elsewhere.get<{ invitations: object[] }>(at);
  assert.deepEqual(invitations, [], 'what there is, it sees');
  assert.equal((await person.request('POST', at, { body, headers: headers() })).status, 201, 'where the account was opened it goes on');
});

test('over the API: 401 as RFC 9470 has it; a log-in made for it pays once, and no other payment', async () => {
  const first = await platform.personToken(NUMBER);
  const pay = (token: string, body: unknown, key: string) =>
    platform.send('POST', '/v1/payments', { token, headers: { 'idempotency-key': key }, body });
  const order = async (token: string) => {
    const { body } = await platform.send('POST', '/v1/pix/decode', { token, body: { code: newPayee() } });
    return { quoteId: (body as { quoteId: string }).quoteId, amountMinor: '60000' };
  };
  const [key, body] = [randomUUID(), await order(first)];
  const asked = await pay(first, body, key);
  assert.deepEqual([asked.status, (asked.body as Problem).code], [401, 'PAYMENTS_PROOF_NEEDED']);
  assert.match(String(asked.headers['www-authenticate']), /error="insufficient_user_authentication".*acr_values="aal1", max_age="300"/);
  assert.equal((await pay(first, body, key)).status, 401, 'the log-in of before');
  const [otherKey, other] = [randomUUID(), await order(first)];
  assert.equal((await pay(first, other, otherKey)).status, 401);
  // The token tells its time in whole seconds, and what was asked within one is not told from it.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const fresh = await platform.personToken(NUMBER);
  const paid = await pay(fresh, body, key);
  assert.equal(paid.status, 201, paid.text);
  assert.equal((await pay(fresh, other, otherKey)).status, 401, 'it has served');
  const service = await platform.serviceToken();
  assert.notEqual(((await pay(service, other, randomUUID())).body as Problem).code, 'PAYMENTS_PROOF_NEEDED', 'services are not asked');
});
