import { type TSchema, Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { type Caller, callerOf, contextOf } from '#platform/http/app.ts';
import { maySee } from '#platform/http/own-or-service.ts';
import { pageLimit } from '#platform/schemas.ts';
import type { AccountBalance } from './contract.ts';
import { refuseLedger } from './errors.ts';
import type { Ledger } from './index.ts';

export const tags = ['ledger'];
export const READ = { auth: { scopes: ['ledger:read'] } } as const;
/** Many ids do not fit into an address: a POST that only reads. */
export const READ_MANY = { auth: { scopes: ['ledger:read'] }, idempotency: 'exempt: only reads' } as const;
/** Every account and command carries its own id, compared by content: a repetition gives the first answer, other content a conflict. */
export const WRITE = { auth: { scopes: ['ledger:write'] }, idempotency: 'exempt: commands carry ids of their own' } as const;
/** Setting the same again changes nothing. */
export const SET = { auth: { scopes: ['ledger:write'] }, idempotency: 'exempt: the same again changes nothing' } as const;

export const PathId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const PublicId = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }));

/** A query's values are texts. */
export const PageLimit = Type.Optional(pageLimit(200, '1 to 200, default 50'));
export const limitOf = (limit: string | undefined): { limit?: number } => (limit === undefined ? {} : { limit: Number(limit) });

export const MAX_BATCH_BYTES = 2 * 1024 * 1024;
/** One account or command with all the metadata it may have. */
export const MAX_COMMAND_BYTES = 64 * 1024;

/** Up to 1,000 ids in a body. */
export const idsBody = (Id: TSchema) =>
  Type.Object(
    { ids: Type.Array(Id, { minItems: 1, maxItems: 1_000 }) },
    { examples: [{ ids: ['0192f000-0000-7000-8000-00000000000a', '0192f000-0000-7000-8000-00000000000b'] }] },
  );
export const Unknown = Type.Array(Type.String(), { description: 'Ids asked for, as they were written, that name nothing here' });

export function refusePersons(caller: Caller): void {
  if (caller.actor.kind !== 'person') return;
  throw refusePlatform('PLATFORM_FORBIDDEN', { detail: { pt: 'O livro contábil é para serviços.', en: 'The ledger is for services.' } });
}

type Asked = Parameters<typeof contextOf>[0] & { caller?: Caller };

/** The account, if the caller may see it. @throws LEDGER_ACCOUNT_NOT_FOUND */
export async function findAccount(ledger: Ledger, request: Asked, id: string, asOf: object = {}): Promise<AccountBalance> {
  const caller = callerOf(request);
  const { balances } = await ledger.getBalances(contextOf(request), { accountIds: [id], ...asOf });
  const account = balances[0];
  if (!account || !(await maySee(caller, account.subjectId))) throw refuseLedger('LEDGER_ACCOUNT_NOT_FOUND');
  return account;
}
