import { randomUUID } from 'node:crypto';
import { until } from '../../../../scripts/lib/person.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';

type Mine = { accounts: { accountId: string }[] };
/** Long past everywhere, and never closed. */
const DATE = '2026-01-05';
const SALE = { kind: 'in', place: 'drawer', method: 'cash', date: DATE, lines: [{ category: 'sales', amountMinor: '1850' }] };
const EXPENSE = { kind: 'out', place: 'drawer', date: DATE, amountMinor: '450' };

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
    const storeOf = async (accountId: string): Promise<string> => {
      const shop = await must(200, 'GET', `/v1/books/of/${accountId}`, { token: cast.personToken });
      return (shop.stores as { id: string }[])[0]!.id;
    };
    return {
      'PUT /v1/books/of/{accountId}/stores/{id}': async (operation) =>
        person(operation, { name: 'Filial', archived: false }, 200, { accountId: await mine(), id: randomUUID() }),
      'PUT /v1/books/of/{accountId}/places/{id}': async (operation) => {
        const accountId = await mine();
        const body = { storeId: await storeOf(accountId), kind: 'bank', name: 'Banco', archived: false };
        return person(operation, body, 200, { accountId, id: randomUUID() });
      },
      'PUT /v1/books/of/{accountId}/categories/{id}': async (operation) =>
        person(operation, { group: 'expense', name: 'Uniformes', archived: false }, 200, { accountId: await mine(), id: randomUUID() }),
      'POST /v1/books/of/{accountId}/entries': async (operation) => person(operation, { ...SALE }, 201, { accountId: await mine() }),
      'POST /v1/books/of/{accountId}/entries/batch': async (operation) =>
        person(operation, { entries: [SALE, EXPENSE] }, 200, { accountId: await mine() }),
      'POST /v1/books/of/{accountId}/entries/{entryId}/reversal': async (operation) =>
        person(operation, { reason: 'Digitado duas vezes' }, 200, await posted()),
      'PUT /v1/books/of/{accountId}/entries/{entryId}/lines': async (operation) =>
        person(operation, { lines: [{ category: 'services', amountMinor: '1850' }] }, 200, await posted()),
      'POST /bff/v1/books/entries': async (operation) => browser(operation, { ...SALE, id: randomUUID() }, 201),
      'PUT /bff/v1/books/sorting': async (operation) => {
        const { entryId } = await posted();
        return browser(operation, { entryIds: [entryId], category: 'services' }, 200);
      },
      'PUT /bff/v1/books/entries/{entryId}/lines': async (operation) => {
        const { entryId } = await posted();
        return browser(operation, { lines: [{ category: 'services', amountMinor: '1850' }] }, 200, { entryId });
      },
      'POST /bff/v1/books/entries/{entryId}/reversal': async (operation) => {
        const { entryId } = await posted();
        return browser(operation, { reason: 'Digitado duas vezes' }, 200, { entryId });
      },
    };
  },
  otherwise: {
    'POST /v1/books/of/{accountId}/entries': { lines: [{ category: 'sales', amountMinor: '1851' }] },
    'POST /v1/books/of/{accountId}/entries/batch': { entries: [SALE] },
    'POST /bff/v1/books/entries': { lines: [{ category: 'sales', amountMinor: '1851' }] },
  },
  exempt: {
    'PUT /bff/v1/books/sorting': 'exempt: it says what is to be so, and repeated finds it so',
    'PUT /bff/v1/books/entries/{entryId}/lines': 'exempt: it says what is to be so, and repeated finds it so',
    'POST /bff/v1/books/entries/{entryId}/reversal': 'exempt: an entry is reversed once, and repeated it finds it so',
    'PUT /v1/books/of/{accountId}/stores/{id}': 'exempt: it says what is to be so, and repeated finds it so',
    'PUT /v1/books/of/{accountId}/places/{id}': 'exempt: it says what is to be so, and repeated finds it so',
    'PUT /v1/books/of/{accountId}/categories/{id}': 'exempt: it says what is to be so, and repeated finds it so',
    'POST /v1/books/of/{accountId}/entries/{entryId}/reversal': 'exempt: an entry is reversed once, and repeated it finds it so',
    'PUT /v1/books/of/{accountId}/entries/{entryId}/lines': 'exempt: it says what is to be so, and repeated finds it so',
  },
  async belongings({ a, of }) {
    const made = async (method: string, target: string, status: number, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await a.person(method, target, body);
      if (answer.status !== status) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
      return answer.body as Record<string, unknown>;
    };
    const path = `/v1/books/of/${of.shop}`;
    const { stores, places, categories } = await made('GET', path, 200);
    const first = (some: unknown): string => (some as { id: string }[])[0]!.id;
    const { id } = await made('POST', `${path}/entries`, 201, SALE);
    const drawer = (places as { id: string; kind: string }[]).find(({ kind }) => kind === 'drawer')!;
    const expense = (categories as { id: string; group: string }[]).find(({ group }) => group === 'expense')!;
    // Of the account that the browser is about when it names none.
    const own = await a.browser('POST', '/bff/v1/books/entries', { ...SALE, id: randomUUID() });
    if (own.status !== 201) throw new Error(`no own entry: ${own.status} ${own.text}`);
    const { id: booksOwnEntry } = own.body as { id: string };
    return { booksOwnEntry, booksStore: first(stores), booksPlace: drawer.id, booksCategory: expense.id, booksEntry: String(id) };
  },
  lists: { '/bff/v1/books/shop': 'browser', '/bff/v1/books/today': 'browser', '/bff/v1/books/entries': 'browser' },
  paths: {
    'GET /bff/v1/books/entries/{entryId}': { by: 'browser', id: 'booksOwnEntry' },
    'PUT /bff/v1/books/entries/{entryId}/lines': {
      by: 'browser',
      id: 'booksOwnEntry',
      body: { lines: [{ category: 'sales', amountMinor: '1850' }] },
    },
    'POST /bff/v1/books/entries/{entryId}/reversal': { by: 'browser', id: 'booksOwnEntry', body: { reason: 'engano' } },
    'GET /v1/books/of/{accountId}': { by: 'person', id: 'shop' },
    'PUT /v1/books/of/{accountId}/stores/{id}': { by: 'person', id: 'shop', also: { id: 'booksStore' }, body: { name: 'Outra' } },
    'PUT /v1/books/of/{accountId}/places/{id}': {
      by: 'person',
      id: 'shop',
      also: { id: 'booksPlace' },
      body: { kind: 'drawer', name: 'Outro' },
    },
    'PUT /v1/books/of/{accountId}/categories/{id}': {
      by: 'person',
      id: 'shop',
      also: { id: 'booksCategory' },
      body: { group: 'expense', name: 'Outra' },
    },
    'POST /v1/books/of/{accountId}/entries': { by: 'person', id: 'shop', body: SALE },
    'POST /v1/books/of/{accountId}/entries/batch': { by: 'person', id: 'shop', body: { entries: [SALE] } },
    'GET /v1/books/of/{accountId}/entries/{entryId}': { by: 'person', id: 'shop', also: { entryId: 'booksEntry' } },
    'POST /v1/books/of/{accountId}/entries/{entryId}/reversal': {
      by: 'person',
      id: 'shop',
      also: { entryId: 'booksEntry' },
      body: { reason: 'engano' },
    },
    'PUT /v1/books/of/{accountId}/entries/{entryId}/lines': {
      by: 'person',
      id: 'shop',
      also: { entryId: 'booksEntry' },
      body: { lines: [{ category: 'sales', amountMinor: '1850' }] },
    },
  },
};
export default conformance;
