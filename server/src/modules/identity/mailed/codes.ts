import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { derivedSecret } from '#platform/vault/derived-secret.ts';
import { refuse } from '../errors.ts';
import { type CodePurpose, type CodeRow, countTry, giveBackTry, saveCode, useCode } from '../store/mailed-codes.ts';

/** A code that gives a new password is worth more than one that proves an address: shorter life, and 40 bits of letters and digits. */
const LIFE_MS: Record<CodePurpose, number> = { reset: 10 * 60_000, email: 15 * 60_000, device: 10 * 60_000 };
const MOST_TRIES = 5;
/** Crockford's: no letter that looks like a digit. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOOKS_LIKE: Record<string, string> = { O: '0', I: '1', L: '1' };

export const boundHashOf = (to: string): Buffer => createHash('sha256').update(to).digest();

/** The code that an id stands for: always the same, so that a message sent twice says the same, and nowhere written down. */
export function mailedCode(masterKey: Buffer, purpose: CodePurpose, codeId: string): string {
  const bytes = createHmac('sha256', derivedSecret(masterKey, `identity/mailed-codes/${purpose}/1`))
    .update(codeId)
    .digest();
  if (purpose === 'reset') return [...bytes.subarray(0, 8)].map((byte) => LETTERS[byte & 31]).join('');
  return String(bytes.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
}

/** What was typed, as it would have been sent: in capitals, without the spaces and dashes people put between. */
const asSent = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OIL]/g, (letter) => LOOKS_LIKE[letter]!);

/** Codes sent by mail: few tries, a short life, one use. */
export function createMailedCodes({ db, clock, masterKey }: Pick<PlatformDeps, 'db' | 'clock'> & { masterKey: Buffer }) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  return {
    codeOf: (row: Pick<CodeRow, 'purpose' | 'codeId'>): string => mailedCode(masterKey, row.purpose, row.codeId),
    minutesOf: (row: Pick<CodeRow, 'purpose'>): number => LIFE_MS[row.purpose] / 60_000,
    isAlive: (row: CodeRow): boolean => row.expiresAt.getTime() > clock.now(),
    /** A new code in the place of the one before; what is sent to whom is up to the task that the caller puts beside it. */
    async begin(tx: Tx, given: Omit<CodeRow, 'codeId' | 'expiresAt'>): Promise<CodeRow> {
      const row = { ...given, codeId: randomUUID(), expiresAt: new Date(clock.now() + LIFE_MS[given.purpose]) };
      await saveCode(tx, row);
      return row;
    },
    /** The code that was typed, if it is the one, and of somebody. @throws IDENTITY_MAILED_CODE_REFUSED */
    async check(tenantId: string, purpose: CodePurpose, bound: string, typed: string): Promise<CodeRow & { subjectId: string }> {
      const now = new Date(clock.now());
      const row = await db.tx(scope(tenantId), (tx) => countTry(tx, tenantId, purpose, boundHashOf(bound), now, MOST_TRIES));
      const given = createHash('sha256').update(asSent(typed)).digest();
      // Who has no code pays for the comparison too.
      const wanted = createHash('sha256')
        .update(mailedCode(masterKey, purpose, row?.codeId ?? randomUUID()))
        .digest();
      const fits = timingSafeEqual(given, wanted);
      if (!row?.subjectId || !fits) throw refuse('IDENTITY_MAILED_CODE_REFUSED');
      return { ...row, subjectId: row.subjectId };
    },
    giveBack: (row: CodeRow): Promise<void> => db.tx(scope(row.tenantId), (tx) => giveBackTry(tx, row)),
    /** @throws IDENTITY_MAILED_CODE_REFUSED when another request was faster */
    async use(tx: Tx, row: CodeRow): Promise<void> {
      if (!(await useCode(tx, row))) throw refuse('IDENTITY_MAILED_CODE_REFUSED');
    },
  };
}

export type MailedCodes = ReturnType<typeof createMailedCodes>;
