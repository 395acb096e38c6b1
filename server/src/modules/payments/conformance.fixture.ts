import { randomUUID } from 'node:crypto';
import { type Person, until } from '../../../../scripts/lib/person.ts';
import type { Stage } from '../../../test/conformance/good-requests.ts';
import type { Conformance, Scene } from '../../../test/conformance/of-modules.ts';
import { FULANO } from '../../../test/simulation/money-checks.ts';
import { ownHeaders, type WholePlatform } from '../../../test/support/whole-platform.ts';

/** An amount that goes to review when paid to somebody new. */
const REVIEWED_MINOR = '350000';
/** More payments of that amount in a day would be denied instead. */
const REVIEWS_A_PERSON = 4;
/** Keys whose payments the sandbox answers with another amount, or says yes to and forgets. */
const DISPUTED_KEY = 'disputa@exemplo.com.br';
const FORGOTTEN_KEY = 'esquece@exemplo.com.br';
const ODD = { [DISPUTED_KEY]: { finalInPost: true, answer: { amountOther: true } }, [FORGOTTEN_KEY]: { forget: true } };
const REASON = 'Prova de conformidade';

/** Money for a key that is nobody's, which stands still. Answers the arrival's id. */
async function standingArrival(platform: WholePlatform, payeeKey: string, arrivals: () => Promise<unknown>): Promise<string> {
  const { endToEndId } = await platform.sandbox.call<{ endToEndId: string }>('POST', '/admin/receive', { payeeKey, amount: '1.17' });
  const find = (list: unknown) =>
    (list as { arrivals: { id: string; endToEndId: string }[] }).arrivals.find((one) => one.endToEndId === endToEndId);
  return find(await until('an arrival that is nobody’s', arrivals, (list) => find(list) !== undefined))!.id;
}

/** Payments in the states that an operation is about. */
function createStates({ platform, cast, must, nextNumber }: Stage) {
  let reviews = 0;
  let spender: Person | undefined;
  const quote = async (person: Person, code: string): Promise<string> =>
    String((await must(200, 'POST', '/bff/v1/pix/decode', { headers: ownHeaders(person), body: { code } })).quoteId);
  const reach = async (person: Person, status: string, body: Record<string, unknown>): Promise<string> => {
    const { id } = await must(201, 'POST', '/bff/v1/payments', { headers: ownHeaders(person), body });
    const ask = () => must(200, 'GET', `/bff/v1/payments/${id}`, { headers: ownHeaders(person) });
    await until(status, ask, (one) => one.status === status);
    return String(id);
  };
  return {
    order: async (amountMinor: string) => ({ quoteId: await quote(cast.person, FULANO), amountMinor, description: 'Conformidade' }),
    /** A payment that waits for a person's decision. */
    async inReview(): Promise<string> {
      if (!spender || reviews % REVIEWS_A_PERSON === 0) {
        spender = await platform.signUp(nextNumber());
        await platform.fund(spender, 10_000_000n);
      }
      reviews += 1;
      const quoteId = await quote(spender, `desconhecido.${nextNumber()}@exemplo.com.br`);
      return reach(spender, 'in-review', { quoteId, amountMinor: REVIEWED_MINOR });
    },
    /** A payment that the provider treats so that it does not end soon: disputed, or forgotten and to be sent again. */
    async odd(key: string, status: string): Promise<string> {
      // Forgotten once: sent again, it goes through, so that nothing circles behind the tests that come after.
      await platform.sandbox.call('PUT', '/admin/faults', { only: { ...ODD, [FORGOTTEN_KEY]: { forget: 1 } } });
      return reach(cast.person, status, { quoteId: await quote(cast.person, key), amountMinor: '114' });
    },
    /** An amount of a Pix that has just come in, to be given back. */
    async received(amountMinor: string): Promise<Record<string, string>> {
      const headers = ownHeaders(cast.person);
      const { account } = (await must(200, 'GET', '/bff/v1/home', { headers })) as { account: { pixKey: string } };
      const receiptId = await receivedPix(platform, account.pixKey, () => must(200, 'GET', '/bff/v1/statement', { headers }));
      return { receiptId, amountMinor };
    },
    standing: () =>
      standingArrival(platform, `ninguem.${nextNumber()}@exemplo.com.br`, () =>
        must(200, 'GET', '/v1/payments/receipts?status=unmatched&limit=100', { token: cast.serviceToken }),
      ),
  };
}

