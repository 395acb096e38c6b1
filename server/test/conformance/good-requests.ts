/** A request that works for every operation with a body: what a test then breaks in one place at a time. */
import { randomUUID } from 'node:crypto';
import { cpfFrom, Person, until } from '../../../scripts/lib/person.ts';
import { newId } from '../../src/platform/id.ts';
import { FULANO } from '../simulation/money-checks.ts';
import { openLogIn, ownHeaders, type Sent, type WholePlatform } from '../support/whole-platform.ts';
import { type Operation, pathOf } from './operations.ts';

export type Request = { target: string; headers: Record<string, string>; token?: string; body: Record<string, unknown>; status: number };

/** The number of the person on whose behalf the requests are made; `signUp(PERSON)` comes first. */
export const PERSON = 310_000_001;
/** An amount that goes to review when paid to somebody new. */
const REVIEWED_MINOR = '350000';
/** More payments of that amount in a day would be denied instead. */
const REVIEWS_A_PERSON = 4;

/** Keys whose payments the sandbox answers with another amount, or says yes to and forgets. */
export const DISPUTED_KEY = 'disputa@exemplo.com.br';
export const FORGOTTEN_KEY = 'esquece@exemplo.com.br';
export const ODD = { [DISPUTED_KEY]: { finalInPost: true, answer: { amountOther: true } }, [FORGOTTEN_KEY]: { forget: true } };

export type Cast = { person: Person; personToken: string; serviceToken: string };

/** A person with money, and tokens for both kinds of callers. */
export async function castOf(platform: WholePlatform): Promise<Cast> {
  const person = await platform.signUp(PERSON);
  await platform.fund(person, 10_000_000n);
  return { person, personToken: await platform.personToken(PERSON), serviceToken: await platform.serviceToken() };
}

