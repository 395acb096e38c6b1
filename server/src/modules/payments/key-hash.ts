import type { Vault } from '#platform/vault/vault.ts';

/**
 * Recognises one of our Pix keys. The same in all tenants, since an incoming Pix names a key and no tenant; useless without the
 * installation's key all the same.
 */
export function keyHash(vault: Vault, key: string): Buffer {
  return vault.lookupHash('installation', 'payments.pix-key', key);
}

/** The random key (EVP) of an account: always the same for the same person, so that registering it again is harmless; guessed by no one. */
export function accountKey(vault: Vault, tenantId: string, subjectId: string): string {
  const bytes = vault.lookupHash(tenantId, 'payments.evp', subjectId).subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
