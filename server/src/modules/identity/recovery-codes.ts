import { randomBytes } from 'node:crypto';
import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { RECOVERY_CODES, readRecoveryCode, recoveryCodeOf } from './domain/factors.ts';
import { consumeRecoveryCode, replaceRecoveryCodes } from './store/factors.ts';

/** Codes for whoever has lost the rest: shown once, kept as keyed hashes, each good once. */
export function createRecoveryCodes({ vault, clock }: Pick<PlatformDeps, 'vault' | 'clock'>) {
  const hashOf = (tenantId: string, subjectId: string, code: string): Buffer =>
    vault.lookupHash(tenantId, 'recovery-code', `${subjectId}/${code}`);
  return {
    /** New codes in the place of all before: what the person is shown. */
    async replace(tx: Tx, tenantId: string, subjectId: string): Promise<string[]> {
      const shown = Array.from({ length: RECOVERY_CODES }, () => recoveryCodeOf(randomBytes(10)));
      const hashes = shown.map((code) => hashOf(tenantId, subjectId, readRecoveryCode(code)!));
      await replaceRecoveryCodes(tx, tenantId, subjectId, hashes, new Date(clock.now()));
      return shown;
    },
    /** True for the one use of a code, however it was typed. */
    async use(tx: Tx, tenantId: string, subjectId: string, typed: string): Promise<boolean> {
      const code = readRecoveryCode(typed);
      return code !== null && consumeRecoveryCode(tx, tenantId, subjectId, hashOf(tenantId, subjectId, code), new Date(clock.now()));
    },
  };
}

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>;