/** Makes requests by the operation's name. Each one made is new: another id, another quote, another idempotency key. */
export function createGoodRequests(platform: WholePlatform, cast: Cast) {
  let people = 320_000_000;
  let reviews = 0;
  let spender: Person | undefined;
  const keyed = () => ({ 'idempotency-key': randomUUID() });
  const session = () => ownHeaders(cast.person);
  const newPerson = () => {
    people += 1;
    return { name: 'Nova Pessoa', cpf: cpfFrom(people), email: `nova.${people}@exemplo.com.br`, password: 'uma-senha-comprida' };
  };
  const must = async (status: number, method: string, target: string, sent: Sent): Promise<Record<string, unknown>> => {
    const answer = await platform.send(method, target, sent);
    if (answer.status !== status) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
    return answer.body as Record<string, unknown>;
  };
  const account = async (): Promise<string> => {
    const id = newId();
    const body = { id, code: 'conformance', asset: 'BRL', normalSide: 'credit' };
    await must(201, 'POST', '/v1/ledger/accounts', { token: cast.serviceToken, body });
    return id;
  };
  const transfer = async () => {
    const [debitAccountId, creditAccountId] = [await account(), await account()];
    return { id: newId(), kind: 'transfer', debitAccountId, creditAccountId, amountMinor: '5', effectiveAt: '2026-01-02T03:04:05Z' };
  };
  const quote = async (person: Person, code: string): Promise<string> =>
    String((await must(200, 'POST', '/bff/v1/pix/decode', { headers: ownHeaders(person), body: { code } })).quoteId);
  const pay = async (amountMinor: string) => ({ quoteId: await quote(cast.person, FULANO), amountMinor, description: 'Conformidade' });
  /** A payment that waits for a person's decision. */
  const inReview = async (): Promise<string> => {
    if (!spender || reviews % REVIEWS_A_PERSON === 0) {
      people += 1;
      spender = await platform.signUp(people);
      await platform.fund(spender, 10_000_000n);
    }
    reviews += 1;
    const quoteId = await quote(spender, `desconhecido.${people}.${reviews}@exemplo.com.br`);
    const body = { quoteId, amountMinor: REVIEWED_MINOR };
    const { id } = await must(201, 'POST', '/bff/v1/payments', { headers: ownHeaders(spender), body });
    const ask = () => must(200, 'GET', `/bff/v1/payments/${id}`, { headers: ownHeaders(spender!) });
    await until('a review', ask, ({ status }) => status === 'in-review');
    return String(id);
  };
  /** A payment that the provider treats so that it does not end soon: disputed, or forgotten and to be sent again. */
  const odd = async (key: string, status: string): Promise<string> => {
    // Forgotten once: sent again, it goes through, so that nothing circles behind the tests that come after.
    await platform.sandbox.call('PUT', '/admin/faults', { only: { ...ODD, [FORGOTTEN_KEY]: { forget: 1 } } });
    const body = { quoteId: await quote(cast.person, key), amountMinor: '114' };
    const { id } = await must(201, 'POST', '/bff/v1/payments', { headers: session(), body });
    await until(
      status,
      () => must(200, 'GET', `/bff/v1/payments/${id}`, { headers: session() }),
      (one) => one.status === status,
    );
    return String(id);
  };
  /** Money for a key that is nobody's, which stands still. */
  const standing = async (): Promise<string> => {
    people += 1;
    const arrival = { payeeKey: `ninguem.${people}@exemplo.com.br`, amount: '1.17' };
    const { endToEndId } = await platform.sandbox.call<{ endToEndId: string }>('POST', '/admin/receive', arrival);
    const ask = () => must(200, 'GET', '/v1/payments/receipts?status=unmatched&limit=100', { token: cast.serviceToken });
    const found = ({ arrivals }: Record<string, unknown>) =>
      (arrivals as { id: string; endToEndId: string }[]).find((one) => one.endToEndId === endToEndId);
    return found(await until('an arrival that is nobody’s', ask, (list) => found(list) !== undefined))!.id;
  };
  /** A log-in page, as one browser sees it. */
  const logIn = async (operation: Operation, body: Record<string, unknown>, status: number): Promise<Request> => {
    const browser = new Person(platform.baseUrl);
    const target = pathOf(operation, { uid: await openLogIn(browser) });
    return { target, headers: ownHeaders(browser), body, status };
  };

  const makers: Record<string, (operation: Operation) => Promise<Request>> = {
    'POST /v1/ledger/accounts': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: {
        id: newId(),
        code: 'conformance',
        asset: 'BRL',
        normalSide: 'credit',
        debitsMustNotExceedCredits: true,
        overdraftLimitMinor: '0',
        subjectId: null,
      },
      status: 201,
    }),
    'POST /v1/ledger/transfers': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: { ...(await transfer()), metadata: { reference: 'r-1' } },
      status: 201,
    }),
    'POST /v1/ledger/transfers/batch': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: { commands: [await transfer()], atomic: true },
      status: 200,
    }),
    'POST /v1/ledger/accounts/batch': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: { accounts: [{ id: newId(), code: 'conformance', asset: 'BRL', normalSide: 'credit', name: 'Conformidade' }] },
      status: 201,
    }),
    'POST /v1/ledger/accounts/by-ids': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: { ids: [await account()] },
      status: 200,
    }),
    'POST /v1/ledger/transfers/by-ids': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: { ids: [newId()] },
      status: 200,
    }),
    'PUT /v1/ledger/accounts/{id}/label': async (operation) => ({
      target: pathOf(operation, { id: await account() }),
      headers: {},
      token: cast.serviceToken,
      body: { name: 'Conformidade', metadata: { reference: 'r-1' } },
      status: 200,
    }),
    'PUT /v1/ledger/assets': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: { assets: [{ asset: 'CONF', decimals: 4, name: 'Conformidade' }] },
      status: 200,
    }),
    'PUT /v1/ledger/chart': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.serviceToken,
      body: { lines: [{ code: 'conformance', cosif: '41110007', name: 'Depósitos' }] },
      status: 200,
    }),
    'POST /entrar/{uid}/login': (operation) => logIn(operation, { login: cpfFrom(PERSON), password: 'conforme-o-combinado' }, 200),
    'POST /entrar/{uid}/sign-up': (operation) => logIn(operation, newPerson(), 201),
    'POST /v1/people': async (operation) => ({
      target: pathOf(operation),
      headers: keyed(),
      token: cast.serviceToken,
      body: newPerson(),
      status: 201,
    }),
    'POST /v1/pix/decode': async (operation) => ({
      target: pathOf(operation),
      headers: {},
      token: cast.personToken,
      body: { code: FULANO },
      status: 200,
    }),
    'POST /v1/payments': async (operation) => ({
      target: pathOf(operation),
      headers: keyed(),
      token: cast.personToken,
      body: await pay('111'),
      status: 201,
    }),
    'POST /v1/payments/{id}/review': async (operation) => ({
      target: pathOf(operation, { id: await inReview() }),
      headers: keyed(),
      token: cast.serviceToken,
      body: { decision: 'deny', reason: 'Prova de conformidade' },
      status: 200,
    }),
    'POST /v1/payments/{id}/resolve': async (operation) => ({
      target: pathOf(operation, { id: await odd(DISPUTED_KEY, 'disputed') }),
      headers: keyed(),
      token: cast.serviceToken,
      body: { decision: 'not-executed', reason: 'Prova de conformidade' },
      status: 200,
    }),
    'POST /v1/payments/{id}/retry': async (operation) => ({
      target: pathOf(operation, { id: await odd(FORGOTTEN_KEY, 'sent') }),
      headers: {},
      token: cast.serviceToken,
      body: { reason: 'Prova de conformidade' },
      status: 200,
    }),
    'POST /v1/payments/receipts/{id}/decision': async (operation) => ({
      target: pathOf(operation, { id: await standing() }),
      headers: keyed(),
      token: cast.serviceToken,
      body: { decision: 'give-back', reason: 'Prova de conformidade' },
      status: 200,
    }),
    'POST /bff/v1/pix/decode': async (operation) => ({
      target: pathOf(operation),
      headers: session(),
      body: { code: FULANO },
      status: 200,
    }),
    'POST /bff/v1/payments': async (operation) => ({
      target: pathOf(operation),
      headers: session(),
      body: await pay('112'),
      status: 201,
    }),
    'POST /bff/v1/sandbox/receive': async (operation) => ({
      target: pathOf(operation),
      headers: session(),
      body: { amountMinor: '113' },
      status: 202,
    }),
  };
  return {
    names: Object.keys(makers),
    make(operation: Operation): Promise<Request> {
      const maker = makers[operation.name];
      if (!maker) throw new Error(`${operation.name} takes a body: add a request that works to good-requests.ts`);
      return maker(operation);
    },
  };
}
