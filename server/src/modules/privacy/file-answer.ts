import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { FileFormat } from './contract.ts';
import { fileName } from './export-document.ts';

type Piece = { base64: string; next: number | null; bytes: number };

/** A file out of the pieces in which it comes over the face. The first is read before anything is sent, so that a refusal is an answer of its own. */
export async function sendFile(reply: FastifyReply, format: FileFormat, at: string, read: (from: number) => Promise<Piece>) {
  const first = await read(0);
  async function* pieces(): AsyncGenerator<Buffer> {
    let piece = first;
    while (true) {
      yield Buffer.from(piece.base64, 'base64');
      if (piece.next === null) return;
      piece = await read(piece.next);
    }
  }
  return reply
    .type(format === 'json' ? 'application/json' : 'application/pdf')
    .header('cache-control', 'no-store')
    .header('content-length', first.bytes)
    .header('content-disposition', `attachment; filename="${fileName(format, at)}"`)
    .send(Readable.from(pieces()));
}
