import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { refusePlatform } from '#platform/errors.ts';

/** Cost of a hash; stored beside it. Memory in KiB. */
export type Cost = { memoryKib: number; passes: number; parallelism: number };
export type PasswordHash = Cost & { salt: Buffer; hash: Buffer };

/** OWASP's second recommendation for Argon2id (19 MiB, 2 passes): about 30 ms here. */
export const CURRENT_COST: Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const LENGTH = 32;
/** Hashes waiting for a thread; more than this would only answer people who have given up. */
const MOST_WAITING = 64;
let waiting = 0;

async function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (waiting >= MOST_WAITING) throw refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 2 });
  waiting++;
  try {
    return await new Promise((resolve, reject) => {
      const parameters = {
        message: Buffer.from(password.normalize('NFKC'), 'utf8'),
        nonce: salt,
        memory: cost.memoryKib,
        passes: cost.passes,
        parallelism: cost.parallelism,
        tagLength: LENGTH,
      };
      argon2('argon2id', parameters, (error, key) => (error ? reject(error) : resolve(key)));
    });
  } finally {
    waiting--;
  }
}

export async function hashPassword(password: string, cost: Cost = CURRENT_COST): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { ...cost, salt, hash: await derive(password, salt, cost) };
}

const decoy: PasswordHash = { ...CURRENT_COST, salt: randomBytes(16), hash: randomBytes(LENGTH) };

/** Whether the password is the stored one. Without a stored one it works as long and says no: the time tells nothing about who exists. */
export async function verifyPassword(password: string, stored: PasswordHash | null): Promise<boolean> {
  const against = stored ?? decoy;
  const same = timingSafeEqual(await derive(password, against.salt, against), against.hash);
  return stored !== null && same;
}

export function isOutdated(stored: Cost): boolean {
  return (
    stored.memoryKib !== CURRENT_COST.memoryKib || stored.passes !== CURRENT_COST.passes || stored.parallelism !== CURRENT_COST.parallelism
  );
}
