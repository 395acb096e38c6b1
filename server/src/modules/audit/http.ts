import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { NO_INSTANT, parseInstant } from '#platform/dates.ts';
import type { Db } from '#platform/db/db.ts';
import { type App, callerOf } from '#platform/http/app.ts';
import { DayRootPage, DayRootQuery, readDayPage } from '#platform/proof/schemas.ts';
import { FineInstant, nullable, pageLimit } from '#platform/schemas.ts';
import { AuditRecord } from './contract.ts';
import { refuseAudit } from './errors.ts';
import { exportTrail } from './export.ts';
import { readRecords, type StoredRecord } from './store.ts';

const DEFAULT_LIMIT = '50';

export function auditRoutes(app: App, db: Db): void {
  app.get(
    '/v1/audit/records',
    {
      config: { auth: { scopes: ['audit:read'] } },
      schema: {
        summary: 'Trilha de auditoria, do mais novo ao mais antigo',
        tags: ['audit'],
        querystring: Type.Object({
          cursor: Type.Optional(Type.String({ maxLength: 40 })),
          limit: Type.Optional(pageLimit(200, 'De 1 a 200; 50 se ausente')),
          entity: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
          entityKey: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
          actor: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
          from: Type.Optional(FineInstant),
          to: Type.Optional(FineInstant),
        }),
        response: { 200: Type.Object({ records: Type.Array(AuditRecord), next: nullable(Type.String()) }) },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request);
      const { cursor, entity, entityKey, actor, from, to, ...rest } = request.query;
      const limit = Number(rest.limit ?? DEFAULT_LIMIT);
      checkRange(from, to);
      const filter = { before: readCursor(cursor), entity, entityKey, actorId: actor, from, to, limit };
      const found = await db.tx({ module: 'audit', tenants: [tenantId], read: true }, (tx) => readRecords(tx, tenantId, filter));
      const next = found.length === limit ? `r${found.at(-1)!.position}` : null;
      return { records: found.map(toRecord), next };
    },
  );
}

/** What lets outsiders check the trail: all of it in order of appending, and the roots of its days. */
export function auditProofRoutes(app: App, db: Db): void {
  const config = { auth: { scopes: ['audit:read'] } } as const;
  app.get(
    '/v1/audit/export',
    {
      config,
      schema: { summary: 'A trilha inteira em linhas JSON que se conferem sozinhas', tags: ['audit'], produces: ['application/x-ndjson'] },
    },
    (request, reply) => {
      const { tenantId } = callerOf(request);
      const lines = Readable.from(withNewlines(exportTrail(db, tenantId)), { objectMode: false });
      return reply.type('application/x-ndjson').send(lines);
    },
  );
  app.get(
    '/v1/audit/day-roots',
    {
      config,
      schema: {
        summary: 'Raízes dos dias da trilha, da mais nova à mais antiga',
        tags: ['audit'],
        querystring: DayRootQuery,
        response: { 200: DayRootPage },
      },
    },
    (request) => {
      const { tenantId } = callerOf(request);
      return db.tx({ module: 'audit', tenants: [tenantId], read: true }, (tx) => readDayPage(tx, 'audit', tenantId, request.query));
    },
  );
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

function readCursor(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  if (!/^r\d{1,18}$/.test(cursor)) throw refuseAudit('AUDIT_CURSOR_INVALID');
  return BigInt(cursor.slice(1));
}

/** From the first instant on, and before the second. */
function checkRange(from: string | undefined, to: string | undefined): void {
  const [start, end] = [from, to].map((instant) => (instant === undefined ? undefined : (parseInstant(instant) ?? Number.NaN)));
  if (Number.isNaN(start) || Number.isNaN(end))
    throw refuseAudit('AUDIT_RANGE_INVALID', {
      detail: { pt: `from e to: cada um ${NO_INSTANT.pt}.`, en: `from and to: each ${NO_INSTANT.en}.` },
    });
  if (start !== undefined && end !== undefined && start >= end)
    throw refuseAudit('AUDIT_RANGE_INVALID', {
      detail: { pt: 'O início não vem antes do fim.', en: 'The start does not come before the end.' },
    });
}

function toRecord(row: StoredRecord): AuditRecord {
  const { position, at, actorKind, actorId, ...rest } = row;
  return { ...rest, position: position.toString(), at: at.toISOString(), actor: { kind: actorKind, id: actorId } };
}
