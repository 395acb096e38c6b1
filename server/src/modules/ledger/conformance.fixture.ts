import { newId } from '#platform/id.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';

const COMMANDS = 'exempt: commands carry ids of their own';
const SAME = 'exempt: the same again changes nothing';
const READS = 'exempt: only reads';
const account = (id: string, code = 'conformance') => ({ id, code, asset: 'BRL', normalSide: 'credit' });

const conformance: Conformance = {
  requests({ cast, service, must }) {
    const token = cast.serviceToken;
    const open = async (): Promise<string> => {
      const id = newId();
      await must(201, 'POST', '/v1/ledger/accounts', { token, body: account(id) });
      return id;
    };
    const transfer = async () => {
      const [debitAccountId, creditAccountId] = [await open(), await open()];
      return { id: newId(), kind: 'transfer', debitAccountId, creditAccountId, amountMinor: '5', effectiveAt: '2026-01-02T03:04:05Z' };
    };
    return {
      'POST /v1/ledger/accounts': async (operation) =>
        service(operation, { ...account(newId()), debitsMustNotExceedCredits: true, overdraftLimitMinor: '0', subjectId: null }, 201),
      'POST /v1/ledger/transfers': async (operation) => service(operation, { ...(await transfer()), metadata: { reference: 'r-1' } }, 201),
      'POST /v1/ledger/transfers/batch': async (operation) => service(operation, { commands: [await transfer()], atomic: true }, 200),
      'POST /v1/ledger/accounts/batch': async (operation) =>
        service(operation, { accounts: [{ ...account(newId()), name: 'Conformidade' }] }, 201),
      'POST /v1/ledger/accounts/by-ids': async (operation) => service(operation, { ids: [await open()] }, 200),
      'POST /v1/ledger/transfers/by-ids': async (operation) => service(operation, { ids: [newId()] }, 200),
      'PUT /v1/ledger/accounts/{id}/label': async (operation) =>
        service(operation, { name: 'Conformidade', metadata: { reference: 'r-1' } }, 200, { id: await open() }),
      'PUT /v1/ledger/assets': async (operation) =>
        service(operation, { assets: [{ asset: 'CONF', decimals: 4, name: 'Conformidade' }] }, 200),
      'PUT /v1/ledger/chart': async (operation) =>
        service(operation, { lines: [{ code: 'conformance', cosif: '41110007', name: 'Depósitos' }] }, 200),
    };
  },
  exempt: {
    'POST /v1/ledger/accounts': COMMANDS,
    'POST /v1/ledger/import': COMMANDS,
    'POST /v1/ledger/transfers': COMMANDS,
    'POST /v1/ledger/transfers/batch': COMMANDS,
    'POST /v1/ledger/accounts/batch': COMMANDS,
    'POST /v1/ledger/accounts/by-ids': READS,
    'POST /v1/ledger/transfers/by-ids': READS,
    'PUT /v1/ledger/accounts/{id}/label': SAME,
    'PUT /v1/ledger/assets': SAME,
    'PUT /v1/ledger/chart': SAME,
  },
  /** `account` is that of the person, with its money. */
  async belongings({ a }) {
    const made = async (path: string, body: unknown): Promise<void> => {
      const answer = await a.service('POST', path, body);
      if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    };
    const mine = (await a.person('GET', '/v1/accounts/me')).body as { account: { ledgerAccountId: string } };
    const [otherAccount, hold, directive, transfer] = [newId(), newId(), newId(), newId()];
    const parties = { debitAccountId: mine.account.ledgerAccountId, creditAccountId: otherAccount, amountMinor: '700' };
    await made('/v1/ledger/accounts', account(otherAccount, 'other'));
    await made('/v1/ledger/transfers', { id: hold, kind: 'hold', ...parties });
    await made('/v1/ledger/transfers', { id: directive, kind: 'account', accountId: otherAccount, state: 'open', reason: 'test' });
    await made('/v1/ledger/transfers', { id: transfer, kind: 'transfer', ...parties });
    return { account: mine.account.ledgerAccountId, otherAccount, hold, directive, transfer };
  },
  paths: {
    'GET /v1/ledger/accounts/{id}': { by: 'service', id: 'account' },
    'GET /v1/ledger/accounts/{id}/entries': { by: 'service', id: 'account' },
    'GET /v1/ledger/accounts/{id}/holds': { by: 'service', id: 'account' },
    'GET /v1/ledger/accounts/{id}/movement': {
      by: 'service',
      id: 'account',
      query: '?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z',
    },
    'PUT /v1/ledger/accounts/{id}/label': { by: 'service', id: 'account', body: { name: 'Outro nome' } },
    'GET /v1/ledger/holds/{id}': { by: 'service', id: 'hold' },
    'GET /v1/ledger/directives/{id}': { by: 'service', id: 'directive' },
    'GET /v1/ledger/transfers/{id}': { by: 'service', id: 'transfer' },
    'GET /v1/ledger/transfers/{id}/proof': { by: 'service', id: 'transfer' },
  },
  lists: {
    '/v1/ledger/day-roots': 'service',
    '/v1/ledger/trial-balance': 'service',
    '/v1/ledger/chart': 'service',
    '/v1/ledger/assets': 'service',
    '/v1/ledger/transfers': 'service',
    '/v1/ledger/accounts': 'service',
    '/v1/ledger/directives': 'service',
    '/v1/ledger/export': 'service',
  },
  unlisted: {
    '/v1/ledger/accounts/count': 'a number; that it counts nothing of others is tested beside the lists',
    '/v1/ledger/transfers/count': 'as above',
  },
  restless: ['account_marks', 'check_cursors'],
  // Metadata is followed by a job.
  busy: 'exists (select from ledger.heads h left join ledger.tag_cursor c using (tenant_id) where h.seq > coalesce(c.seq, 0))',
};
export default conformance;
