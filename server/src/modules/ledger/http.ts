import { Type } from 'typebox';
import { AppError, refusePlatform } from '#platform/errors.ts';
import { type App, type Caller, callerOf, contextOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';
import { AccountBalance, CommandInput, CommandResult, ledgerContract, NewAccount, TransferView, TrialBalance } from './contract.ts';
import { type LedgerCode, refuseLedger } from './errors.ts';
import type { Ledger } from './index.ts';

const PathId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const tags = ['ledger'];
const READ = { auth: { scopes: ['ledger:read'] } } as const;
/** Every account and command carries its own id, compared by content: a repetition gives the first answer, other content a conflict. */
const WRITE = { auth: { scopes: ['ledger:write'] }, idempotency: 'exempt: commands carry ids of their own' } as const;
const MAX_BATCH_BYTES = 2 * 1024 * 1024;

const statementInput = ledgerContract.operations.getStatement.input.properties;
/** A query's values are texts. */
const StatementQuery = Type.Object({
  cursor: statementInput.cursor,
  limit: Type.Optional(Type.String({ pattern: '^([1-9]|[1-9]\\d|1\\d\\d|200)$', description: '1 to 200, default 50' })),
  from: statementInput.from,
  to: statementInput.to,
  direction: statementInput.direction,
  include: statementInput.include,
});

/** The ledger for services, over HTTP. A person may look at accounts of their own, and no more. */
export function ledgerRoutes(app: App, ledger: Ledger): void {
  writeRoutes(app, ledger);
  accountRoutes(app, ledger);
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
    { config: READ, schema: { summary: 'Balancete por ativo e código de conta', tags, response: { 200: TrialBalance } } },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.trialBalance(contextOf(request), {});
    },
  );
}

function writeRoutes(app: App, ledger: Ledger): void {
  const accounts = ledgerContract.operations.createAccounts;
  app.post(
    '/v1/ledger/accounts',
    {
      config: WRITE,
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
      schema: { summary: 'Um comando: lança, reserva, liquida ou libera', tags, body: CommandInput, response: { 201: CommandResult } },
    },
    async (request, reply) => {
      refusePersons(callerOf(request));
      const { results } = await ledger.submit(contextOf(request), { commands: [request.body] });
      const result = results[0]!;
      if (result.outcome === 'rejected') throw refusalOf(result);
      return reply.status(201).send(result);
    },
  );
  app.post(
    '/v1/ledger/transfers/batch',
    {
      config: WRITE,
      bodyLimit: MAX_BATCH_BYTES,
      schema: {
        summary: 'Até 1.000 comandos, cada um com seu resultado, ou todos ou nenhum (atomic)',
        tags,
        body: Type.Object({ commands: Type.Array(CommandInput, { minItems: 1, maxItems: 1_000 }), atomic: Type.Optional(Type.Boolean()) }),
        response: { 200: ledgerContract.operations.submit.output },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.submit(contextOf(request), request.body);
    },
  );
}

function accountRoutes(app: App, ledger: Ledger): void {
  const find = async (request: Parameters<typeof contextOf>[0] & { caller?: Caller }, id: string): Promise<AccountBalance> => {
    const caller = callerOf(request);
    const { balances } = await ledger.getBalances(contextOf(request), { accountIds: [id] });
    const account = balances[0];
    // Somebody else's account is as unknown as one that never was: nothing is learned by guessing ids.
    const isVisible = account && (caller.actor.kind !== 'person' || (account.subjectId !== null && account.subjectId === caller.subjectId));
    if (!isVisible) throw refuseLedger('LEDGER_ACCOUNT_NOT_FOUND');
    return account;
  };
  app.get(
    '/v1/ledger/accounts/:id',
    { config: READ, schema: { summary: 'Conta com saldo', tags, params: PathId, response: { 200: AccountBalance } } },
    (request) => find(request, parsePublicId('acc', request.params.id)),
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

function refusePersons(caller: Caller): void {
  if (caller.actor.kind === 'person') throw refusePlatform('PLATFORM_FORBIDDEN', { detail: 'O livro contábil é para serviços.' });
}

/** A refused command as a problem, when it was the whole request. */
function refusalOf(result: CommandResult): AppError {
  const code = result.code as LedgerCode;
  const detail = result.detail ?? code;
  const errors = result.field ? [{ pointer: `/body/${result.field}`, detail: 'difere do primeiro envio' }] : undefined;
  return new AppError({ code, ...refuseLedger.specs[code], detail, ...(errors ? { errors } : {}) });
}
