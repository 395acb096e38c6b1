import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Face } from '#platform/face/contract.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { KeeperFace } from '#platform/privacy/keeper.ts';
import { createAccounts, readLabel } from './accounts.ts';
import type { ledgerContract } from './contract.ts';
import { isCosif } from './domain/cosif.ts';
import { readInstant } from './domain/read-command.ts';
import { noAccount, refuseLedger } from './errors.ts';
import { createPersonalData } from './personal-data.ts';
import { selectAccounts } from './store/accounts.ts';
import { selectAssets, upsertAssets } from './store/assets.ts';
import { selectChart, upsertChart } from './store/chart.ts';
import { upsertLabels } from './store/labels.ts';
import { submit } from './submit.ts';
import { countAccounts, searchAccounts } from './views/account-search.ts';
import { readBalances } from './views/balances.ts';
import { readDirectives, searchDirectives } from './views/directives.ts';
import { readEffectiveStatement } from './views/effective-statement.ts';
import { readHolds, readOpenHolds } from './views/holds.ts';
import { readMovement } from './views/movement.ts';
import { readStatement } from './views/statement.ts';
import { countTransfers, readBlock, refuseMixture, searchTransfers } from './views/transfer-search.ts';
import { readTransfers } from './views/transfers.ts';
import { readTrialBalance } from './views/trial-balance.ts';
import type { Writers } from './writer/writers.ts';

/** Open holds of an account, where nobody asks for pages. */
const MOST_HOLDS = 1_000;
const DEFAULT_PAGE = 50;

