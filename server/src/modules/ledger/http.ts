import { Type } from 'typebox';
import { AppError } from '#platform/errors.ts';
import { type App, type Caller, callerOf, contextOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';
import { AccountBalance, CommandInput, CommandResult, ledgerContract, NewAccount, TransferView, TrialBalance } from './contract.ts';
import { type LedgerCode, refuseLedger } from './errors.ts';
import { refuseFreezing } from './freezing.ts';
import { PageLimit, refusePersons, searchRoutes } from './http-search.ts';
import type { Ledger } from './index.ts';

const PathId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const tags = ['ledger'];
const READ = { auth: { scopes: ['ledger:read'] } } as const;
/** Every account and command carries its own id, compared by content: a repetition gives the first answer, other content a conflict. */
const WRITE = { auth: { scopes: ['ledger:write'] }, idempotency: 'exempt: commands carry ids of their own' } as const;
/** Setting the same lines again changes nothing. */
const CHART = { auth: { scopes: ['ledger:write'] }, idempotency: 'exempt: the same lines again change nothing' } as const;
const DryRunQuery = Type.Object({
  dryRun: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')], { description: 'Responde o que seria, sem gravar' })),
});
const MAX_BATCH_BYTES = 2 * 1024 * 1024;
const MAX_CHART_BYTES = 512 * 1024;
/** One account or command with all the metadata it may have. */
const MAX_COMMAND_BYTES = 64 * 1024;

const statementInput = ledgerContract.operations.getStatement.input.properties;
const AsOfQuery = ledgerContract.operations.trialBalance.input;
/** A query's values are texts. */
const StatementQuery = Type.Object({
  cursor: statementInput.cursor,
  limit: PageLimit,
  from: statementInput.from,
  to: statementInput.to,
  direction: statementInput.direction,
  include: statementInput.include,
  order: statementInput.order,
  knownAt: statementInput.knownAt,
});

/** The ledger for services, over HTTP. A person may look at accounts of their own, and no more. */
export function ledgerRoutes(app: App, ledger: Ledger): void {
  writeRoutes(app, ledger);
  accountRoutes(app, ledger);
  searchRoutes(app, ledger);
  app.get(
    '/v1/ledger/transfers/:id',
    { config: READ, schema: { summary: 'Um lançamento', tags, params: PathId, response: { 200: TransferView } } },
    async (request) => {
      refusePersons(callerOf(request));
      const { transfers } = await ledger.getTransfers(contextOf(request), { ids: [parsePublicId('trf', request.params.id)] });
      if (!transfers[0]) throw refuseLedger('LEDGER_TRANSFER_NOT_FOUND');
      return transfers[0];
    },
  );
  app.get(
    '/v1/ledger/trial-balance',
    {
      config: READ,
      schema: {
        summary: 'Balancete por ativo, código de conta e nível do COSIF, agora ou em qualquer instante',
        tags,
        querystring: ledgerContract.operations.trialBalance.input,
        response: { 200: TrialBalance },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.trialBalance(contextOf(request), request.query);
    },
  );
  app.get(
    '/v1/ledger/chart',
    { config: READ, schema: { summary: 'Plano de contas', tags, response: { 200: ledgerContract.operations.getChart.output } } },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.getChart(contextOf(request), {});
    },
  );
}

function writeRoutes(app: App, ledger: Ledger): void {
  const accounts = ledgerContract.operations.createAccounts;
  app.post(
    '/v1/ledger/accounts',
    {
      config: WRITE,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: { summary: 'Abre uma conta', tags, body: NewAccount, response: { 201: accounts.output.properties.results.items } },
    },
    async (request, reply) => {
      refusePersons(callerOf(request));
      const { results } = await ledger.createAccounts(contextOf(request), { accounts: [request.body] });
      return reply.status(201).send(results[0]!);
    },
  );
  app.post(
    '/v1/ledger/transfers',
    {
      config: WRITE,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: {
        summary: 'Um comando: lança, reserva, liquida, libera, estorna, muda uma conta ou fecha um período',
        tags,
        querystring: DryRunQuery,
        body: CommandInput,
        response: { 200: CommandResult, 201: CommandResult },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      refusePersons(caller);
      refuseFreezing(caller, [request.body]);
      const dryRun = request.query.dryRun === 'true';
      const { results } = await ledger.submit(contextOf(request), { commands: [request.body], dryRun });
      const result = results[0]!;
      if (result.outcome === 'rejected') throw refusalOf(result);
      return reply.status(dryRun ? 200 : 201).send(result);
    },
  );
  app.post(
    '/v1/ledger/transfers/batch',
    {
      config: WRITE,
      bodyLimit: MAX_BATCH_BYTES,
      schema: {
        summary: 'Até 1.000 comandos, cada um com seu resultado, ou todos ou nenhum (atomic); dryRun responde sem gravar',
        tags,
        querystring: DryRunQuery,
        body: Type.Object({
          commands: Type.Array(CommandInput, { minItems: 1, maxItems: 1_000 }),
          atomic: Type.Optional(Type.Boolean()),
          dryRun: Type.Optional(Type.Boolean()),
        }),
        response: { 200: ledgerContract.operations.submit.output },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      refusePersons(caller);
      refuseFreezing(caller, request.body.commands);
      const dryRun = request.body.dryRun === true || request.query.dryRun === 'true';
      return ledger.submit(contextOf(request), { ...request.body, dryRun });
    },
  );
  const chart = ledgerContract.operations.putChart;
  app.put(
    '/v1/ledger/chart',
    {
      config: CHART,
      bodyLimit: MAX_CHART_BYTES,
      schema: { summary: 'Põe contas no plano de contas (código → COSIF)', tags, body: chart.input, response: { 200: chart.output } },
    },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.putChart(contextOf(request), request.body);
    },
  );
}

function accountRoutes(app: App, ledger: Ledger): void {
  const find = async (
    request: Parameters<typeof contextOf>[0] & { caller?: Caller },
    id: string,
    asOf: object = {},
  ): Promise<AccountBalance> => {
    const caller = callerOf(request);
    const { balances } = await ledger.getBalances(contextOf(request), { accountIds: [id], ...asOf });
    const account = balances[0];
    // Somebody else's account is as unknown as one that never was: nothing is learned by guessing ids.
    const isVisible = account && (caller.actor.kind !== 'person' || (account.subjectId !== null && account.subjectId === caller.subjectId));
    if (!isVisible) throw refuseLedger('LEDGER_ACCOUNT_NOT_FOUND');
    return account;
  };
  app.get(
    '/v1/ledger/accounts/:id',
    {
      config: READ,
      schema: {
        summary: 'Conta com saldo: agora, como era sabido num instante (at), ou do que já valia numa data de efeito (effectiveAt)',
        tags,
        params: PathId,
        querystring: AsOfQuery,
        response: { 200: AccountBalance },
      },
    },
    (request) => find(request, parsePublicId('acc', request.params.id), request.query),
  );
  app.get(
    '/v1/ledger/accounts/:id/entries',
    {
      config: READ,
      schema: {
        summary: 'Extrato, do mais novo ao mais antigo, com o saldo depois de cada linha',
        tags,
        params: PathId,
        querystring: StatementQuery,
        response: { 200: ledgerContract.operations.getStatement.output },
      },
    },
    async (request) => {
      const { accountId } = await find(request, parsePublicId('acc', request.params.id));
      const { limit, ...query } = request.query;
      return ledger.getStatement(contextOf(request), { accountId, ...query, ...(limit ? { limit: Number(limit) } : {}) });
    },
  );
}

/** A refused command as a problem, when it was the whole request. */
function refusalOf(result: CommandResult): AppError {
  const code = result.code as LedgerCode;
  const detail = result.detail ?? code;
  const errors = result.field ? [{ pointer: `/body/${result.field}`, detail: 'difere do primeiro envio' }] : undefined;
  return new AppError({ code, ...refuseLedger.specs[code], detail, ...(errors ? { errors } : {}) });
}
