import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { App } from './app.ts';

/** Below this an answer fits into a packet or two anyway. */
const LEAST_BYTES = 1_024;
/** What is made anew at each answer is packed fast; files of the web app are packed once, as small as they get, when it is built. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 5;

/**
 * Compresses large answers for whoever accepts it. Streams of events stay as they are (an event must not wait in a packer), and so does
 * what is compressed already. A body that comes in is never unpacked: a small one could become a huge one.
 *
 * Compression beside a secret can tell the secret's letters to whoever may add text of his own and watch the length (BREACH). Here the
 * anti-forgery token has an answer of its own, smaller than what is compressed, and no address of ours repeats what it was asked with.
 */
export async function compressAnswers(app: App): Promise<void> {
  await app.register(compress, {
    global: true,
    threshold: LEAST_BYTES,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
    zlibOptions: { level: GZIP_LEVEL },
    globalDecompression: false,
  });
}
