import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { answer } from './answer.ts';
import { SandboxError } from './errors.ts';
import { ownWords } from './oddities.ts';
import { applyFaults, type SandboxApp, type Services } from './sandbox-app.ts';
import { Key, Sha256Hex, strict, TaxId } from './schemas.ts';

const Check = strict({
  taxId: Type.Optional(TaxId),
  key: Type.Optional(Key),
  taxIdHash: Type.Optional(Sha256Hex),
  keyHash: Type.Optional(Sha256Hex),
});

/** Listed for demonstrations: who, and why. */
const LISTED: readonly (readonly [value: string, reason: string])[] = [
  ['golpe@exemplo.com.br', 'FRAUD_REPORTED'],
  ['laranja@exemplo.com.br', 'MULE_ACCOUNT'],
  ['+5511900000000', 'FRAUD_REPORTED'],
  ['45317828791', 'MULE_ACCOUNT'],
  ['11444777000161', 'FRAUD_REPORTED'],
];
/** By the value and by its SHA-256, so that a caller need not hand the value over. */
const REASONS = new Map(LISTED.flatMap(([value, reason]) => [[value, reason] as const, [sha256(value), reason] as const]));

/** A block list of fraud, as a third party keeps one. */
export function blocklistRoutes(app: SandboxApp, services: Services): void {
  const { faults } = services;
  app.post('/blocklist/check', { schema: { body: Check } }, async ({ body }, reply) => {
    const asked = Object.values(body);
    if (asked.length === 0) throw new SandboxError(400, 'INVALID_REQUEST', 'nothing was asked about');
    await applyFaults(services, faults, 'blocklist', reply);
    const reason = asked.map((value) => REASONS.get(value)).find((found) => found !== undefined);
    const truth = { listed: reason !== undefined, reason };
    const lie = reason ? { listed: false } : { listed: true, reason: 'FRAUD_REPORTED' };
    return answer(reply, { faults, group: 'blocklist', words: ownWords('listed') }, 200, faults.strikes('blocklist.lie') ? lie : truth);
  });
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
