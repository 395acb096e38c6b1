import { randomUUID } from 'node:crypto';
import { until } from '../../../../scripts/lib/person.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';
import { DEMO_CLIENT_ID } from '../identity/seed.ts';

type Mine = { accounts: { accountId: string }[] };
type Body = Record<string, unknown>;
const FLOAT = [{ denominationMinor: 5_000, pieces: 2 }];
const COUNT = { cash: FLOAT, slips: [{ method: 'credit-card', amountMinor: '0', slips: 0 }] };
const SALE = { kind: 'sale', amountMinor: '1850', note: 'Pães' };
const SETTINGS = { limitMinor: '100000', pixPlace: 'wallet', pixByItself: false };
const GRANT = { role: 'operator', limits: { perPaymentMinor: null, perDayMinor: null } };
const HOURS = { cutOffHour: 4, timeZone: 'America/Sao_Paulo' };
const REVIEW = { note: 'Conferido' };
const REASON = { reason: 'Digitado errado' };
const DECISION = { decision: 'discard', reason: 'Não foi venda' };
const SAME = 'exempt: it says what is to be so, and repeated finds it so';
const REVIEWED = 'exempt: what was reviewed stays so';
const OFFLINE = 'exempt: each sale has an id of its own and is recorded once';
const DECIDED = 'exempt: a sale is decided once; the same decision again changes nothing';
const CREDITED = 'exempt: a deposit arrives once; the same again changes nothing';
/** When a till without a connection sold something: no drawer here was open then, so that it waits. */
const LONG_AGO = '2026-01-05T12:00:00Z';
const offline = () => ({ sales: [{ id: randomUUID(), at: LONG_AGO, amountMinor: '990', method: 'cash' }] });

type Prefix = 'shop' | 'own';
/** Of the company, and of the person's own account. */
const CREDITS: Record<Prefix, { toPlaceId: string; date: string }> = {
  shop: { toPlaceId: '', date: LONG_AGO.slice(0, 10) },
  own: { toPlaceId: '', date: LONG_AGO.slice(0, 10) },
};
const creditOf = (prefix: Prefix) => CREDITS[prefix];

/** What one does over the API as somebody. */
type Ask = (status: number, method: string, path: string, body?: unknown) => Promise<Body>;

/** A drawer of its own for each request, since a drawer has one session. */
function counterOf(ask: Ask, accountId: string) {
  const path = `/v1/drawers/of/${accountId}`;
  const storeId = async () => ((await ask(200, 'GET', `/v1/books/of/${accountId}`)).stores as { id: string }[])[0]!.id;
  const place = async (kind: 'drawer' | 'bank') =>
    String((await ask(201, 'POST', `/v1/books/of/${accountId}/places`, { storeId: await storeId(), kind, name: 'Conformidade' })).id);
  const session = async (placeId?: string) =>
    String((await ask(201, 'POST', `${path}/places/${placeId ?? (await place('drawer'))}/sessions`, { cash: FLOAT })).id);
  const sale = async (sessionId: string) => String((await ask(201, 'POST', `${path}/sessions/${sessionId}/movements`, SALE)).id);
  const counted = async () => {
    const id = await session();
    await ask(201, 'POST', `${path}/sessions/${id}/counts`, COUNT);
    return id;
  };
  const lateSale = async () => {
    const placeId = await place('drawer');
    await session(placeId);
    const sent = offline();
    await ask(200, 'POST', `${path}/places/${placeId}/offline-sales`, sent);
    return sent.sales[0]!.id;
  };
  const deposit = async () => String((await ask(201, 'POST', `${path}/deposits`, { amountMinor: '100' })).id);
  return { path, storeId, place, session, sale, counted, lateSale, deposit };
}

