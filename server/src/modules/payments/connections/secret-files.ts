import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SecretOf } from './open.ts';

/** A name is a file's, never a path. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/;

/** Secrets that lie in a folder, a file each, as orchestrators mount them; one that changes there is taken up while we run. */
export function secretFiles(folder: string): SecretOf {
  return (name) => {
    if (!NAME.test(name)) return undefined;
    try {
      return readFileSync(path.join(folder, name), 'utf8').trim() || undefined;
    } catch {
      return undefined;
    }
  };
}
