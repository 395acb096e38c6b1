import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { BankFile, FileLines } from './contract.ts';
import { type BanksDeps, MODULE, WORK_QUEUE, type Work } from './deps.ts';
import { LIMITS, tidyText } from './domain/statement.ts';
import { refuseBanks } from './errors.ts';
import {
  clearReading,
  type FileRow,
  type FileState,
  findFile,
  holdPlace,
  insertFile,
  listFiles,
  listNotes,
  moveFile,
  type SaidOptions,
  setOptions,
} from './store/files.ts';
import { countAgreed } from './store/movements.ts';
import { listRows } from './store/rows.ts';

export const RECEIVE_ROUTE = 'POST /v1/banks/of/{accountId}/files';
const FILES_LISTED = 50;
const ROWS_SHOWN = 200;
const NOTES_SHOWN = 200;

/** `id` where whoever brings it names it. */
export type Brought = { id?: string; accountId: string; placeId: string; name: string; options: SaidOptions };

/** Files from when they are brought until they are taken back; what takes time is done by the queue. */
export function createFiles({ db, blobs, queue, accounts, books, clock }: BanksDeps) {
  const scopeOf = (tenantId: string) => ({ module: MODULE, tenants: [tenantId] });
  const work = (tenantId: string, fileId: string, step: Work['step']) => [
    { queue: WORK_QUEUE, tenantId, payload: { fileId, step }, key: fileId },
  ];

  /** Keeps the content, then the file with the task of reading it, once for its key. Of a repetition the content is dropped again. */
  async function receive(
    ctx: CallContext,
    brought: Brought,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ replayed: boolean; file: BankFile }> {
    const { tenantId, actor, idempotencyKey: key } = ctx;
    const { accountId, placeId, options } = brought;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    await accounts.authorize(ctx, { accountId, action: 'books' });
    const name = tidyText(brought.name) || 'extrato';
    await findPlace(ctx, accountId, placeId);
    const id = brought.id ?? newId();
    const at = { tenantId, key: `files/${id}` };
    const stored = await blobs
      .put(at, body, { contentType: 'application/octet-stream', subjectId: accountId, maxBytes: LIMITS.bytesMax })
      .catch((error: { code?: string }) => {
        throw error.code === 'PLATFORM_BLOB_TOO_LARGE' ? refuseBanks('BANKS_FILE_TOO_LARGE') : error;
      });
    const drop = () => blobs.remove(at, stored.version);
    if (stored.sizeBytes === 0) {
      await drop();
      throw refuseBanks('BANKS_FILE_EMPTY');
    }
    const content = { accountId, placeId, name, options, sha256: stored.sha256 };
    const file = {
      id,
      accountId,
      placeId,
      name,
      options,
      actor,
      sizeBytes: stored.sizeBytes,
      blobVersion: stored.version,
      createdAt: new Date(clock.now()),
    };
    try {
      const { body: answer, replayed } = await db.tx(scopeOf(tenantId), (tx) =>
        once(tx, { tenantId, principal: actor.id, route: RECEIVE_ROUTE, key, body: content }, async () => {
          await insertFile(tx, tenantId, file);
          await queue.put(tx, work(tenantId, id, 'read'));
          // Repeated, it is said as it was received, however far it is by then.
          return { status: 201, body: show((await findFile(tx, tenantId, id))!) };
        }),
      );
      if (replayed) await drop();
      return { replayed, file: answer as BankFile };
    } catch (error) {
      await drop();
      throw error;
    }
  }

  /** A place of the shop that takes entries, and the shop's day. @throws BANKS_PLACE_UNKNOWN */
  async function findPlace(ctx: CallContext, accountId: string, placeId: string): Promise<{ today: string }> {
    const { places, today } = await books.getShop(ctx, { accountId });
    if (!places.some(({ id, archived }) => id === placeId && !archived)) throw refuseBanks('BANKS_PLACE_UNKNOWN');
    return { today };
  }

  async function rowOf(tenantId: string, accountId: string, fileId: string): Promise<FileRow> {
    const row = await db.tx({ ...scopeOf(tenantId), single: true }, (tx) => findFile(tx, tenantId, fileId));
    // Another shop's file is as unknown as one that never was.
    if (!row || row.accountId !== accountId) throw refuseBanks('BANKS_FILE_NOT_FOUND');
    return row;
  }
  const load = async (tenantId: string, accountId: string, fileId: string): Promise<BankFile> =>
    show(await rowOf(tenantId, accountId, fileId));

  /** Moves a file on and has the work for it done. @throws BANKS_FILE_STATE when it is elsewhere */
  async function advance(
    ctx: CallContext,
    input: { accountId: string; fileId: string },
    from: readonly FileState[],
    to: FileState,
    step: Work['step'],
  ) {
    const { tenantId } = ctx;
    await accounts.authorize(ctx, { accountId: input.accountId, action: 'books' });
    const file = await rowOf(tenantId, input.accountId, input.fileId);
    return {
      file,
      move: (check?: (tx: Parameters<Parameters<typeof db.tx>[1]>[0]) => Promise<void>) => moveOn(tenantId, file, from, to, step, check),
    };
  }
  async function moveOn(
    tenantId: string,
    { id, accountId, placeId }: FileRow,
    from: readonly FileState[],
    to: FileState,
    step: Work['step'],
    check?: (tx: Parameters<Parameters<typeof db.tx>[1]>[0]) => Promise<void>,
  ): Promise<BankFile> {
    await db.tx(scopeOf(tenantId), async (tx) => {
      await holdPlace(tx, tenantId, placeId);
      if (!(await moveFile(tx, tenantId, id, from, to))) throw refuseBanks('BANKS_FILE_STATE');
      await check?.(tx);
      await queue.put(tx, work(tenantId, id, step));
    });
    return load(tenantId, accountId, id);
  }

  return {
    receive,
    /** Whether somebody may bring files: asked before anything of one is read. */
    mayBring: (ctx: CallContext, accountId: string) => accounts.authorize(ctx, { accountId, action: 'books' }),
    findPlace,
    async listFiles(ctx: CallContext, { accountId, placeId }: { accountId: string; placeId?: string }): Promise<{ files: BankFile[] }> {
      await accounts.authorize(ctx, { accountId, action: 'see' });
      const { tenantId } = ctx;
      const rows = await db.tx({ ...scopeOf(tenantId), single: true }, (tx) =>
        listFiles(tx, tenantId, accountId, placeId ?? null, FILES_LISTED),
      );
      return { files: rows.map(show) };
    },
    async getFile(ctx: CallContext, { accountId, fileId }: { accountId: string; fileId: string }): Promise<FileLines> {
      await accounts.authorize(ctx, { accountId, action: 'see' });
      const { tenantId } = ctx;
      const row = await rowOf(tenantId, accountId, fileId);
      return db.tx(scopeOf(tenantId), async (tx) => {
        const [rows, notes] = await Promise.all([
          listRows(tx, tenantId, fileId, row.placeId, ROWS_SHOWN),
          listNotes(tx, tenantId, fileId, NOTES_SHOWN),
        ]);
        return { file: show(row), rows: rows.map((one) => ({ ...one, amountMinor: String(one.amountMinor) })) as FileLines['rows'], notes };
      });
    },
    async readAs(ctx: CallContext, input: { accountId: string; fileId: string; options: SaidOptions }): Promise<BankFile> {
      const { move } = await advance(ctx, input, ['ready', 'broken'], 'received', 'read');
      return move(async (tx) => {
        await setOptions(tx, ctx.tenantId, input.fileId, input.options);
        await clearReading(tx, ctx.tenantId, input.fileId);
      });
    },
    async confirm(ctx: CallContext, input: { accountId: string; fileId: string; fresh: number }): Promise<BankFile> {
      const { file, move } = await advance(ctx, input, ['ready'], 'importing', 'import');
      if (file.state === 'ready' && file.fresh !== input.fresh) throw refuseBanks('BANKS_PREVIEW_CHANGED');
      return move();
    },
    async undo(ctx: CallContext, input: { accountId: string; fileId: string }): Promise<BankFile> {
      const { file, move } = await advance(ctx, input, ['imported'], 'undoing', 'undo');
      return move(async (tx) => {
        const place = await holdPlace(tx, ctx.tenantId, file.placeId);
        if ((await countAgreed(tx, ctx.tenantId, file.id, place?.lockedUntil ?? null)) > 0) throw refuseBanks('BANKS_RECONCILED');
      });
    },
  };
}
export type Files = ReturnType<typeof createFiles>;

function show({
  sizeBytes,
  inMinor,
  outMinor,
  openingMinor,
  closingMinor,
  brokenLine,
  brokenReason,
  createdAt,
  ...row
}: FileRow): BankFile {
  const { id, accountId, placeId, name, state, format, layout, read, fresh, known, locked, ignored, refused, settled, from, to, warnings } =
    row;
  return {
    ...{ id, accountId, placeId, name, state, format, layout, read, fresh, known, locked, ignored, refused, settled, from, to, warnings },
    sizeBytes: Number(sizeBytes),
    inMinor: String(inMinor),
    outMinor: String(outMinor),
    openingMinor: openingMinor === null ? null : String(openingMinor),
    closingMinor: closingMinor === null ? null : String(closingMinor),
    broken: brokenReason === null ? null : { line: brokenLine ?? 0, reason: brokenReason },
    createdAt: createdAt.toISOString(),
  };
}
