import { instant, plainArray, textArray } from '#platform/db/arrays.ts';
import type { Db } from '#platform/db/db.ts';
import { readRanges } from '../views/ranges.ts';
import { NOBODY } from './marks.ts';
import type { Filling, ReadStore, StoredDocument } from './port.ts';

/** One document a day. Amounts are texts: JSON's numbers are too short for them. */
type Document = { opening: string; in: string; out: string; closing: string; position: string; updatedAt: string };
type Row = { accountId: string; date: string; version: bigint; document: Document };

const COLUMNS = 'd.account_id as "accountId", d.date::text, d.version, d.document';
/** Where the state of filling stands. */
const NO_DAY = '1900-01-01';

/** Documents in this database: what `cashflow.daily_balances` says, a day a document, found by its key alone. */
export function createDocumentStore(db: Db): ReadStore {
  const scope = (tenantId: string) => ({ module: 'cashflow', tenants: [tenantId] });
  return {
    name: 'documents (Postgres)',
    async put(tenantId, days) {
      await db.tx(scope(tenantId), (tx) =>
        tx.execute(
          `insert into cashflow.day_documents as d (tenant_id, account_id, date, version, document)
           select $1, * from unnest($2::uuid[], $3::date[], $4::bigint[], $5::jsonb[])
           on conflict (tenant_id, account_id, date) do update set version = excluded.version, document = excluded.document
           where d.version < excluded.version`,
          [
            tenantId,
            plainArray(days.map((day) => day.accountId)),
            plainArray(days.map((day) => day.date)),
            plainArray(days.map((day) => day.version)),
            textArray(days.map((day) => JSON.stringify(documentOf(day)))),
          ],
        ),
      );
    },
    async remove(tenantId, days) {
      await db.tx(scope(tenantId), (tx) =>
        tx.execute(
          `delete from cashflow.day_documents d using unnest($2::uuid[], $3::date[], $4::bigint[]) k(account_id, date, version)
           where d.tenant_id = $1 and d.account_id = k.account_id and d.date = k.date and d.version < k.version`,
          [
            tenantId,
            plainArray(days.map((day) => day.accountId)),
            plainArray(days.map((day) => day.date)),
            plainArray(days.map((day) => day.version)),
          ],
        ),
      );
    },
    async read(tenantId, ranges) {
      const found = await db.tx(scope(tenantId), (tx) =>
        readRanges<Row>(tx, tenantId, ranges, { table: 'cashflow.day_documents', columns: COLUMNS }),
      );
      return found.map((rows) => rows.map(dayOf));
    },
    async filling() {
      const rows = await db.tx(scope(NOBODY), (tx) =>
        tx.query<{ state: Filling }>(
          `select document->>'state' as state from cashflow.day_documents where tenant_id = $1 and account_id = $1 and date = $2`,
          [NOBODY, NO_DAY],
        ),
      );
      return rows[0]?.state ?? 'empty';
    },
    async setFilling(state) {
      await db.tx(scope(NOBODY), (tx) =>
        tx.execute(
          `insert into cashflow.day_documents (tenant_id, account_id, date, version, document) values ($1, $1, $2, 0, $3)
           on conflict (tenant_id, account_id, date) do update set document = excluded.document`,
          [NOBODY, NO_DAY, JSON.stringify({ state })],
        ),
      );
    },
    close: async () => undefined,
  };
}

const documentOf = (day: StoredDocument): Document => ({
  opening: String(day.openingMinor),
  in: String(day.inMinor),
  out: String(day.outMinor),
  closing: String(day.closingMinor),
  position: String(day.position),
  updatedAt: instant(day.updatedAt.getTime()),
});

const dayOf = ({ accountId, date, version, document }: Row): StoredDocument => ({
  accountId,
  date,
  version,
  openingMinor: BigInt(document.opening),
  inMinor: BigInt(document.in),
  outMinor: BigInt(document.out),
  closingMinor: BigInt(document.closing),
  position: BigInt(document.position),
  updatedAt: new Date(document.updatedAt),
});
