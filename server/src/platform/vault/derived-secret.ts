import { hkdfSync } from 'node:crypto';

/**
 * A secret that every process of the installation can work out from the master key and no one else can: cookie keys, the secrets
 * of our own OIDC clients. Nothing is stored, so nothing can leak from a dump. Another purpose gives an unrelated secret.
 */
export function derivedSecret(masterKey: Buffer, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', masterKey, 'lastro', `derived/${purpose}`, 32)).toString('base64url');
}
