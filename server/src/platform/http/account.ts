import { refusePlatform } from '../errors.ts';
import { isUuid } from '../id.ts';

/** The account that a request is about. A person who names none means their own first one, which has the person's id. */
export const ACCOUNT_HEADER = 'lastro-account';

type Asked = { headers: Record<string, string | string[] | undefined>; query?: unknown };

/**
 * The account that a request names: in its header, or in the query where a browser cannot send one (a download, an event stream). Undefined when it
 * names none. Whether the caller may act on it, the face that is asked decides. @throws PLATFORM_BAD_REQUEST for what is no id
 */
export function namedAccount({ headers, query }: Asked): string | undefined {
  const named = headers[ACCOUNT_HEADER] ?? (query as { account?: unknown } | undefined)?.account;
  if (named === undefined) return undefined;
  if (typeof named === 'string' && isUuid(named)) return named;
  const detail = { pt: `${ACCOUNT_HEADER} não é o id de uma conta.`, en: `${ACCOUNT_HEADER} is not the id of an account.` };
  throw refusePlatform('PLATFORM_BAD_REQUEST', { detail });
}
