import type { CallContext } from '#platform/context.ts';
import { instant } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Face } from '#platform/face/contract.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { currentTraceparent } from '#platform/telemetry/tracing.ts';
import { createAccounts } from './accounts.ts';
import type { CommandResult, ledgerContract } from './contract.ts';
import { isCosif } from './domain/cosif.ts';
import type { Outcome } from './domain/model.ts';
import { readCommand, readInstant } from './domain/read-command.ts';
import { refuseLedger } from './errors.ts';
import { selectChart, upsertChart } from './store/chart.ts';
import { searchAccounts } from './views/account-search.ts';
import { readBalances } from './views/balances.ts';
import { readEffectiveStatement } from './views/effective-statement.ts';
import { readStatement } from './views/statement.ts';
import { readBlock, refuseMixture, searchTransfers } from './views/transfer-search.ts';
import { readHolds, readOpenHolds, readTransfers } from './views/transfers.ts';
import { readTrialBalance } from './views/trial-balance.ts';
import type { Submission } from './writer/attempt.ts';
import { rehearse } from './writer/rehearse.ts';
import type { Writers } from './writer/writers.ts';

/** Commands that may ride in one piece; more are cut, unless they are all or none. */
const PIECE = 250;
const MAX_ATOMIC = 1_000;
const DEFAULT_PAGE = 50;

/** The ledger as other modules see it. Writing goes through the tenant's writer, reading straight to the database. */
export function createFace(deps: PlatformDeps, writers: Writers): Face<typeof ledgerContract> {
  const read = <T>(ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T> =>
    deps.db.tx({ module: 'ledger', tenants: [ctx.tenantId] }, work);
  /** The same for a single statement. */
  const lookUp = <T>(ctx: CallContext, work: (tx: Tx) => Promise<T>): Promise<T> =>
    deps.db.tx({ module: 'ledger', tenants: [ctx.tenantId], single: true }, work);
  const instantOrNull = (text: string | undefined, name: string) => (text === undefined ? null : readInstant(text, `/${name}`));
  const asOf = (input: { at?: string; effectiveAt?: string }) => ({
    knownMs: instantOrNull(input.at, 'at'),
    effectiveMs: instantOrNull(input.effectiveAt, 'effectiveAt'),
  });

  const dryRun = (submission: Submission): Promise<Outcome[]> => {
    if (submission.commands.length > MAX_ATOMIC) {
      throw refuseLedger('LEDGER_COMMAND_MALFORMED', { detail: `Uma simulação leva até ${MAX_ATOMIC} comandos.` });
    }
    return rehearse(deps.db, submission.origin.tenantId, submission, deps.clock.now());
  };

  return {
    async createAccounts(ctx, { accounts }) {
      return { results: await createAccounts(deps, ctx, accounts) };
    },

    async submit(ctx, input) {
      const commands = input.commands.map(readCommand);
      const atomic = input.atomic ?? false;
      if (atomic && commands.length > MAX_ATOMIC) {
        throw refuseLedger('LEDGER_COMMAND_MALFORMED', { detail: `Um bloco atômico leva até ${MAX_ATOMIC} comandos.` });
      }
      const origin = { tenantId: ctx.tenantId, actor: ctx.actor, traceparent: ctx.traceparent ?? currentTraceparent() };
      if (input.dryRun) return { results: (await dryRun({ commands, atomic, origin })).map(toResult) };
      const writer = writers.of(ctx.tenantId);
      const rest = { atomic, origin, ...(ctx.deadlineMs === undefined ? {} : { deadlineMs: ctx.deadlineMs }) };
      if (atomic || commands.length <= PIECE) return { results: (await writer.submit({ commands, ...rest })).map(toResult) };
      const pieces: Promise<Outcome[]>[] = [];
      for (let i = 0; i < commands.length; i += PIECE) pieces.push(writer.submit({ commands: commands.slice(i, i + PIECE), ...rest }));
      return { results: (await Promise.all(pieces)).flat().map(toResult) };
    },

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
        throw refuseLedger('LEDGER_QUERY_INVALID', { detail: 'knownAt é do extrato por data de efeito (order=effective).' });
      return read(ctx, (tx) => readStatement(tx, ctx.tenantId, query, deps.clock.now()));
    },

    async listTransfers(ctx, input) {
      const { accountId, key, value, blockId } = input;
      const by = input.by ?? 'recorded';
      refuseMixture(input);
      if (blockId) return { transfers: await read(ctx, (tx) => readBlock(tx, ctx.tenantId, blockId)), next: null };
      const search = {
        accountId,
        tag: key !== undefined && value !== undefined ? { key, value } : undefined,
        fromMs: instantOrNull(input.from, 'from'),
        toMs: instantOrNull(input.to, 'to'),
        by,
        order: input.order ?? 'desc',
        limit: input.limit ?? DEFAULT_PAGE,
        cursor: input.cursor ?? null,
      };
      return read(ctx, (tx) => searchTransfers(tx, ctx.tenantId, search));
    },

    listAccounts: (ctx, { limit = DEFAULT_PAGE, cursor = null, ...filters }) =>
      read(ctx, (tx) => searchAccounts(tx, ctx.tenantId, { ...filters, limit, cursor })),

    async getTransfers(ctx, { ids }) {
      return { transfers: await read(ctx, (tx) => readTransfers(tx, ctx.tenantId, ids)) };
    },

    async getHolds(ctx, input) {
      const holds = await read(ctx, (tx) =>
        'ids' in input ? readHolds(tx, ctx.tenantId, input.ids) : readOpenHolds(tx, ctx.tenantId, input.accountId),
      );
      return { holds };
    },

    trialBalance: (ctx, input) => read(ctx, (tx) => readTrialBalance(tx, ctx.tenantId, asOf(input))),

    getChart: (ctx) => read(ctx, async (tx) => ({ lines: await selectChart(tx, ctx.tenantId) })),

    putChart: (ctx, { lines }) => {
      const wrong = lines.find((line) => !isCosif(line.cosif));
      if (wrong) throw refuseLedger('LEDGER_COSIF_INVALID', { detail: `${wrong.cosif} (${wrong.code}) não é um código COSIF.` });
      return read(ctx, async (tx) => {
        await upsertChart(tx, ctx.tenantId, lines);
        return { lines: await selectChart(tx, ctx.tenantId) };
      });
    },
  };
}

function toResult(outcome: Outcome): CommandResult {
  const recordedAt = instant(outcome.recordedAt);
  if (outcome.outcome === 'rejected' || outcome.amount === undefined) return { ...outcome, recordedAt } as CommandResult;
  const { amount, ...rest } = outcome;
  return { ...rest, recordedAt, amountMinor: amount.toString() };
}
