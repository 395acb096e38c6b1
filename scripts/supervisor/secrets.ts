import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Secrets {
  LASTRO_MASTER_KEY: string;
  LASTRO_INTERNAL_SECRET: string;
  SANDBOX_API_KEY: string;
  PIX_WEBHOOK_SECRET: string;
  DATABASE_APP_PASSWORD: string;
}

const MAKERS: Record<keyof Secrets, () => string> = {
  LASTRO_MASTER_KEY: () => randomBytes(32).toString('base64'),
  LASTRO_INTERNAL_SECRET: () => randomBytes(32).toString('base64'),
  SANDBOX_API_KEY: () => randomBytes(24).toString('base64url'),
  PIX_WEBHOOK_SECRET: () => randomBytes(32).toString('base64url'),
  DATABASE_APP_PASSWORD: () => randomBytes(24).toString('base64url'),
};

/**
 * The secrets of this clone, each made once and kept in a file only its owner can read. Losing the file makes personal data
 * unreadable, so one that cannot be parsed is an error and never overwritten.
 */
export function readSecrets(folder: string): Secrets {
  const file = path.join(folder, 'secrets.json');
  let kept: Partial<Secrets> = {};
  if (existsSync(file)) {
    try {
      kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
    } catch (error) {
      throw new Error(`${file} não pode ser lido (${(error as Error).message}). Sem ele os dados pessoais ficam ilegíveis: recupere-o.`);
    }
  }
  const names = Object.keys(MAKERS) as (keyof Secrets)[];
  const secrets = Object.fromEntries(names.map((name) => [name, kept[name] ?? MAKERS[name]()])) as unknown as Secrets;
  if (names.some((name) => kept[name] === undefined)) {
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  return secrets;
}
