import { randomUUID } from 'node:crypto';
import { until } from '../../../../scripts/lib/person.ts';
import type { Makers } from '../../../test/conformance/good-requests.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';

type Mine = { accounts: { accountId: string }[] };
type Sent = Record<string, unknown>;
/** Long past, and never closed. */
const DATE = '2026-01-05';
const SALE = { kind: 'in', place: 'drawer', method: 'cash', date: DATE, lines: [{ category: 'sales', amountMinor: '1850' }] };
const EXPENSE = { kind: 'out', place: 'drawer', date: DATE, amountMinor: '450' };
const LINES = { lines: [{ category: 'services', amountMinor: '1850' }] };
const RULE = { kind: 'out', contains: 'enel', category: 'utilities' };
/** What a shop's books consist of, as it is made. */
const THINGS = {
  stores: { name: 'Filial', archived: false },
  places: { kind: 'bank', name: 'Banco', archived: false },
  categories: { group: 'expense', name: 'Uniformes', archived: false },
  rules: RULE,
};
/** Before all that anybody records here, so that it closes nothing to others. */
const CLOSED = { until: '2025-12-31' };
const REOPENED = { from: '2026-01-01', reason: 'Faltou uma nota' };
const API = '/v1/books/of/{accountId}';
const BFF = '/bff/v1/books';

const SAME = 'exempt: it says what is to be so, and repeated finds it so';

/** Operations with the id of something behind a door: with a token the shop's is in the path, too. */
function pathsOf(by: 'person' | 'browser', prefix: string, name: string): NonNullable<Conformance['paths']> {
  const at = (param: string, thing: string, body?: Sent) => {
    const rest = body ? { body } : {};
    return by === 'browser' ? { by, id: `${name}${thing}`, ...rest } : { by, id: 'shop', also: { [param]: `${name}${thing}` }, ...rest };
  };
  return {
    [`PUT ${prefix}/stores/{id}`]: at('id', 'Store', { name: 'Outra' }),
    [`PUT ${prefix}/places/{id}`]: at('id', 'Place', { kind: 'drawer', name: 'Outro' }),
    [`PUT ${prefix}/categories/{id}`]: at('id', 'Category', { group: 'expense', name: 'Outra' }),
    [`PUT ${prefix}/rules/{ruleId}`]: at('ruleId', 'Rule', RULE),
    [`DELETE ${prefix}/rules/{ruleId}`]: at('ruleId', 'Rule'),
    [`GET ${prefix}/entries/{entryId}`]: at('entryId', 'Entry'),
    [`PATCH ${prefix}/entries/{entryId}`]: at('entryId', 'Entry', { version: 1, text: 'Broa' }),
    [`PUT ${prefix}/entries/{entryId}/lines`]: at('entryId', 'Entry', LINES),
    [`POST ${prefix}/entries/{entryId}/reversal`]: at('entryId', 'Entry', { reason: 'engano' }),
  };
}

/** What both doors have. */
const both = <T>(of: (prefix: string) => Record<string, T>): Record<string, T> => ({ ...of(API), ...of(BFF) });

