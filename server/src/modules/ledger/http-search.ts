import { type Static, Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type App, type Caller, callerOf, contextOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';

import { nullable } from '#platform/schemas.ts';

import { ledgerContract } from './contract.ts';
import { refuseLedger } from './errors.ts';
import { AccountAnswer, showAccount, showRecord, TransferAnswer } from './http-answers.ts';
import { limitOf, PageLimit, PublicId, READ, refusePersons, tags } from './http-shared.ts';
import type { Ledger } from './index.ts';

const { listTransfers, listAccounts, countTransfers, countAccounts } = ledgerContract.operations;

/** Two ways to say the same: `key` with `value`, or `metadata=key:value`, as often as there are fields (at most four). */
const Pair = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,40}:[^\\u0000]{0,200}$' });
const Metadata = Type.Optional(
  Type.Union([Pair, Type.Array(Pair, { minItems: 1, maxItems: 4 })], {
    description: 'campo:valor; repita o parâmetro para exigir mais de um',
    'x-words': { pt: 'precisa ser campo:valor, até quatro vezes', en: 'must be key:value, up to four times' },
  }),
);
const { accountId: _account, metadata: _metadata, reverses: _reverses, ...transferCriteria } = countTransfers.input.properties;
const { subjectId: _subject, ...accountCriteria } = countAccounts.input.properties;
const { cursor, order } = listTransfers.input.properties;
const TransferCriteria = { accountId: PublicId, reverses: PublicId, metadata: Metadata, ...transferCriteria };
const TransferQuery = Type.Object({ ...TransferCriteria, blockId: PublicId, order, cursor, limit: PageLimit });
const CountQuery = Type.Object(TransferCriteria);
const AccountQuery = Type.Object({
  subjectId: PublicId,
  ...accountCriteria,
  order: listAccounts.input.properties.order,
  cursor,
  limit: PageLimit,
});
const AccountCountQuery = Type.Object({ subjectId: PublicId, ...accountCriteria });

/** Lists, page by page. A person gets accounts of their own, and no list of transfers. */
export function searchRoutes(app: App, ledger: Ledger): void {
  transferSearch(app, ledger);
  accountSearch(app, ledger);
}

function transferSearch(app: App, ledger: Ledger): void {
  app.get(
    '/v1/ledger/transfers',
    {
      config: READ,
      schema: {
        summary: 'Lançamentos por conta, sentido, metadados, tipo, ativo, código de conta, bloco, estornado ou período',
        description:
          'Os critérios se somam; blockId vai sozinho. Com vários, uma página pode vir mais curta que limit e ainda ter next. `by=effective` procura e ' +
          'ordena por data de efeito. Páginas não pulam nem repetem enquanto se grava. Conta desconhecida é LEDGER_ACCOUNT_NOT_FOUND.',
        tags,
        querystring: TransferQuery,
        response: { 200: Type.Object({ transfers: Type.Array(TransferAnswer), next: nullable(Type.String()) }) },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const { limit, blockId, cursor: after, order: way, ...criteria } = request.query;
      const paging = { ...limitOf(limit), ...(after === undefined ? {} : { cursor: after }), ...(way === undefined ? {} : { order: way }) };
      const block = blockId === undefined ? {} : { blockId: parsePublicId('trf', blockId) };
      const { transfers, next } = await ledger.listTransfers(contextOf(request), { ...readCriteria(criteria), ...block, ...paging });
      return { transfers: transfers.map(showRecord), next };
    },
  );
  app.get(
    '/v1/ledger/transfers/count',
    {
      config: READ,
      schema: {
        summary: 'Quantos lançamentos há pelos mesmos critérios da lista',
        tags,
        querystring: CountQuery,
        response: { 200: countTransfers.output },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.countTransfers(contextOf(request), readCriteria(request.query));
    },
  );
}

function accountSearch(app: App, ledger: Ledger): void {
  app.get(
    '/v1/ledger/accounts',
    {
      config: READ,
      schema: {
        summary: 'Contas com saldo, por titular, código ou começo dele, e ativo',
        description: 'Na ordem dos ids, que com UUIDv7 é a da abertura (order=desc, as mais novas antes); com codePrefix, na dos códigos.',
        tags,
        querystring: AccountQuery,
        response: { 200: Type.Object({ accounts: Type.Array(AccountAnswer), next: nullable(Type.String()) }) },
      },
    },
    async (request) => {
      const { limit, subjectId, ...query } = request.query;
      const filter = { ...query, ...subjectOf(callerOf(request), subjectId) };
      const { accounts, next } = await ledger.listAccounts(contextOf(request), { ...filter, ...limitOf(limit) });
      return { accounts: accounts.map(showAccount), next };
    },
  );
  app.get(
    '/v1/ledger/accounts/count',
    {
      config: READ,
      schema: {
        summary: 'Quantas contas há pelos mesmos critérios da lista',
        tags,
        querystring: AccountCountQuery,
        response: { 200: countAccounts.output },
      },
    },
    async (request) => {
      const { subjectId, ...query } = request.query;
      return ledger.countAccounts(contextOf(request), { ...query, ...subjectOf(callerOf(request), subjectId) });
    },
  );
}

/** @throws LEDGER_QUERY_INVALID for a field of metadata named twice */
function readCriteria({ accountId, reverses, metadata, ...criteria }: Static<typeof CountQuery>) {
  const pairs = [metadata ?? []].flat().map((pair): [string, string] => {
    const at = pair.indexOf(':');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  if (new Set(pairs.map(([key]) => key)).size < pairs.length)
    throw refuseLedger('LEDGER_QUERY_INVALID', {
      detail: { pt: 'Um campo de metadados vem duas vezes.', en: 'A field of metadata comes twice.' },
    });
  return {
    ...criteria,
    ...(pairs.length > 0 ? { metadata: Object.fromEntries(pairs) } : {}),
    ...(accountId === undefined ? {} : { accountId: parsePublicId('acc', accountId) }),
    ...(reverses === undefined ? {} : { reverses: parsePublicId('trf', reverses) }),
  };
}

/** Whose accounts: a person's own, or those of whom a service asks for. */
function subjectOf(caller: Caller, asked: string | undefined): { subjectId?: string } {
  if (caller.actor.kind !== 'person') return asked === undefined ? {} : { subjectId: parsePublicId('sub', asked) };
  if (!caller.subjectId) throw refusePlatform('PLATFORM_FORBIDDEN');
  return { subjectId: caller.subjectId };
}
