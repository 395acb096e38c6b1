/**
 * Puts a .br and a .gz beside every file of the build that is worth it, once and as small as they get; the server sends the one that the
 * browser takes. The page itself is left out: it gets a fresh nonce at each answer.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const WORTH = /\.(js|css|svg|json|txt|webmanifest|map)$/;
/** Below this the header costs more than is saved. */
const LEAST_BYTES = 512;

const folder = path.resolve(process.argv[2] ?? 'dist/browser');
const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);
const total = { files: 0, raw: 0, br: 0, gz: 0 };

async function compress(file: string): Promise<void> {
  const raw = await readFile(file);
  if (raw.length < LEAST_BYTES) return;
  const [br, gz] = await Promise.all([
    toBrotli(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }),
    toGzip(raw, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
  total.files++;
  total.raw += raw.length;
  total.br += br.length;
  total.gz += gz.length;
}

const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && WORTH.test(entry.name));
for (const entry of files) await compress(path.join(entry.parentPath, entry.name));
if (total.files === 0) throw new Error(`nothing to compress under ${folder}`);
const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
console.log(`${total.files} files compressed: ${kB(total.raw)}, ${kB(total.gz)} gzip, ${kB(total.br)} brotli`);