/** The ledger as other modules see it. Money moves through the tenant's writer; what is read may come from a replica. */
export function createFace(deps: PlatformDeps, writers: Writers): Face<typeof ledgerContract> {
  const read = <T>(ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T> =>
    deps.db.tx({ module: 'ledger', tenants: [ctx.tenantId], read: true }, work);
  const write = <T>(ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T> =>
    deps.db.tx({ module: 'ledger', tenants: [ctx.tenantId] }, work);
  /** Reads a single statement. */
  const lookUp = <T>(ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T> =>
    deps.db.tx({ module: 'ledger', tenants: [ctx.tenantId], single: true, read: true }, work);
  const asOf = (input: { at?: string; effectiveAt?: string }) => ({
    knownMs: instantOrNull(input.at, 'at'),
    effectiveMs: instantOrNull(input.effectiveAt, 'effectiveAt'),
  });

  const face: Omit<Face<typeof ledgerContract>, keyof KeeperFace> = {
    async createAccounts(ctx, { accounts }) {
      return { results: await createAccounts(deps, ctx, accounts) };
    },

    submit: (ctx, input) => submit(deps, writers, ctx, input),

    getBalances: (ctx, input) => lookUp(ctx, (tx) => readBalances(tx, ctx.tenantId, input.accountIds, asOf(input))),

    getStatement: (ctx, input) => {
      const query = {
        accountId: input.accountId,
        cursor: input.cursor ?? null,
        limit: input.limit ?? DEFAULT_PAGE,
        fromMs: instantOrNull(input.from, 'from'),
        toMs: instantOrNull(input.to, 'to'),
        direction: input.direction ?? null,
        includePending: input.include === 'all',
      };
      const knownAtMs = instantOrNull(input.knownAt, 'knownAt');
      if (input.order === 'effective') return read(ctx, (tx) => readEffectiveStatement(tx, ctx.tenantId, { ...query, knownAtMs }));
      if (knownAtMs !== null)
        throw refuseLedger('LEDGER_QUERY_INVALID', {
          detail: {
            pt: 'knownAt é do extrato por data de efeito (order=effective).',
            en: 'knownAt is of the statement by effective date (order=effective).',
          },
        });
      return read(ctx, (tx) => readStatement(tx, ctx.tenantId, query, deps.clock.now()));
    },

    async listTransfers(ctx, input) {
      const { blockId, order = 'desc', limit = DEFAULT_PAGE, cursor = null } = input;
      refuseMixture(input);
      if (blockId) return { transfers: await read(ctx, (tx) => readBlock(tx, ctx.tenantId, blockId)), next: null };
      return read(ctx, async (tx) =>
        searchTransfers(tx, ctx.tenantId, { ...(await wantedOf(tx, ctx.tenantId, input)), order, limit, cursor }),
      );
    },

    countTransfers(ctx, input) {
      refuseMixture(input);
      const rest = { order: 'desc' as const, limit: 0, cursor: null };
      return read(ctx, async (tx) => countTransfers(tx, ctx.tenantId, { ...(await wantedOf(tx, ctx.tenantId, input)), ...rest }));
    },

    listAccounts: (ctx, { limit = DEFAULT_PAGE, cursor = null, order = 'asc', ...filters }) =>
      read(ctx, (tx) => searchAccounts(tx, ctx.tenantId, { ...filters, order, limit, cursor })),

    countAccounts: (ctx, filters) => lookUp(ctx, (tx) => countAccounts(tx, ctx.tenantId, filters)),

    labelAccount: (ctx, { accountId, ...label }) =>
      write(ctx, async (tx) => {
        if ((await selectAccounts(tx, ctx.tenantId, [accountId])).size === 0) throw noAccount(accountId);
        await upsertLabels(tx, ctx.tenantId, [readLabel(accountId, label)]);
        return (await readBalances(tx, ctx.tenantId, [accountId], { knownMs: null, effectiveMs: null })).balances[0]!;
      }),

    getMovement: (ctx, { accountId, from, to, by = 'recorded' }) => {
      const period = { fromMs: readInstant(from, '/from'), toMs: readInstant(to, '/to') };
      return deps.db.tx({ module: 'ledger', tenants: [ctx.tenantId], snapshot: true, read: true }, (tx) =>
        readMovement(tx, ctx.tenantId, { accountId, ...period, by }),
      );
    },

    listDirectives: (ctx, { accountId, kind, limit = DEFAULT_PAGE, cursor = null }) =>
      read(ctx, async (tx) => {
        if (accountId && (await selectAccounts(tx, ctx.tenantId, [accountId])).size === 0) throw noAccount(accountId);
        return searchDirectives(tx, ctx.tenantId, { accountId, kind, limit, cursor });
      }),

    getDirectives: async (ctx, { ids }) => ({ directives: await lookUp(ctx, (tx) => readDirectives(tx, ctx.tenantId, ids)) }),

    async getTransfers(ctx, { ids }) {
      return { transfers: await read(ctx, (tx) => readTransfers(tx, ctx.tenantId, ids)) };
    },

    getHolds: (ctx, input) =>
      read(ctx, async (tx) => {
        if ('ids' in input) return { holds: await readHolds(tx, ctx.tenantId, input.ids), next: null };
        const { accountId, limit = MOST_HOLDS, cursor = null } = input;
        return readOpenHolds(tx, ctx.tenantId, { accountId, limit, cursor });
      }),

    trialBalance: (ctx, input) => read(ctx, (tx) => readTrialBalance(tx, ctx.tenantId, asOf(input))),

    getAssets: (ctx) => read(ctx, async (tx) => ({ assets: await selectAssets(tx, ctx.tenantId) })),

    putAssets: (ctx, { assets }) =>
      write(ctx, async (tx) => {
        await upsertAssets(tx, ctx.tenantId, assets);
        return { assets: await selectAssets(tx, ctx.tenantId) };
      }),

    getChart: (ctx) => read(ctx, async (tx) => ({ lines: await selectChart(tx, ctx.tenantId) })),

    putChart: (ctx, { lines }) => {
      const wrong = lines.find((line) => !isCosif(line.cosif));
      if (wrong)
        throw refuseLedger('LEDGER_COSIF_INVALID', {
          detail: { pt: `${wrong.cosif} (${wrong.code}) não é um código COSIF.`, en: `${wrong.cosif} (${wrong.code}) is no COSIF code.` },
        });
      return write(ctx, async (tx) => {
        await upsertChart(tx, ctx.tenantId, lines);
        return { lines: await selectChart(tx, ctx.tenantId) };
      });
    },
  };
  return { ...face, ...createPersonalData(face) };
}

type Criteria = Parameters<Face<typeof ledgerContract>['countTransfers']>[1];

/** What a search wants, with the account it names. @throws LEDGER_ACCOUNT_NOT_FOUND */
async function wantedOf(tx: Tx, tenantId: string, input: Criteria) {
  const { accountId, key, value, metadata, direction, reverses, kind, asset, codePrefix, by = 'recorded' } = input;
  const account = accountId === undefined ? undefined : (await selectAccounts(tx, tenantId, [accountId])).get(accountId);
  if (accountId !== undefined && !account) throw noAccount(accountId);
  const one = key !== undefined && value !== undefined ? [{ key, value }] : [];
  const tags = [...one, ...Object.entries(metadata ?? {}).map(([name, text]) => ({ key: name, value: text }))];
  const period = { fromMs: instantOrNull(input.from, 'from'), toMs: instantOrNull(input.to, 'to') };
  return { account, direction, tags, reverses, kind, asset, codePrefix, by, ...period };
}

const instantOrNull = (text: string | undefined, name: string): number | null =>
  text === undefined ? null : readInstant(text, `/${name}`);
