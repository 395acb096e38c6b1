import type { Tx } from '#platform/db/db.ts';
import { type Mailer, MailRefused } from '#platform/mail/mail.ts';
import type { QueueDeps } from '#platform/module.ts';
import { defineQueue, type TaskContext, type TaskOutcome } from '#platform/queue/queue.ts';
import { firstNameOf } from '../domain/person.ts';
import { type CodePurpose, type CodeRow, findCode, nameCode } from '../store/mailed-codes.ts';
import { findReader, findVerified } from '../store/people.ts';
import { insertNote, type NoteKind } from '../store/security-notes.ts';
import type { MailedCodes } from './codes.ts';
import { type Letter, writeLetter } from './letters.ts';

/** What is to be sent, by ids alone: who it is, where they are written to, and the code are found out when it is. */
type Errand =
  | { letter: 'code'; purpose: CodePurpose; bound: string; codeId: string }
  | { letter: 'sign-up-taken'; subjectId: string }
  | { letter: 'note'; subjectId: string; note: NoteKind; at: string }
  | { letter: 'key-expiring'; subjectId: string; clientId: string; at: string };

const QUEUE = 'identity.mail';

type Deps = Pick<QueueDeps, 'db' | 'vault' | 'queue'> & { mailer: Mailer; codes: MailedCodes };

/** Letters of identity. What asks for one puts an errand into its own transaction; nobody waits for the mail server. */
export function createPost({ db, vault, queue, mailer, codes }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const put = async (tx: Tx, tenantId: string, payload: Errand, key?: string): Promise<void> => {
    await queue.put(tx, [{ queue: QUEUE, tenantId, payload, ...(key ? { key } : {}) }]);
  };

  /** Whose code it is; a name that is nobody's, or whose address nobody proved, gets no letter. */
  async function ownerOf(tx: Tx, row: CodeRow): Promise<string | null> {
    if (row.purpose !== 'reset') return row.subjectId;
    const subjectId = await findVerified(tx, row.tenantId, row.loginKind ?? 'cpf', row.loginHash ?? Buffer.alloc(0));
    if (subjectId) await nameCode(tx, row, subjectId);
    return subjectId;
  }

  /** The letter and who gets it; null when it is of no use any more. */
  async function letterOf(tenantId: string, errand: Errand): Promise<{ subjectId: string; letter: Letter } | null> {
    if (errand.letter === 'sign-up-taken') return { subjectId: errand.subjectId, letter: { kind: 'sign-up-taken' } };
    if (errand.letter === 'note')
      return { subjectId: errand.subjectId, letter: { kind: 'note', note: errand.note, at: new Date(errand.at) } };
    if (errand.letter === 'key-expiring') {
      const { subjectId, clientId, at } = errand;
      return { subjectId, letter: { kind: 'key-expiring', clientId, at: new Date(at) } };
    }
    const { purpose, bound, codeId } = errand;
    return db.tx(scope(tenantId), async (tx) => {
      const row = await findCode(tx, tenantId, purpose, Buffer.from(bound, 'hex'), codeId);
      if (!row || !codes.isAlive(row)) return null;
      const subjectId = await ownerOf(tx, row);
      return subjectId
        ? { subjectId, letter: { kind: `${purpose}-code`, code: codes.codeOf(row), minutes: codes.minutesOf(row) } as const }
        : null;
    });
  }

  async function run(tenantId: string, id: string, errand: Errand, ctx: TaskContext): Promise<TaskOutcome> {
    const found = await letterOf(tenantId, errand);
    if (!found) return undefined;
    const { subjectId, letter } = found;
    const reader = await db.tx({ ...scope(tenantId), single: true }, (tx) => findReader(tx, tenantId, subjectId));
    const open = (field: string, sealed: Buffer) => vault.open(tenantId, subjectId, `identity.${field}`, sealed);
    const [name, to] = reader ? await Promise.all([open('name', reader.nameSealed), open('email', reader.emailSealed)]) : [];
    // Whoever is erased is written to no more.
    if (!reader || !name || !to) return undefined;
    try {
      await mailer.send(writeLetter(letter, { firstName: firstNameOf(name), language: reader.language, to }), id);
    } catch (error) {
      if (error instanceof MailRefused) return { dead: error.message };
      throw error;
    }
    await db.tx(scope(tenantId), (tx) => ctx.finish(tx));
    return undefined;
  }

  return {
    sendCode: (tx: Tx, row: CodeRow): Promise<void> =>
      put(tx, row.tenantId, { letter: 'code', purpose: row.purpose, bound: row.boundHash.toString('hex'), codeId: row.codeId }),
    /** An account that somebody tried to open is there: its owner hears of it. While one letter waits to leave, no second is put. */
    sendTaken: (tx: Tx, tenantId: string, subjectId: string): Promise<void> =>
      put(tx, tenantId, { letter: 'sign-up-taken', subjectId }, `taken/${subjectId}`),
    /** An operator hears that a key of a machine ends soon. While one letter about it waits to leave, no second is put. */
    tellOfKey: (
      tx: Tx,
      tenantId: string,
      subjectId: string,
      { keyId, clientId, expiresAt }: { keyId: string; clientId: string; expiresAt: string },
    ): Promise<void> =>
      put(tx, tenantId, { letter: 'key-expiring', subjectId, clientId, at: expiresAt }, `key-expiring/${keyId}/${subjectId}`),
    /** A note to the person of what happened to their log-in: in their list, and by mail. */
    async note(tx: Tx, tenantId: string, subjectId: string, note: NoteKind, at: Date): Promise<void> {
      await insertNote(tx, tenantId, subjectId, note, at);
      await put(tx, tenantId, { letter: 'note', subjectId, note, at: at.toISOString() });
    },
    queue: defineQueue<Errand>({
      name: QUEUE,
      concurrency: 4,
      maxAttempts: 12,
      retry: { baseMs: 2_000, maxMs: 120_000 },
      run: (task, ctx) => run(task.tenantId, task.id, task.payload, ctx),
    }),
  };
}

export type Post = ReturnType<typeof createPost>;