/** A Pix from outside that a person has received, by its name (`rcv_…`). */
async function receivedPix(platform: WholePlatform, payeeKey: string, lines: () => Promise<unknown>): Promise<string> {
  // A line may show before its comprovante does.
  const namesOf = (page: unknown) =>
    (page as { lines: { kind: string; comprovanteId: string | null }[] }).lines.flatMap(({ kind, comprovanteId }) =>
      kind === 'pix-in' && comprovanteId !== null ? [comprovanteId] : [],
    );
  const known = new Set(namesOf(await lines()));
  await platform.sandbox.call('POST', '/admin/receive', { payeeKey, amount: '2.17' });
  const isNew = (name: string) => !known.has(name);
  const page = await until('a Pix that came in', lines, (one) => namesOf(one).some(isNew));
  return namesOf(page).find(isNew)!;
}

/** What tenant A has of payments, and the decision that one of them rests on. */
async function belongings({ platform, cast, a }: Scene): Promise<Record<string, string>> {
  const made = async <T>(asked: ReturnType<typeof a.person>, status = 200): Promise<T> => {
    const answer = await asked;
    if (answer.status !== status) throw new Error(`${answer.status} ${answer.text}`);
    return answer.body as T;
  };
  const quote = async (code: string) => (await made<{ quoteId: string }>(a.person('POST', '/v1/pix/decode', { code }))).quoteId;
  const pay = async (code: string, amountMinor: string, wanted: string, key: string = randomUUID()): Promise<string> => {
    const body = { quoteId: await quote(code), amountMinor };
    const order = { token: cast.personToken, headers: { 'idempotency-key': key }, body };
    const { id } = await made<{ id: string }>(platform.send('POST', '/v1/payments', order), 201);
    await until(
      wanted,
      () => a.person('GET', `/v1/payments/${id}`),
      ({ body }) => (body as { status: string }).status === wanted,
    );
    return id;
  };
  const { account } = await made<{ account: { pixKey: string } }>(a.person('GET', '/v1/accounts/me'));
  const paymentKey = randomUUID();
  const payment = await pay(FULANO, '1234', 'settled', paymentKey);
  const reviewed = await pay('para.analise@exemplo.com.br', REVIEWED_MINOR, 'in-review');
  await platform.sandbox.call('PUT', '/admin/faults', { only: ODD });
  const disputed = await pay(DISPUTED_KEY, '115', 'disputed');
  const forgotten = await pay(FORGOTTEN_KEY, '116', 'sent');
  const standing = await standingArrival(platform, 'ninguem.tem@exemplo.com.br', () =>
    made(a.service('GET', '/v1/payments/receipts?status=unmatched')),
  );
  const { steps } = await made<{ steps: { outcome: { decisionId?: string } }[] }>(a.person('GET', `/v1/payments/${payment}/steps`));
  const decision = steps.map(({ outcome }) => outcome.decisionId).find(Boolean);
  if (!decision) throw new Error('the steps name no decision');
  const received = await receivedPix(platform, account.pixKey, () => made(a.person('GET', '/v1/accounts/me/statement')));
  const giving = {
    token: cast.personToken,
    headers: { 'idempotency-key': randomUUID() },
    body: { receiptId: received, amountMinor: '17' },
  };
  const { id: devolucao } = await made<{ id: string }>(platform.send('POST', '/v1/pix/returns', giving), 201);
  const left = { quote: await quote(FULANO), pixKey: account.pixKey, received, devolucao };
  return { payment, paymentKey, reviewed, disputed, forgotten, standing, decision, ...left };
}