const conformance: Conformance = {
  requests({ cast, person, browser, must }) {
    const as =
      (token: string): Ask =>
      (status, method, path, body) =>
        must(status, method, path, { token, headers: { 'idempotency-key': randomUUID() }, ...(body === undefined ? {} : { body }) });
    const own = as(cast.personToken);
    const mine = async (): Promise<string> => {
      const ask = async () => (await own(200, 'GET', '/v1/memberships')) as Mine;
      return (await until('an own account', ask, ({ accounts }) => accounts.length > 0)).accounts[0]!.accountId;
    };
    const counter = async () => counterOf(own, await mine());
    const closed = async (): Promise<string> => {
      const accountId = await mine();
      await own(200, 'PUT', `/v1/memberships/of/${accountId}/clients/${DEMO_CLIENT_ID}`, GRANT);
      return closedBy(as(cast.serviceToken), accountId, await (await counter()).place('drawer'));
    };
    const both = {
      'PUT places/{placeId}': [SETTINGS, 200, async () => ({ placeId: await (await counter()).place('drawer') })],
      'PUT stores/{storeId}/hours': [HOURS, 200, async () => ({ storeId: await (await counter()).storeId() })],
      'POST places/{placeId}/sessions': [{ cash: FLOAT }, 201, async () => ({ placeId: await (await counter()).place('drawer') })],
      'POST places/{placeId}/offline-sales': [
        offline,
        200,
        async () => {
          const { place, session } = await counter();
          const placeId = await place('drawer');
          await session(placeId);
          return { placeId };
        },
      ],
      'POST sessions/{sessionId}/movements': [SALE, 201, async () => ({ sessionId: await (await counter()).session() })],
      'POST sessions/{sessionId}/movements/{movementId}/void': [
        REASON,
        201,
        async () => {
          const { session, sale } = await counter();
          const sessionId = await session();
          return { sessionId, movementId: await sale(sessionId) };
        },
      ],
      'POST sessions/{sessionId}/counts': [COUNT, 201, async () => ({ sessionId: await (await counter()).session() })],
      'POST sessions/{sessionId}/close': [
        { leave: { amountMinor: '1000' } },
        200,
        async () => ({ sessionId: await (await counter()).counted() }),
      ],
      'POST sessions/{sessionId}/review': [REVIEW, 200, async () => ({ sessionId: await closed() })],
      'POST late-sales/{saleId}/decide': [DECISION, 200, async () => ({ saleId: await (await counter()).lateSale() })],
      'POST deposits': [{ amountMinor: '100' }, 201, async () => ({})],
      'PUT deposits/{depositId}/credit': [
        async () => ({ toPlaceId: await (await counter()).place('bank'), date: LONG_AGO.slice(0, 10) }),
        200,
        async () => ({ depositId: await (await counter()).deposit() }),
      ],
    } as const;
    return Object.fromEntries(
      Object.entries(both).flatMap(([name, [body, status, path]]) => {
        const [method, rest] = name.split(' ') as [string, string];
        const made = async () => (typeof body === 'function' ? await body() : { ...body }) as Body;
        return [
          [
            `${method} /v1/drawers/of/{accountId}/${rest}`,
            async (operation) => person(operation, await made(), status, { accountId: await mine(), ...(await path()) }),
          ],
          [`${method} /bff/v1/drawers/${rest}`, async (operation) => browser(operation, await made(), status, await path())],
        ] satisfies [string, NonNullable<ReturnType<NonNullable<Conformance['requests']>>[string]>][];
      }),
    );
  },
  otherwise: ofBoth({
    'POST places/{placeId}/sessions': { cash: [{ denominationMinor: 1_000, pieces: 3 }] },
    'POST sessions/{sessionId}/movements': { amountMinor: '1851' },
    'POST sessions/{sessionId}/movements/{movementId}/void': { reason: 'Outro motivo' },
    'POST sessions/{sessionId}/counts': { cash: [{ denominationMinor: 1_000, pieces: 3 }] },
    'POST sessions/{sessionId}/close': { leave: { amountMinor: '900' } },
    'POST deposits': { amountMinor: '101' },
  }),
  exempt: ofBoth({
    'PUT places/{placeId}': SAME,
    'PUT stores/{storeId}/hours': SAME,
    'POST places/{placeId}/offline-sales': OFFLINE,
    'POST sessions/{sessionId}/review': REVIEWED,
    'POST late-sales/{saleId}/decide': DECIDED,
    'PUT deposits/{depositId}/credit': CREDITED,
  }),
  async belongings({ a, of }) {
    const as =
      (caller: (typeof a)['person']): Ask =>
      async (status, method, path, body) => {
        const answer = await caller(method, path, body);
        if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
        return answer.body as Body;
      };
    const { accounts } = (await as(a.person)(200, 'GET', '/v1/memberships')) as Mine;
    const [shop, own] = [of.shop!, accounts[0]!.accountId];
    /** For each operation something of its own. Over the API of the company, from the browser of the person's account. */
    const onEach = async (accountId: string, prefix: Prefix) => {
      const counter = counterOf(as(a.person), accountId);
      const { place, session, sale, counted, lateSale, deposit, storeId } = counter;
      await as(a.person)(200, 'PUT', `/v1/memberships/of/${accountId}/clients/${DEMO_CLIENT_ID}`, GRANT);
      const selling = await session();
      const bankId = await place('bank');
      CREDITS[prefix].toPlaceId = bankId;
      const made = {
        Store: await storeId(),
        Place: await place('drawer'),
        Till: await place('drawer'),
        Bank: bankId,
        Session: selling,
        Movement: await sale(selling),
        ToCount: await session(),
        ToClose: await counted(),
        ToReview: await closedBy(as(a.service), accountId, await place('drawer')),
        LateSale: await lateSale(),
        Deposit: await deposit(),
      };
      await session(made.Till);
      return Object.fromEntries(Object.entries(made).map(([name, id]) => [`${prefix}${name}`, id]));
    };
    return { ownAccount: own, ...(await onEach(shop, 'shop')), ...(await onEach(own, 'own')) };
  },
  paths: {
    'GET /v1/drawers/of/{accountId}': { by: 'person', id: 'shop' },
    'GET /v1/drawers/of/{accountId}/sessions': { by: 'person', id: 'shop' },
    'GET /v1/drawers/of/{accountId}/late-sales': { by: 'person', id: 'shop' },
    'GET /v1/drawers/of/{accountId}/deposits': { by: 'person', id: 'shop' },
    'POST /v1/drawers/of/{accountId}/deposits': { by: 'person', id: 'shop', body: { amountMinor: '100' } },
    'GET /v1/drawers/of/{accountId}/stores/{storeId}/hours': { by: 'person', id: 'shop', also: { storeId: 'shopStore' } },
    'GET /v1/drawers/of/{accountId}/sessions/{sessionId}': { by: 'person', id: 'shop', also: { sessionId: 'shopSession' } },
    'GET /v1/drawers/of/{accountId}/sessions/{sessionId}/movements': { by: 'person', id: 'shop', also: { sessionId: 'shopSession' } },
    'GET /bff/v1/drawers/sessions/{sessionId}': { by: 'browser', id: 'ownSession' },
    ...Object.assign(
      {},
      ...Object.entries({
        'PUT places/{placeId}': [['Place'], SETTINGS],
        'PUT stores/{storeId}/hours': [['Store'], HOURS],
        'POST places/{placeId}/sessions': [['Place'], { cash: FLOAT }],
        'POST places/{placeId}/offline-sales': [['Till'], offline()],
        'POST sessions/{sessionId}/movements': [['Session'], SALE],
        'POST sessions/{sessionId}/movements/{movementId}/void': [['Session', 'Movement'], REASON],
        'POST sessions/{sessionId}/counts': [['ToCount'], COUNT],
        'POST sessions/{sessionId}/close': [['ToClose'], { leave: null }],
        'POST sessions/{sessionId}/review': [['ToReview'], REVIEW],
        'POST late-sales/{saleId}/decide': [['LateSale'], DECISION],
        'PUT deposits/{depositId}/credit': [['Deposit'], creditOf],
      } as const).map(([name, [ids, body]]) => pathsOf(name, ids, typeof body === 'function' ? (body as typeof creditOf) : () => body)),
    ),
  },
  lists: { '/bff/v1/drawers': 'browser', '/bff/v1/drawers/sessions': 'browser' },
};
export default conformance;

