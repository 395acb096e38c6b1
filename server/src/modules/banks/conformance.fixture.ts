import { randomUUID } from 'node:crypto';
import { until } from '../../../../scripts/lib/person.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';

type Body = Record<string, unknown>;
type Made = (method: string, target: string, body?: unknown) => Promise<Body>;
type File = { id: string; state: string; fresh: number };
type Day = {
  bank: { movements: { id: string; state: string; amountMinor: string }[] };
  books: { entries: { entryId: string; amountMinor: string }[] };
};
/** A movement of the bank that waits for a person, with the entry of the books that it may be. */
type Waiting = { movementId: string; entryId: string };
type Stall = {
  accountId: string;
  placeId: string;
  take(): Promise<Waiting>;
  bring(amount: number): Promise<File>;
  pair: { outId: string; inId: string };
};

/** Long past everywhere. */
const DAY = '2026-01-06';
const POOL = 24;
const MAPPING = { mapping: { date: 'Data', amount: 'Valor', text: ['Histórico'] }, dateOrder: 'day-first' };
const base64 = (rows: string[]): string => Buffer.from(['Data;Histórico;Valor', ...rows, ''].join('\n')).toString('base64');
const written = (cents: number): string => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`;

/** A shop with a bank: movements that wait, and ways to bring more files. */
async function openStall(must: Made): Promise<Stall> {
  const mine = (await until(
    'an own account',
    () => must('GET', '/v1/memberships'),
    ({ accounts }) => (accounts as Body[]).length > 0,
  )) as {
    accounts: { accountId: string }[];
  };
  const { accountId } = mine.accounts[0]!;
  const openBank = async (name: string) => String((await must('POST', `/v1/books/of/${accountId}/places`, { kind: 'bank', name })).id);
  const [placeId, other] = [await openBank('Banco da loja'), await openBank('Outro banco')];
  const path = `/v1/banks/of/${accountId}`;
  const read = async (rows: string[], place = placeId): Promise<File> => {
    const { id } = await must('POST', `${path}/files`, { placeId: place, name: 'extrato.csv', content: base64(rows) });
    return stateOf(String(id), 'ready');
  };
  const stateOf = async (id: string, state: string): Promise<File> => {
    const look = async () => (await must('GET', `${path}/files/${id}`)).file as File;
    return until(`the file is ${state}`, look, (file) => file.state === state);
  };
  const take = async (rows: string[], place = placeId): Promise<File> => {
    const { id, fresh } = await read(rows, place);
    await must('POST', `${path}/files/${id}/confirm`, { fresh });
    return stateOf(id, 'imported');
  };
  const dayOf = async (place = placeId): Promise<Day> => (await must('GET', `${path}/places/${place}/day?day=${DAY}`)) as unknown as Day;

  const amounts = Array.from({ length: POOL }, (_, nth) => 1_000 + nth);
  const entries = amounts.map((amount) => ({ kind: 'out', place: placeId, date: DAY, amountMinor: String(amount) }));
  await must('POST', `/v1/books/of/${accountId}/entry-batches`, { entries });
  await until('banks heard of the entries', dayOf, ({ books }) => books.entries.length >= POOL);
  await take(amounts.map((amount) => `06/01/2026;Saída;-${written(amount)}`));
  await take(['06/01/2026;TED;-77,77']);
  await take(['06/01/2026;TED;77,77'], other);
  const { bank, books } = await dayOf();
  const waiting = bank.movements.flatMap(({ id, state, amountMinor }): Waiting[] => {
    const entry = books.entries.find((one) => one.amountMinor === amountMinor);
    return state === 'open' && entry ? [{ movementId: id, entryId: entry.entryId }] : [];
  });
  const outId = bank.movements.find(({ amountMinor }) => amountMinor === '-7777')!.id;
  const inId = (await dayOf(other)).bank.movements[0]!.id;
  let [taken, cents] = [0, 20_000];
  return {
    ...{ accountId, placeId, pair: { outId, inId } },
    async take() {
      taken += 1;
      return waiting[taken % waiting.length]!;
    },
    async bring(amount) {
      cents += amount;
      return read([`07/01/2026;Entrada;${written(cents)}`]);
    },
  };
}

/** What `paths` say of the belongings: filled once these are made. */
const SAID = {
  file: { placeId: '', name: 'extrato.csv', content: base64(['09/01/2026;Café;-5,00']) },
  match: { movementIds: [] as string[], entryIds: [] as string[] },
  matchToo: { movementIds: [] as string[], entryIds: [] as string[] },
};

const conformance: Conformance = {
  requests({ cast, person, browser, must: ask }) {
    const must: Made = async (method, target, body) => {
      const headers = { 'idempotency-key': randomUUID() };
      const status = method === 'POST' && /\/(files|places)$/.test(target) ? 201 : 200;
      return (await ask(status, method, target, { token: cast.personToken, headers, body })) as Body;
    };
    let stall: Promise<Stall> | undefined;
    const open = (): Promise<Stall> => (stall ??= openStall(must));
    const file = async () => {
      const { accountId, placeId } = await open();
      return { accountId, body: { placeId, name: 'extrato.csv', content: base64(['08/01/2026;Café;-5,00']) } };
    };
    const ready = async () => {
      const { accountId, bring } = await open();
      const { id, fresh } = await bring(1);
      return { accountId, fileId: id, fresh };
    };
    const matching = async () => {
      const { accountId, take } = await open();
      const { movementId, entryId } = await take();
      return { accountId, matchId: randomUUID(), body: { movementIds: [movementId], entryIds: [entryId] } };
    };
    const waiting = async () => {
      const { accountId, take } = await open();
      return { accountId, ...(await take()) };
    };
    return {
      'POST /v1/banks/of/{accountId}/files': async (operation) => {
        const { accountId, body } = await file();
        return person(operation, body, 201, { accountId });
      },
      'POST /bff/v1/banks/files': async (operation) => browser(operation, (await file()).body, 201),
      'PUT /v1/banks/of/{accountId}/files/{fileId}/options': async (operation) =>
        person(operation, { ...MAPPING }, 200, path(await ready())),
      'PUT /bff/v1/banks/files/{fileId}/options': async (operation) => browser(operation, { ...MAPPING }, 200, path(await ready())),
      'POST /v1/banks/of/{accountId}/files/{fileId}/confirm': async (operation) => {
        const { fresh, ...ids } = await ready();
        return person(operation, { fresh }, 200, ids);
      },
      'POST /bff/v1/banks/files/{fileId}/confirm': async (operation) => {
        const { fresh, ...ids } = await ready();
        return browser(operation, { fresh }, 200, ids);
      },
      'PUT /v1/banks/of/{accountId}/matches/{matchId}': async (operation) => {
        const { body, ...ids } = await matching();
        return person(operation, body, 200, ids);
      },
      'PUT /bff/v1/banks/matches/{matchId}': async (operation) => {
        const { body, ...ids } = await matching();
        return browser(operation, body, 200, ids);
      },
      'PUT /v1/banks/of/{accountId}/movements/{movementId}': async (operation) =>
        person(operation, { as: 'passed' }, 200, path(await waiting())),
      'PUT /bff/v1/banks/movements/{movementId}': async (operation) => browser(operation, { as: 'passed' }, 200, path(await waiting())),
      'PUT /v1/banks/of/{accountId}/pairs/{outId}/{inId}': async (operation) => {
        const { accountId, pair } = await open();
        return person(operation, { isTransfer: false }, 200, { accountId, ...pair });
      },
      'PUT /bff/v1/banks/pairs/{outId}/{inId}': async (operation) =>
        browser(operation, { isTransfer: false }, 200, { ...(await open()).pair }),
      'PUT /v1/banks/of/{accountId}/places/{placeId}/lock': async (operation) =>
        person(operation, { until: '2025-12-31' }, 200, path(await open())),
      'PUT /bff/v1/banks/places/{placeId}/lock': async (operation) => browser(operation, { until: '2025-12-31' }, 200, path(await open())),
    };
  },
  otherwise: {
    'POST /v1/banks/of/{accountId}/files': { content: base64(['08/01/2026;Chá;-6,00']) },
    'POST /bff/v1/banks/files': { content: base64(['08/01/2026;Chá;-6,00']) },
  },
  exempt: {
    'PUT /v1/banks/content': 'exempt: the caller names the file, and repeated it is the same one',
    ...Object.fromEntries(
      ['/v1/banks/of/{accountId}', '/bff/v1/banks'].flatMap((prefix) => [
        ...['PUT matches/{matchId}', 'DELETE matches/{matchId}', 'PUT movements/{movementId}', 'PUT pairs/{outId}/{inId}'].map((one) =>
          same(prefix, one),
        ),
        ...['PUT places/{placeId}/lock', 'PUT files/{fileId}/options'].map((one) => same(prefix, one)),
        ...['confirm', 'undo'].map((step) => [
          `POST ${prefix}/files/{fileId}/${step}`,
          'exempt: the file moves on once, and repeated it is refused by its state',
        ]),
      ]),
    ),
  },
  async belongings({ a }) {
    const must: Made = async (method, target, body) => {
      const answer = await a.person(method, target, body);
      if (answer.status !== 200 && answer.status !== 201) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
      return answer.body as Body;
    };
    const { accountId, placeId, take, bring, pair } = await openStall(must);
    const path = `/v1/banks/of/${accountId}`;
    const made: Record<string, string> = {
      banksShop: accountId,
      banksPlace: placeId,
      banksOut: pair.outId,
      banksIn: pair.inId,
    };
    SAID.file.placeId = placeId;
    for (const name of ['banksFile', 'banksFileToo', 'banksConfirm', 'banksConfirmToo', 'banksUndo', 'banksUndoToo']) {
      const { id } = await bring(10);
      made[name] = id;
      if (!name.startsWith('banksUndo')) continue;
      await must('POST', `${path}/files/${id}/confirm`, { fresh: 1 });
      await until(
        'imported',
        async () => (await must('GET', `${path}/files/${id}`)).file as File,
        ({ state }) => state === 'imported',
      );
    }
    for (const name of ['banksMatch', 'banksMatchToo', 'banksEnd', 'banksEndToo']) {
      const { movementId, entryId } = await take();
      made[name] = randomUUID();
      const said = { movementIds: [movementId], entryIds: [entryId] };
      await must('PUT', `${path}/matches/${made[name]}`, said);
      if (name === 'banksMatch') Object.assign(SAID.match, said);
      if (name === 'banksMatchToo') Object.assign(SAID.matchToo, said);
    }
    made.banksMovement = (await take()).movementId;
    return made;
  },
  paths: {
    'POST /v1/banks/of/{accountId}/files': { by: 'person', id: 'banksShop', body: SAID.file },
    'GET /v1/banks/of/{accountId}/files': { by: 'person', id: 'banksShop' },
    'GET /v1/banks/of/{accountId}/files/{fileId}': { by: 'person', id: 'banksShop', also: { fileId: 'banksFile' } },
    'PUT /v1/banks/of/{accountId}/files/{fileId}/options': { by: 'person', id: 'banksShop', also: { fileId: 'banksFile' }, body: MAPPING },
    'POST /v1/banks/of/{accountId}/files/{fileId}/confirm': {
      by: 'person',
      id: 'banksShop',
      also: { fileId: 'banksConfirm' },
      body: { fresh: 1 },
    },
    'POST /v1/banks/of/{accountId}/files/{fileId}/undo': { by: 'person', id: 'banksShop', also: { fileId: 'banksUndo' } },
    'GET /v1/banks/of/{accountId}/places/{placeId}/day': {
      by: 'person',
      id: 'banksShop',
      also: { placeId: 'banksPlace' },
    },
    'PUT /v1/banks/of/{accountId}/matches/{matchId}': { by: 'person', id: 'banksShop', also: { matchId: 'banksMatch' }, body: SAID.match },
    'DELETE /v1/banks/of/{accountId}/matches/{matchId}': { by: 'person', id: 'banksShop', also: { matchId: 'banksEnd' } },
    'PUT /v1/banks/of/{accountId}/movements/{movementId}': {
      by: 'person',
      id: 'banksShop',
      also: { movementId: 'banksMovement' },
      body: { as: 'passed' },
    },
    'PUT /v1/banks/of/{accountId}/pairs/{outId}/{inId}': {
      by: 'person',
      id: 'banksShop',
      also: { outId: 'banksOut', inId: 'banksIn' },
      body: { isTransfer: false },
    },
    'PUT /v1/banks/of/{accountId}/places/{placeId}/lock': {
      by: 'person',
      id: 'banksShop',
      also: { placeId: 'banksPlace' },
      body: { until: null },
    },
    'GET /bff/v1/banks/files/{fileId}': { by: 'browser', id: 'banksFile' },
    'PUT /bff/v1/banks/files/{fileId}/options': { by: 'browser', id: 'banksFileToo', body: MAPPING },
    'POST /bff/v1/banks/files/{fileId}/confirm': { by: 'browser', id: 'banksConfirmToo', body: { fresh: 1 } },
    'POST /bff/v1/banks/files/{fileId}/undo': { by: 'browser', id: 'banksUndoToo' },
    'PUT /bff/v1/banks/matches/{matchId}': { by: 'browser', id: 'banksMatchToo', body: SAID.matchToo },
    'DELETE /bff/v1/banks/matches/{matchId}': { by: 'browser', id: 'banksEndToo' },
    'PUT /bff/v1/banks/movements/{movementId}': { by: 'browser', id: 'banksMovement', body: { as: 'passed' } },
    'PUT /bff/v1/banks/pairs/{outId}/{inId}': { by: 'browser', id: 'banksOut', also: { inId: 'banksIn' }, body: { isTransfer: false } },
    'PUT /bff/v1/banks/places/{placeId}/lock': { by: 'browser', id: 'banksPlace', body: { until: null } },
  },
  lists: { '/bff/v1/banks/conciliacao': 'browser' },
  busy: `exists (select from banks.files where state in ('received', 'importing', 'undoing'))`,
};
export default conformance;

const path = ({ accountId, fileId, movementId, placeId }: Partial<Record<'accountId' | 'fileId' | 'movementId' | 'placeId', string>>) =>
  Object.fromEntries(
    Object.entries({ accountId, fileId, movementId, placeId }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
function same(prefix: string, one: string): [string, string] {
  const [method, rest] = one.split(' ');
  return [`${method} ${prefix}/${rest}`, 'exempt: it says what is to be so, and repeated finds it so'];
}
