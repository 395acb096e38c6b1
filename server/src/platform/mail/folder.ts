import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Mailer } from './mail.ts';

/**
 * Mail as files, for development: `<id>.txt` to read and `<id>.html` as a person would see it, the newest last by name. Only the owner of the
 * folder reads them.
 */
export function folderMailer(folder: string): Mailer {
  return {
    async send({ to, subject, text, html }, id) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = path.join(folder, id.replace(/[^\w-]/g, '_'));
      await writeFile(`${file}.txt`, `To: ${to}\nSubject: ${subject}\n\n${text}\n`, { mode: 0o600 });
      await writeFile(`${file}.html`, html, { mode: 0o600 });
    },
    close: async () => undefined,
  };
}
