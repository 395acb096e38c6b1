import { randomUUID } from 'node:crypto';
import { until } from '../../../../scripts/lib/person.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';
import { ownHeaders } from '../../../test/support/whole-platform.ts';

type Mine = { accounts: { accountId: string }[] };
type Made = { titles: { id: string }[] };

/** Long past everywhere, and never closed. */
const DATE = '2026-01-05';
const TITLE = { kind: 'payable', description: 'Farinha de trigo', amountMinor: '48000', category: 'goods', place: 'drawer', dueOn: DATE };
const SETTLEMENT = { paidOn: DATE, principalMinor: '1000', method: 'cash' };
const SCHEDULE = { firstOn: DATE, unit: 'month', roll: 'next' };
const RULE = { kind: 'payable', description: 'Aluguel', amountMinor: '350000', category: 'rent', schedule: SCHEDULE, count: 2 };
const CHANGE = { version: 1, change: { description: 'Farinha integral' } };
const RULE_CHANGE = { version: 1, change: { scope: 'all-open', amountMinor: '365000' } };
const MILL = { name: 'Moinho Central', taxId: '12.ABC.345/01DE-35' };

const EXEMPT = {
  'PUT titles/{titleId}': 'exempt: it names the version that it changes, so that it changes it once',
  'DELETE titles/{titleId}': 'exempt: what was cancelled stays so',
  'DELETE titles/{titleId}/settlements/{settlementId}': 'exempt: what was taken back stays so',
  'POST rule-previews': 'exempt: a preview changes nothing',
  'PUT rules/{ruleId}': 'exempt: it names the version that it changes, so that it changes it once',
  'DELETE rules/{ruleId}': 'exempt: what has ended stays so',
  'PUT counterparties/{counterpartyId}': 'exempt: repeated, it finds what it wants to be so',
};
const OTHERWISE = {
  'POST titles': { amountMinor: '48001' },
  'POST titles/{titleId}/settlements': { principalMinor: '1001' },
  'POST rules': { amountMinor: '350001' },
  'POST counterparties': { name: 'Moinho do Norte' },
};

/** The same routes stand at two doors. */
const DOORS = ['/v1/titles/of/{accountId}', '/bff/v1/titles'] as const;
const isToken = (door: string): boolean => door.startsWith('/v1/');
const atDoors = <T>(entries: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    DOORS.flatMap((door) =>
      Object.entries(entries).map(([name, value]) => {
        const [method, path] = name.split(' ');
        return [`${method} ${door}/${path}`, value] as const;
      }),
    ),
  );

