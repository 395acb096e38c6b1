import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type App, type Caller, callerOf, contextOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';
import { pageLimit } from '#platform/schemas.ts';
import { ledgerContract } from './contract.ts';
import type { Ledger } from './index.ts';

const READ = { auth: { scopes: ['ledger:read'] } } as const;
const tags = ['ledger'];
const { listTransfers, listAccounts } = ledgerContract.operations;

/** A query's values are texts. */
export const PageLimit = Type.Optional(pageLimit(200, '1 to 200, default 50'));
const PublicId = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }));
const { limit: _transfers, accountId: _account, blockId: _block, ...transferCriteria } = listTransfers.input.properties;
const { limit: _accounts, subjectId: _subject, ...accountCriteria } = listAccounts.input.properties;
const TransferQuery = Type.Object({ accountId: PublicId, blockId: PublicId, ...transferCriteria, limit: PageLimit });
const AccountQuery = Type.Object({ subjectId: PublicId, ...accountCriteria, limit: PageLimit });

/** Lists, page by page. A person gets accounts of their own, and no list of transfers. */
export function searchRoutes(app: App, ledger: Ledger): void {
  app.get(
    '/v1/ledger/transfers',
    {
      config: READ,
      schema: {
        summary: 'Lançamentos por conta, metadado, bloco ou período',
        description:
          'Um critério por vez: accountId, key com value, ou blockId; sem nenhum, todos. `by=effective` procura e ordena por data de efeito. ' +
          'Páginas não pulam nem repetem enquanto se grava.',
        tags,
        querystring: TransferQuery,
        response: { 200: listTransfers.output },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const { limit, accountId, blockId, ...query } = request.query;
      return ledger.listTransfers(contextOf(request), {
        ...query,
        ...(accountId === undefined ? {} : { accountId: parsePublicId('acc', accountId) }),
        ...(blockId === undefined ? {} : { blockId: parsePublicId('trf', blockId) }),
        ...(limit ? { limit: Number(limit) } : {}),
      });
    },
  );
  app.get(
    '/v1/ledger/accounts',
    {
      config: READ,
      schema: {
        summary: 'Contas com saldo, por titular, código e ativo',
        tags,
        querystring: AccountQuery,
        response: { 200: listAccounts.output },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { limit, subjectId, ...query } = request.query;
      const subject = caller.actor.kind === 'person' ? ownSubject(caller) : subjectId && parsePublicId('sub', subjectId);
      return ledger.listAccounts(contextOf(request), {
        ...query,
        ...(subject ? { subjectId: subject } : {}),
        ...(limit ? { limit: Number(limit) } : {}),
      });
    },
  );
}

function ownSubject({ subjectId }: Caller): string {
  if (!subjectId) throw refusePlatform('PLATFORM_FORBIDDEN');
  return subjectId;
}

export function refusePersons(caller: Caller): void {
  if (caller.actor.kind === 'person') throw refusePlatform('PLATFORM_FORBIDDEN', { detail: 'O livro contábil é para serviços.' });
}
