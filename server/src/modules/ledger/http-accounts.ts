import { Type } from 'typebox';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';
import { AccountName, ledgerContract, MetadataSchema, MovementView } from './contract.ts';
import { AccountAnswer, HoldAnswer, showAccount, showRecord } from './http-answers.ts';
import { AccountId } from './http-ids.ts';
import {
  findAccount,
  idsBody,
  limitOf,
  MAX_COMMAND_BYTES,
  PageLimit,
  PathId,
  READ,
  READ_MANY,
  refusePersons,
  SET,
  tags,
  Unknown,
} from './http-shared.ts';
import type { Ledger } from './index.ts';

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
const { accountId: _account, ...movementInput } = ledgerContract.operations.getMovement.input.properties;

/** Accounts one by one, and many of them by their ids. */
export function accountRoutes(app: App, ledger: Ledger): void {
  balanceRoutes(app, ledger);
  historyRoutes(app, ledger);
  app.put(
    '/v1/ledger/accounts/:id/label',
    {
      config: SET,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: {
        summary: 'Nome e anotações de uma conta, para pessoas; o que faltar fica como está',
        tags,
        params: PathId,
        body: Type.Object(
          { name: Type.Optional(AccountName), metadata: Type.Optional(MetadataSchema) },
          { minProperties: 1, examples: [{ name: 'Conta da loja', metadata: { store: '42' } }] },
        ),
        response: { 200: AccountAnswer },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const accountId = parsePublicId('acc', request.params.id);
      return showAccount(await ledger.labelAccount(contextOf(request), { accountId, ...request.body }));
    },
  );
}

function balanceRoutes(app: App, ledger: Ledger): void {
  app.get(
    '/v1/ledger/accounts/:id',
    {
      config: READ,
      schema: {
        summary: 'Conta com saldo: agora, como era sabido num instante (at), ou do que já valia numa data de efeito (effectiveAt)',
        tags,
        params: PathId,
        querystring: AsOfQuery,
        response: { 200: AccountAnswer },
      },
    },
    async (request) => showAccount(await findAccount(ledger, request, parsePublicId('acc', request.params.id), request.query)),
  );
  app.post(
    '/v1/ledger/accounts/by-ids',
    {
      config: READ_MANY,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: {
        summary: 'Até 1.000 contas com saldo, de um mesmo momento do livro',
        tags,
        querystring: AsOfQuery,
        body: idsBody(AccountId),
        response: { 200: Type.Object({ asOfSeq: Type.Integer(), accounts: Type.Array(AccountAnswer), unknown: Unknown }) },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const wanted = new Map((request.body.ids as string[]).map((id) => [parsePublicId('acc', id), id]));
      const { asOfSeq, balances } = await ledger.getBalances(contextOf(request), { accountIds: [...wanted.keys()], ...request.query });
      for (const { accountId } of balances) wanted.delete(accountId);
      return { asOfSeq, accounts: balances.map(showAccount), unknown: [...wanted.values()] };
    },
  );
}

function historyRoutes(app: App, ledger: Ledger): void {
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
      const { accountId } = await findAccount(ledger, request, parsePublicId('acc', request.params.id));
      const { limit, ...query } = request.query;
      return ledger.getStatement(contextOf(request), { accountId, ...query, ...limitOf(limit) });
    },
  );
  app.get(
    '/v1/ledger/accounts/:id/holds',
    {
      config: READ,
      schema: {
        summary: 'Reservas abertas da conta, da mais antiga à mais nova: as que a debitam e as que a creditam',
        tags,
        params: PathId,
        querystring: Type.Object({ cursor: statementInput.cursor, limit: PageLimit }),
        response: { 200: Type.Object({ holds: Type.Array(HoldAnswer), next: ledgerContract.operations.getHolds.output.properties.next }) },
      },
    },
    async (request) => {
      const { accountId } = await findAccount(ledger, request, parsePublicId('acc', request.params.id));
      const { limit = '50', cursor } = request.query;
      const query = { accountId, ...limitOf(limit), ...(cursor === undefined ? {} : { cursor }) };
      const { holds, next } = await ledger.getHolds(contextOf(request), query);
      return { holds: holds.map(showRecord), next };
    },
  );
  app.get(
    '/v1/ledger/accounts/:id/movement',
    {
      config: READ,
      schema: {
        summary: 'Débitos e créditos brutos da conta entre dois instantes, de registro ou de efeito (by)',
        tags,
        params: PathId,
        querystring: Type.Object(movementInput),
        response: { 200: MovementView },
      },
    },
    async (request) => {
      const { accountId } = await findAccount(ledger, request, parsePublicId('acc', request.params.id));
      return ledger.getMovement(contextOf(request), { accountId, ...request.query });
    },
  );
}
