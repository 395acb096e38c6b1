import type { Db } from '#platform/db/db.ts';
import { createDocumentStore } from './documents.ts';
import type { ReadStore } from './port.ts';

const FORM = /^dynamodb:\/\/([a-z0-9-]+)\/([A-Za-z0-9_.-]{3,255})$/;

/**
 * Opens the store of `CASHFLOW_READ_STORE`: `table` (none: days are read from their table), `documents` (JSON in Postgres), or
 * `dynamodb://<region>/<table>`, with `?endpoint=http://…` for a server that is not Amazon's. Throws for anything else.
 */
export async function openReadStore(setting: string, db: Db): Promise<ReadStore | undefined> {
  if (setting === 'table') return undefined;
  if (setting === 'documents') return createDocumentStore(db);
  const [address = '', query = ''] = setting.split('?');
  const found = FORM.exec(address);
  const asked = new URLSearchParams(query);
  const isKnown = [...asked.keys()].every((name) => name === 'endpoint');
  if (!found || !isKnown)
    throw new Error(
      'CASHFLOW_READ_STORE is table, documents or dynamodb://<region>/<table>, with ?endpoint=http://… where it is not Amazon',
    );
  const endpoint = asked.get('endpoint');
  const { openDynamoStore } = await import('./dynamodb.ts');
  return openDynamoStore({ region: found[1]!, table: found[2]!, ...(endpoint === null ? {} : { endpoint }) });
}
