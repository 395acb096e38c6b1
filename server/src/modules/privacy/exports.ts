import { Readable } from 'node:stream';
import type { Blobs } from '#platform/blob/blob.ts';
import type { Actor, CallContext } from '#platform/context.ts';
import { systemContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { QueueDeps } from '#platform/module.ts';
import { defineQueue, type TaskContext } from '#platform/queue/queue.ts';
import type { Keepers } from './ask-keepers.ts';
import type { ExportView, FileFormat } from './contract.ts';
import { refusePrivacy } from './errors.ts';
import { EXPORT_ASKED, EXPORT_READ, EXPORT_READY } from './events.ts';
import { writeJson } from './export-document.ts';
import type { OwnAccounts } from './own-accounts.ts';
import { findLastErasure } from './store/erasures.ts';
import { type ExportRow, findExport, findLiving, insertExport, markReady } from './store/exports.ts';

export const KEPT_MS = 7 * 86_400_000;
const QUEUE = 'privacy.export';
/** Copies that one person may have at a time. */
const MOST_LIVING = 3;
const MOST_BYTES = 512 * 1024 * 1024;
/** What one call between modules carries of a file. */
const PIECE_BYTES = 512 * 1024;
const CONTENT = { json: 'application/json', pdf: 'application/pdf' } as const;

type Deps = Pick<QueueDeps, 'db' | 'bus' | 'clock' | 'queue'> & { blobs: Blobs; keepers: Keepers; accounts: OwnAccounts };
type Errand = { exportId: string };
export type FilePiece = { base64: string; next: number | null; bytes: number };

export const showExport = ({ id, askedAt, readyAt, expiresAt, jsonBytes, pdfBytes }: ExportRow): ExportView => ({
  id,
  askedAt: askedAt.toISOString(),
  readyAt: readyAt?.toISOString() ?? null,
  expiresAt: expiresAt?.toISOString() ?? null,
  jsonBytes,
  pdfBytes,
});

/** Copies of all that is kept of a person: asked for, made by the queue, read for seven days, sealed under the person's own key. */
export function createExports({ db, bus, clock, queue, blobs, keepers, accounts }: Deps) {
  const scope = (tenantId: string) => ({ module: 'privacy', tenants: [tenantId] });
  const keyOf = (id: string, format: FileFormat) => `exports/${id}/${format}`;
  const now = () => new Date(clock.now());
  const about = ({ tenantId, subjectId }: Pick<ExportRow, 'tenantId' | 'subjectId'>, actor: Actor) => ({
    id: newId(),
    tenantId,
    key: subjectId,
    subjectId,
    actor,
    time: now().toISOString(),
  });

  /** Puts a copy on its way, in the caller's transaction. One that is being made stays the one. */
  async function begin(
    tx: Tx,
    tenantId: string,
    { subjectId, retained, by }: { subjectId: string; retained: boolean; by: Actor },
  ): Promise<ExportRow> {
    const row = { tenantId, id: newId(), subjectId, retained, askedBy: by, askedAt: now() };
    if (!(await insertExport(tx, row))) {
      const living = await findLiving(tx, tenantId, retained ? 'retained' : { subjectId }, now());
      const waiting = living.find((one) => one.readyAt === null && one.subjectId === subjectId);
      if (!waiting) throw new Error('a copy is being made, and is not there');
      return waiting;
    }
    await queue.put(tx, [{ queue: QUEUE, tenantId, payload: { exportId: row.id } satisfies Errand, key: row.id }]);
    await bus.publish(tx, [{ ...about(row, by), type: EXPORT_ASKED, data: { exportId: row.id, retained } }]);
    return { ...row, readyAt: null, expiresAt: null, jsonBytes: null, pdfBytes: null };
  }

  /** Reads everything twice, once a file: neither is ever held as a whole, and the copy for reading is bounded. */
  async function make(tenantId: string, { exportId }: Errand, task: TaskContext): Promise<void> {
    const row = await db.tx({ ...scope(tenantId), single: true }, (tx) => findExport(tx, tenantId, exportId));
    if (!row || row.readyAt !== null) return;
    const { subjectId, retained } = row;
    const erased = await db.tx({ ...scope(tenantId), single: true }, (tx) => findLastErasure(tx, tenantId, subjectId));
    // Asked for before the person was erased: there is nothing left to give, and no key to seal it under.
    if (!retained && (erased?.state === 'erasing' || erased?.state === 'done')) return;
    const ctx = systemContext(tenantId, 'privacy');
    const accountIds = retained ? (erased?.accountIds ?? [subjectId]) : await accounts.list(ctx, subjectId);
    const all = keepers.all();
    const madeAt = now().toISOString();
    const told = { subjectId, accountIds, madeAt, retained };
    const collected = () => keepers.collect(ctx, { subjectId, accountIds, retained });
    // Under the person's key: erased with them. Of who was erased, under the tenant's.
    const options = { maxBytes: MOST_BYTES, keepMs: KEPT_MS, ...(retained ? {} : { subjectId }) };
    const put = (format: FileFormat, body: AsyncIterable<Uint8Array>) =>
      blobs.put({ tenantId, key: keyOf(exportId, format) }, body, { ...options, contentType: CONTENT[format] });
    const json = await put('json', writeJson(told, all, collected()));
    // Loaded when the first is made: what writes PDF is large.
    const { renderPdf } = await import('./export-pdf.ts');
    const pdf = await put('pdf', Readable.from([await renderPdf(told, all, collected())]));
    await db.tx(scope(tenantId), async (tx) => {
      const readyAt = now();
      const expiresAt = new Date(json.expiresAtMs!);
      const ready = { tenantId, id: exportId, readyAt, expiresAt, jsonBytes: json.sizeBytes, pdfBytes: pdf.sizeBytes };
      if (await markReady(tx, ready)) {
        const data = { exportId, retained, expiresAt: expiresAt.toISOString() };
        await bus.publish(tx, [{ ...about(row, ctx.actor), type: EXPORT_READY, data }]);
      }
      await task.finish(tx);
    });
  }

  /** A copy that can be read. @throws PRIVACY_EXPORT_UNKNOWN also for another's, PRIVACY_EXPORT_NOT_READY */
  async function ready(
    tenantId: string,
    exportId: string,
    whose: { subjectId: string } | 'retained',
  ): Promise<ExportRow & { readyAt: Date }> {
    const row = await db.tx({ ...scope(tenantId), single: true }, (tx) => findExport(tx, tenantId, exportId));
    const isTheirs = row && (whose === 'retained' ? row.retained : !row.retained && row.subjectId === whose.subjectId);
    const isOver = row?.expiresAt && row.expiresAt.getTime() <= clock.now();
    if (!isTheirs || isOver) throw refusePrivacy('PRIVACY_EXPORT_UNKNOWN');
    if (row.readyAt === null) throw refusePrivacy('PRIVACY_EXPORT_NOT_READY');
    return { ...row, readyAt: row.readyAt };
  }

  return {
    begin,
    async list(tenantId: string, whose: { subjectId: string } | 'retained'): Promise<ExportRow[]> {
      return db.tx({ ...scope(tenantId), single: true }, (tx) => findLiving(tx, tenantId, whose, now()));
    },
    /** @throws PRIVACY_TOO_MANY_EXPORTS */
    async ask({ tenantId, actor }: CallContext, subjectId: string): Promise<ExportView> {
      const row = await db.tx(scope(tenantId), async (tx) => {
        const living = await findLiving(tx, tenantId, { subjectId }, now());
        if (living.filter(({ readyAt }) => readyAt !== null).length >= MOST_LIVING) throw refusePrivacy('PRIVACY_TOO_MANY_EXPORTS');
        return begin(tx, tenantId, { subjectId, retained: false, by: actor });
      });
      return showExport(row);
    },
    /** Notes that the actor of the call reads it. */
    async noteRead({ tenantId, actor }: CallContext, exportId: string, format: FileFormat, whose: { subjectId: string } | 'retained') {
      const row = await ready(tenantId, exportId, whose);
      const data = { exportId, retained: row.retained, format };
      await db.tx(scope(tenantId), (tx) => bus.publish(tx, [{ ...about(row, actor), type: EXPORT_READ, data }]));
      return row;
    },
    /** A piece of the file, from a byte on. @throws PRIVACY_EXPORT_UNKNOWN, PRIVACY_EXPORT_NOT_READY */
    async read(
      tenantId: string,
      exportId: string,
      format: FileFormat,
      from: number,
      whose: { subjectId: string } | 'retained',
    ): Promise<FilePiece> {
      await ready(tenantId, exportId, whose);
      const at = { tenantId, key: keyOf(exportId, format) };
      const bytes = (await blobs.stat(at))?.sizeBytes;
      if (bytes === undefined || from > bytes) throw refusePrivacy('PRIVACY_EXPORT_UNKNOWN');
      const to = Math.min(from + PIECE_BYTES, bytes);
      const found = await blobs.get(at, { range: { from, to } });
      if (!found) throw refusePrivacy('PRIVACY_EXPORT_UNKNOWN');
      const piece = Buffer.concat(await Array.fromAsync(found.body as AsyncIterable<Buffer>));
      return { base64: piece.toString('base64'), next: to < bytes ? to : null, bytes };
    },
    queue: defineQueue<Errand>({
      name: QUEUE,
      concurrency: 2,
      perTenant: 1,
      timeoutMs: 600_000,
      run: (task, ctx) => make(task.tenantId, task.payload, ctx),
    }),
  };
}

export type Exports = ReturnType<typeof createExports>;