const conformance: Conformance = {
  requests({ cast, person, browser, must }) {
    const mine = async (): Promise<string> => {
      const ask = async () => (await must(200, 'GET', '/v1/memberships', { token: cast.personToken })) as Mine;
      return (await until('an own account', ask, ({ accounts }) => accounts.length > 0)).accounts[0]!.accountId;
    };
    /** An entry that the ledger has, so that what is done to it is done at once. */
    const posted = async (): Promise<{ accountId: string; entryId: string }> => {
      const accountId = await mine();
      const sent = { token: cast.personToken, headers: { 'idempotency-key': randomUUID() }, body: SALE };
      const { id } = await must(201, 'POST', `/v1/books/of/${accountId}/entries`, sent);
      const ask = () => must(200, 'GET', `/v1/books/of/${accountId}/entries/${id}`, { token: cast.personToken });
      await until('the entry is posted', ask, ({ state }) => state === 'posted');
      return { accountId, entryId: String(id) };
    };
    /** The person's shop, and something new of it. */
    const made = async (thing?: keyof typeof THINGS): Promise<Record<string, string>> => {
      const accountId = await mine();
      if (thing === undefined) return { accountId };
      const sent = { token: cast.personToken, headers: { 'idempotency-key': randomUUID() }, body: THINGS[thing] };
      const id = String((await must(201, 'POST', `/v1/books/of/${accountId}/${thing}`, sent)).id);
      return { accountId, id, ruleId: id };
    };
    const makers = (send: typeof person, prefix: string): Makers => ({
      [`POST ${prefix}/stores`]: async (operation) => send(operation, { ...THINGS.stores }, 201, await made()),
      [`POST ${prefix}/places`]: async (operation) => send(operation, { ...THINGS.places }, 201, await made()),
      [`POST ${prefix}/categories`]: async (operation) => send(operation, { ...THINGS.categories }, 201, await made()),
      [`POST ${prefix}/rules`]: async (operation) => send(operation, { ...RULE }, 201, await made()),
      [`PUT ${prefix}/stores/{id}`]: async (operation) => send(operation, { ...THINGS.stores }, 200, await made('stores')),
      [`PUT ${prefix}/places/{id}`]: async (operation) => send(operation, { ...THINGS.places }, 200, await made('places')),
      [`PUT ${prefix}/categories/{id}`]: async (operation) => send(operation, { ...THINGS.categories }, 200, await made('categories')),
      [`PUT ${prefix}/rules/{ruleId}`]: async (operation) => send(operation, { ...RULE }, 200, await made('rules')),
      [`POST ${prefix}/entries/{entryId}/reversal`]: async (operation) =>
        send(operation, { reason: 'Digitado duas vezes' }, 200, await posted()),
      [`PUT ${prefix}/entries/{entryId}/lines`]: async (operation) => send(operation, { ...LINES }, 200, await posted()),
      [`PATCH ${prefix}/entries/{entryId}`]: async (operation) => send(operation, { version: 1, text: 'Broa' }, 200, await posted()),
      [`POST ${prefix}/closing`]: async (operation) => send(operation, { ...CLOSED }, 200, { accountId: await mine() }),
      [`POST ${prefix}/reopening`]: async (operation) => send(operation, { ...REOPENED }, 200, { accountId: await mine() }),
    });
    return {
      ...makers(person, API),
      ...makers(browser, BFF),
      [`POST ${API}/entries`]: async (operation) => person(operation, { ...SALE }, 201, { accountId: await mine() }),
      [`POST ${BFF}/entries`]: async (operation) => browser(operation, { ...SALE, id: randomUUID() }, 201),
      [`POST ${API}/entry-sortings`]: async (operation) => {
        const { accountId, entryId } = await posted();
        return person(operation, { entryIds: [entryId], category: 'services' }, 200, { accountId });
      },
      [`POST ${BFF}/entry-batches`]: async (operation) =>
        browser(operation, { entries: [SALE, EXPENSE].map((entry) => ({ ...entry, id: randomUUID() })) }, 200),
      [`PUT ${BFF}/sorting`]: async (operation) => {
        const { entryId } = await posted();
        return browser(operation, { entryIds: [entryId], category: 'services' }, 200);
      },
      [`POST ${API}/entry-batches`]: async (operation) => person(operation, { entries: [SALE, EXPENSE] }, 200, { accountId: await mine() }),
    };
  },
  otherwise: {
    ...both((prefix) => ({
      [`POST ${prefix}/entries`]: { lines: [{ category: 'sales', amountMinor: '1851' }] },
      [`POST ${prefix}/stores`]: { name: 'Outra' },
      [`POST ${prefix}/places`]: { name: 'Outro' },
      [`POST ${prefix}/categories`]: { name: 'Outra' },
      [`POST ${prefix}/rules`]: { contains: 'sabesp' },
    })),
    [`POST ${API}/entry-batches`]: { entries: [SALE] },
    [`POST ${BFF}/entry-batches`]: { entries: [{ ...SALE, id: '0192f000-0000-7000-8000-0000000000ff' }] },
  },
  exempt: {
    [`POST ${API}/entry-sortings`]: SAME,
    [`PUT ${BFF}/sorting`]: SAME,
    ...both((prefix) => ({
      [`PUT ${prefix}/stores/{id}`]: SAME,
      [`PUT ${prefix}/places/{id}`]: SAME,
      [`PUT ${prefix}/categories/{id}`]: SAME,
      [`PUT ${prefix}/rules/{ruleId}`]: SAME,
      [`DELETE ${prefix}/rules/{ruleId}`]: 'exempt: a rule that is gone stays so',
      [`POST ${prefix}/entries/{entryId}/reversal`]: 'exempt: an entry is reversed once, and repeated it finds it so',
      [`PUT ${prefix}/entries/{entryId}/lines`]: SAME,
      [`PATCH ${prefix}/entries/{entryId}`]: 'exempt: it names the version that it changes, so that it changes it once',
      [`POST ${prefix}/closing`]: 'exempt: a closed day stays closed',
      [`POST ${prefix}/reopening`]: 'exempt: an open day stays open',
    })),
  },
  async belongings({ a, of }) {
    const made = async (by: 'person' | 'browser', method: string, target: string, status: number, body?: Sent): Promise<Sent> => {
      const answer = await a[by](method, target, body);
      if (answer.status !== status) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
      return answer.body as Sent;
    };
    const some = async (by: 'person' | 'browser', prefix: string, shop: string, name: string): Promise<Record<string, string>> => {
      const { stores, places, categories } = (await made(by, 'GET', shop, 200)) as Record<
        string,
        { id: string; kind: string; group: string }[]
      >;
      const { id: entry } = await made(by, 'POST', `${prefix}/entries`, 201, by === 'browser' ? { ...SALE, id: randomUUID() } : SALE);
      const { id: rule } = await made(by, 'POST', `${prefix}/rules`, 201, RULE);
      return {
        [`${name}Store`]: stores![0]!.id,
        [`${name}Place`]: places!.find(({ kind }) => kind === 'drawer')!.id,
        [`${name}Category`]: categories!.find(({ group }) => group === 'expense')!.id,
        [`${name}Entry`]: String(entry),
        [`${name}Rule`]: String(rule),
      };
    };
    const path = `/v1/books/of/${of.shop}`;
    return { ...(await some('person', path, path, 'books')), ...(await some('browser', BFF, `${BFF}/shop`, 'ownBooks')) };
  },
  paths: {
    ...pathsOf('person', API, 'books'),
    ...pathsOf('browser', BFF, 'ownBooks'),
    [`GET ${API}`]: { by: 'person', id: 'shop' },
    [`GET ${API}/rules`]: { by: 'person', id: 'shop' },
    [`GET ${API}/entries`]: { by: 'person', id: 'shop' },
    [`GET ${API}/closing`]: { by: 'person', id: 'shop', query: `?date=${DATE}` },
    [`POST ${API}/closing`]: { by: 'person', id: 'shop', body: CLOSED },
    [`POST ${API}/reopening`]: { by: 'person', id: 'shop', body: REOPENED },
    [`POST ${API}/stores`]: { by: 'person', id: 'shop', body: THINGS.stores },
    [`POST ${API}/places`]: { by: 'person', id: 'shop', body: THINGS.places },
    [`POST ${API}/categories`]: { by: 'person', id: 'shop', body: THINGS.categories },
    [`POST ${API}/rules`]: { by: 'person', id: 'shop', body: RULE },
    [`POST ${API}/entries`]: { by: 'person', id: 'shop', body: SALE },
    [`POST ${API}/entry-batches`]: { by: 'person', id: 'shop', body: { entries: [SALE] } },
    [`POST ${API}/entry-sortings`]: { by: 'person', id: 'shop', body: { entryIds: [randomUUID()], category: 'goods' } },
  },
  lists: { [`${BFF}/entries`]: 'browser', [`${BFF}/rules`]: 'browser', [`${BFF}/today`]: 'browser', [`${BFF}/shop`]: 'browser' },
  // Accepted, and on the way to the ledger.
  busy: 'exists (select from books.entries where position is null and refusal is null)',
  unlisted: { [`${BFF}/closing`]: 'counts of what waits, and figures of one day' },
};
export default conformance;