/** An operation over the API and from the browser, with the ids of its path by the names of their belongings. */
function pathsOf(name: string, ids: readonly string[], bodyOf: (prefix: Prefix) => object): NonNullable<Conformance['paths']> {
  const [method, rest] = name.split(' ') as [string, string];
  const params = rest.match(/(?<=\{)\w+/g)!;
  const of = (prefix: Prefix, from: number) =>
    Object.fromEntries(params.slice(from).map((param, at) => [param, `${prefix}${ids[at + from]}`]));
  return {
    [`${method} /v1/drawers/of/{accountId}/${rest}`]: { by: 'person', id: 'shop', also: of('shop', 0), body: bodyOf('shop') },
    [`${method} /bff/v1/drawers/${rest}`]: { by: 'browser', id: `own${ids[0]}`, also: of('own', 1), body: bodyOf('own') },
  };
}

/** A session of somebody else, so that the person may review it: a service that acts on the account. */
async function closedBy(till: Ask, accountId: string, placeId: string): Promise<string> {
  const sessionId = await counterOf(till, accountId).session(placeId);
  await till(201, 'POST', `/v1/drawers/of/${accountId}/sessions/${sessionId}/counts`, COUNT);
  await till(200, 'POST', `/v1/drawers/of/${accountId}/sessions/${sessionId}/close`, { leave: null });
  return sessionId;
}

/** The same over the API and from the browser. */
function ofBoth<T>(told: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) => {
      const [method, rest] = name.split(' ') as [string, string];
      return [
        [`${method} /v1/drawers/of/{accountId}/${rest}`, value],
        [`${method} /bff/v1/drawers/${rest}`, value],
      ];
    }),
  );
}