const conformance: Conformance = {
  requests(stage) {
    const { person, service, browser } = stage;
    const { order, inReview, odd, standing, received } = createStates(stage);
    return {
      'POST /v1/pix/decode': async (operation) => person(operation, { code: FULANO }, 200),
      'POST /v1/payments': async (operation) => person(operation, await order('111'), 201),
      'POST /v1/payments/{id}/review': async (operation) =>
        service(operation, { decision: 'deny', reason: REASON }, 200, { id: await inReview() }),
      'POST /v1/payments/{id}/resolve': async (operation) =>
        service(operation, { decision: 'not-executed', reason: REASON }, 202, { id: await odd(DISPUTED_KEY, 'disputed') }),
      'POST /v1/payments/{id}/retry': async (operation) =>
        service(operation, { reason: REASON }, 200, { id: await odd(FORGOTTEN_KEY, 'sent') }),
      'POST /v1/payments/receipts/{id}/decision': async (operation) =>
        service(operation, { decision: 'give-back', reason: REASON }, 202, { id: await standing() }),
      'POST /v1/pix/returns': async (operation) => person(operation, await received('118'), 201),
      'POST /bff/v1/pix/returns': async (operation) => browser(operation, await received('119'), 201),
      'POST /bff/v1/pix/decode': async (operation) => browser(operation, { code: FULANO }, 200),
      'POST /bff/v1/payments': async (operation) => browser(operation, await order('112'), 201),
      'POST /bff/v1/sandbox/receive': async (operation) => browser(operation, { amountMinor: '113' }, 202),
    };
  },
  otherwise: {
    'POST /v1/payments': { amountMinor: '131' },
    'POST /bff/v1/payments': { amountMinor: '132' },
    'POST /v1/pix/returns': { amountMinor: '134' },
    'POST /bff/v1/pix/returns': { amountMinor: '135' },
    'POST /v1/payments/{id}/review': { reason: 'Por outra razão' },
    'POST /v1/payments/{id}/resolve': { reason: 'Por outra razão' },
    'POST /v1/payments/receipts/{id}/decision': { reason: 'Por outra razão' },
    'POST /bff/v1/sandbox/receive': { amountMinor: '133' },
  },
  exempt: {
    'POST /v1/pix/decode': 'exempt: a reading pays nothing; reading again gives another quote',
    'POST /v1/payments/{id}/retry': 'exempt: what is due is tried now, however often that is asked for',
    'POST /bff/v1/pix/decode': 'exempt: reading a code moves nothing',
    'POST /webhooks/pix/{connection}': 'exempt: deduplicated by event id',
    'POST /webhooks/pix/{connection}/pix': 'exempt: deduplicated by event id',
  },
  open: {
    'POST /webhooks/pix/{connection}': 'proved as its adapter says',
    'POST /webhooks/pix/{connection}/pix': 'proved as its adapter says',
  },
  belongings,
  paths: {
    'GET /v1/payments/{id}': { by: 'service', id: 'payment' },
    'GET /v1/payments/{id}/steps': { by: 'service', id: 'payment' },
    'POST /v1/payments/{id}/review': { by: 'service', id: 'reviewed', body: { decision: 'deny', reason: 'De outro cliente' } },
    'POST /v1/payments/{id}/resolve': { by: 'service', id: 'disputed', body: { decision: 'executed', reason: 'Conferido' } },
    'POST /v1/payments/{id}/retry': { by: 'service', id: 'forgotten', body: { reason: 'De novo' } },
    'GET /v1/payments/receipts/{id}': { by: 'service', id: 'standing' },
    'POST /v1/payments/receipts/{id}/decision': { by: 'service', id: 'standing', body: { decision: 'give-back', reason: 'De volta' } },
    'GET /v1/pix/received/{id}': { by: 'person', id: 'received' },
    'GET /v1/pix/returns/{id}': { by: 'service', id: 'devolucao' },
    'GET /bff/v1/pix/received/{id}': { by: 'browser', id: 'received' },
    'GET /bff/v1/pix/returns/{id}': { by: 'browser', id: 'devolucao' },
    'GET /bff/v1/payments/{id}': { by: 'browser', id: 'payment' },
    'GET /bff/v1/payments/by-key/{key}': { by: 'browser', id: 'paymentKey' },
    'GET /bff/v1/comprovantes/{id}': { by: 'browser', id: 'payment' },
    'GET /bff/v1/comprovantes/{id}/pdf': { by: 'browser', id: 'payment' },
  },
  lists: {
    '/v1/payments?status=disputed': 'service',
    '/v1/payments/receipts?status=unmatched': 'service',
    '/v1/payments/differences': 'service',
    '/v1/accounts/me': 'person',
    '/v1/accounts/me/statement': 'person',
    '/bff/v1/home': 'browser',
    '/bff/v1/statement': 'browser',
    '/bff/v1/statement.csv': 'browser',
    '/bff/v1/pix/receive-code': 'browser',
  },
  // What it is about must be under way to be hurried.
  neverAtRest: ['POST /v1/payments/{id}/retry'],
  // What goes on by itself: the provider is asked about what stands still again and again, and each question is a step.
  restless: ['new_device_spendings', 'lookups', 'steps', 'receipt_steps', 'reconciliation_runs', 'statement_jobs'],
  busy: ['payments', 'receipts', 'accounts', 'devolucoes']
    .map((table) => `exists (select from payments.${table} where next_attempt_at < now() + interval '1 minute')`)
    .join(' or '),
};
export default conformance;