const conformance: Conformance = {
  requests({ cast, person, browser, must }) {
    const mine = async (): Promise<string> => {
      const ask = async () => (await must(200, 'GET', '/v1/memberships', { token: cast.personToken })) as Mine;
      return (await until('an own account', ask, ({ accounts }) => accounts.length > 0)).accounts[0]!.accountId;
    };
    const makersOf = (door: string) => {
      const post = async (path: string, body: unknown) => {
        const key = { 'idempotency-key': randomUUID() };
        const base = isToken(door) ? door.replace('{accountId}', await mine()) : door;
        const sent = isToken(door) ? { token: cast.personToken, headers: key } : { headers: { ...ownHeaders(cast.person), ...key } };
        return must(201, 'POST', `${base}/${path}`, { ...sent, body });
      };
      const titleId = async (): Promise<string> => ((await post('titles', TITLE)) as Made).titles[0]!.id;
      const made =
        (body: Record<string, unknown>, status: number, ids: () => Promise<Record<string, string>> = async () => ({})) =>
        async (operation: Parameters<typeof person>[0]) => {
          const path = { ...(isToken(door) ? { accountId: await mine() } : {}), ...(await ids()) };
          return (isToken(door) ? person : browser)(operation, { ...body }, status, path);
        };
      const ofTitle = async () => ({ titleId: await titleId() });
      return {
        [`POST ${door}/titles`]: made(TITLE, 201),
        [`PUT ${door}/titles/{titleId}`]: made(CHANGE, 200, ofTitle),
        [`POST ${door}/titles/{titleId}/settlements`]: made(SETTLEMENT, 201, ofTitle),
        [`POST ${door}/rules`]: made(RULE, 201),
        [`POST ${door}/rule-previews`]: made({ schedule: SCHEDULE, count: 3 }, 200),
        [`PUT ${door}/rules/{ruleId}`]: made(RULE_CHANGE, 200, async () => ({ ruleId: String((await post('rules', RULE)).id) })),
        [`POST ${door}/counterparties`]: made(MILL, 201),
        [`PUT ${door}/counterparties/{counterpartyId}`]: made(MILL, 200, async () => ({
          counterpartyId: String((await post('counterparties', MILL)).id),
        })),
      };
    };
    return Object.assign({}, ...DOORS.map(makersOf));
  },
  otherwise: atDoors(OTHERWISE),
  exempt: atDoors(EXEMPT),
  async belongings({ a, of }) {
    const belongings: Record<string, string> = {};
    for (const door of DOORS) {
      const base = isToken(door) ? door.replace('{accountId}', of.shop!) : door;
      const post = async (path: string, body: unknown) => {
        const answer = await a[isToken(door) ? 'person' : 'browser']('POST', `${base}/${path}`, body);
        if (answer.status !== 201) throw new Error(`POST ${base}/${path}: ${answer.status} ${answer.text}`);
        return answer.body as Record<string, unknown>;
      };
      const title = async () => ((await post('titles', TITLE)) as Made).titles[0]!.id;
      const paid = await title();
      const { settlementId } = await post(`titles/${paid}/settlements`, SETTLEMENT);
      const ids = {
        title: await title(),
        toCancel: await title(),
        paid,
        settlement: settlementId,
        rule: (await post('rules', RULE)).id,
        toEnd: (await post('rules', RULE)).id,
        counterparty: (await post('counterparties', MILL)).id,
      };
      for (const [name, id] of Object.entries(ids)) belongings[nameAt(door, name)] = String(id);
    }
    return belongings;
  },
  paths: {
    ...pathsAt(DOORS[0]),
    ...pathsAt(DOORS[1]),
    ...Object.fromEntries(
      Object.entries({
        'GET titles': {},
        'POST titles': { body: TITLE },
        'GET rules': {},
        'POST rules': { body: RULE },
        'POST rule-previews': { body: { schedule: SCHEDULE, count: 3 } },
        'GET counterparties': {},
        'POST counterparties': { body: MILL },
      }).map(([name, more]) => [name.replace(' ', ` ${DOORS[0]}/`), { by: 'person' as const, id: 'shop', ...more }]),
    ),
  },
  lists: {
    '/bff/v1/titles': 'browser',
    '/bff/v1/titles/titles': 'browser',
    '/bff/v1/titles/rules': 'browser',
    '/bff/v1/titles/counterparties': 'browser',
  },
  busy: `exists (select from titles.bookings where state = 'waiting' and book_on <= current_date)
    or exists (select from titles.rules where make_from <= current_date)`,
};
export default conformance;

function nameAt(door: string, name: string): string {
  return `${isToken(door) ? 'titles' : 'titlesOwn'} ${name}`;
}

/** The routes with an id of theirs: who asks, with which of the belongings. */
function pathsAt(door: string): NonNullable<Conformance['paths']> {
  const of = (ids: Record<string, string>, more: { body?: unknown; query?: string } = {}) => {
    const named = Object.fromEntries(Object.entries(ids).map(([param, name]) => [param, nameAt(door, name)]));
    if (isToken(door)) return { by: 'person' as const, id: 'shop', also: named, ...more };
    const [[, id], ...others] = Object.entries(named) as [[string, string], ...[string, string][]];
    return { by: 'browser' as const, id, also: Object.fromEntries(others), ...more };
  };
  return {
    [`GET ${door}/titles/{titleId}`]: of({ titleId: 'title' }),
    [`PUT ${door}/titles/{titleId}`]: of({ titleId: 'title' }, { body: CHANGE }),
    [`DELETE ${door}/titles/{titleId}`]: of({ titleId: 'toCancel' }),
    [`GET ${door}/titles/{titleId}/charges`]: of({ titleId: 'title' }, { query: `?paidOn=${DATE}&principalMinor=1` }),
    [`POST ${door}/titles/{titleId}/settlements`]: of({ titleId: 'paid' }, { body: SETTLEMENT }),
    [`DELETE ${door}/titles/{titleId}/settlements/{settlementId}`]: of({ titleId: 'paid', settlementId: 'settlement' }),
    [`PUT ${door}/rules/{ruleId}`]: of({ ruleId: 'rule' }, { body: RULE_CHANGE }),
    [`DELETE ${door}/rules/{ruleId}`]: of({ ruleId: 'toEnd' }),
    [`PUT ${door}/counterparties/{counterpartyId}`]: of({ counterpartyId: 'counterparty' }, { body: MILL }),
  };
}
