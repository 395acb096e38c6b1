import { SandboxError } from './errors.ts';
import { BANKS, bytesOf, companyOf, digitsOf, maskTaxId, type Owner, personOf, pick, withCheckDigits } from './people.ts';
import type { RegisterKey } from './schemas.ts';

export type KeyType = 'cpf' | 'cnpj' | 'phone' | 'email' | 'evp';

/** What the directory knows about a key. */
export interface DirectoryEntry {
  readonly key: string;
  readonly keyType: KeyType;
  readonly owner: Owner;
  readonly ispb: string;
  readonly bankName: string;
  readonly branch: string;
  readonly account: string;
  /** Registered by the platform under test: a Pix to it comes back as an incoming one. */
  readonly isRegistered: boolean;
}

export const KNOWN_EVP = '123e4567-e12b-12d1-a456-426655440000';
export const REJECTED_KEY = 'rejeita@exemplo.com.br';
export const SLOW_KEY = 'lento@exemplo.com.br';
export const MISSING_KEY = 'naoexiste@exemplo.com.br';

/** Keys of demonstrations, whose owners people should recognise. */
const WELL_KNOWN: Readonly<Record<string, Owner>> = {
  [KNOWN_EVP]: { name: 'Fulano de Tal', taxId: '11144477735' },
  'maria@exemplo.com.br': { name: 'Maria Aparecida Souza', taxId: '52998224725' },
  'joao@exemplo.com.br': { name: 'João Pedro Oliveira', taxId: '39053344705' },
  'padaria@exemplo.com.br': { name: 'Padaria Pão Quente Ltda.', taxId: '11222333000181' },
  [REJECTED_KEY]: { name: 'Rejane Teixeira', taxId: '15350946056' },
  [SLOW_KEY]: { name: 'Lento da Silva', taxId: '86288366757' },
};

const FORMS: readonly (readonly [KeyType, RegExp])[] = [
  ['cpf', /^\d{11}$/],
  ['cnpj', /^[0-9A-Z]{12}\d{2}$/],
  ['phone', /^\+[1-9]\d{2,15}$/],
  ['evp', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/],
  ['email', /^[a-z0-9.!#$&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)*$/],
];

/** @throws SandboxError INVALID_KEY when the key is not in the directory's spelling or a document's check digits are wrong. */
export function keyTypeOf(key: string): KeyType {
  const type = FORMS.find(([, form]) => form.test(key))?.[0];
  const wrongDigits =
    (type === 'cpf' && withCheckDigits(key.slice(0, 9), 11) !== key) || (type === 'cnpj' && withCheckDigits(key.slice(0, 12), 9) !== key);
  if (!type || wrongDigits) throw new SandboxError(422, 'INVALID_KEY', 'the key is not a well-formed Pix key');
  return type;
}

/** The directory of keys (DICT): registered ones, and for every other well-formed key someone who could exist. */
export class Directory {
  #registered = new Map<string, DirectoryEntry>();
  #removed = new Set<string>();

  register(key: string, { ispb, branch, account, owner, bankName }: RegisterKey): void {
    this.#removed.delete(key);
    const bank = bankName ?? BANKS.find(([known]) => known === ispb)?.[1] ?? 'Lastro Pagamentos (sandbox)';
    this.#registered.set(key, { key, keyType: keyTypeOf(key), owner, ispb, bankName: bank, branch, account, isRegistered: true });
  }

  /** A removed key is unknown from then on; no one is made up for it. */
  remove(key: string): void {
    this.#registered.delete(key);
    this.#removed.add(key);
  }

  /** @returns `null` for a key that is not registered anywhere. @throws SandboxError INVALID_KEY. */
  resolve(key: string): DirectoryEntry | null {
    const keyType = keyTypeOf(key);
    const registered = this.#registered.get(key);
    if (registered) return registered;
    if (this.#removed.has(key) || key === MISSING_KEY) return null;
    const bytes = bytesOf(`key/${key}`);
    const [ispb, bankName] = pick(BANKS, bytes, 20);
    const owner = WELL_KNOWN[key] ?? madeUpOwner(key, keyType, bytes);
    const account = `${digitsOf(bytes, 22, 6)}-${bytes[31]! % 10}`;
    return { key, keyType, owner, ispb, bankName, branch: digitsOf(bytes, 14, 4), account, isRegistered: false };
  }
}

function madeUpOwner(key: string, keyType: KeyType, bytes: Buffer): Owner {
  if (keyType === 'cpf') return { ...personOf(bytes), taxId: key };
  if (keyType === 'cnpj') return { ...companyOf(bytes), taxId: key };
  return keyType === 'evp' && bytes[30]! % 4 === 0 ? companyOf(bytes) : personOf(bytes);
}

/** The entry as the directory answers it: the owner's tax id masked. */
export function publicEntry({ key, keyType, owner, ispb, bankName, branch, account }: DirectoryEntry) {
  return { key, keyType, owner: { name: owner.name, taxIdMasked: maskTaxId(owner.taxId) }, ispb, bankName, branch, account };
}
