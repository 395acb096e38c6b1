import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Db } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { languageOf } from '#platform/http/language.ts';
import { parsePublicId } from '#platform/id.ts';
import { decodeUtf8 } from '#platform/text.ts';
import { refuseLedger } from './errors.ts';
import { exportStatementCsv, exportTransfersCsv } from './exchange/export-csv.ts';
import { exportLedger } from './exchange/export-ledger.ts';
import { csvReader } from './exchange/import-csv.ts';
import { type ImportDoors, importLines } from './exchange/import-ledger.ts';
import { malformed, readJsonLine, type Wanted } from './exchange/import-lines.ts';
import { refuseFreezing } from './freezing.ts';
import { READ, refusePersons, tags, WRITE } from './http-shared.ts';
import type { Ledger } from './index.ts';

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';

/** Of one import: what a client sends in the time a request may take. More goes in several. */
const MAX_IMPORT_BYTES = 64 * 1024 * 1024;
const MAX_LINE_BYTES = 2 * 1024 * 1024;

const Seq = Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,14}$' }));
const flag = (description: string) => Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')], { description }));
const ExportQuery = Type.Object({
  format: Type.Optional(
    Type.Union([Type.Literal('jsonl'), Type.Literal('csv')], { description: 'jsonl se confere sozinho; csv é para planilhas' }),
  ),
  fromSeq: Seq,
  toSeq: Seq,
  accountId: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Com csv: o extrato da conta' })),
  leaves: flag('Com jsonl: o hash de cada registro junto ao lote; true se ausente'),
  balances: flag('Com jsonl: os saldos ao fim; true se ausente e desde o registro 1'),
});

/** The ledger out of the house and into it, in lines, as streams. */
export function exchangeRoutes(app: App, ledger: Ledger, db: Db): void {
  exportRoute(app, db);
  // In a scope of its own, where a body of lines comes as the stream it is.
  app.register(async (scope) => importRoute(scope as App, ledger));
}

function exportRoute(app: App, db: Db): void {
  app.get(
    '/v1/ledger/export',
    {
      config: READ,
      schema: {
        summary: 'O livro em linhas: JSON que se confere sozinho, ou CSV de lançamentos ou de um extrato',
        description: 'Leva até o fim do livro neste momento, ou até `toSeq`. A última linha diz onde terminou; retoma-se por `fromSeq`.',
        tags,
        produces: [NDJSON, CSV],
        querystring: ExportQuery,
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      refusePersons(caller);
      const { format = 'jsonl', accountId, leaves, balances, ...query } = request.query;
      if (accountId !== undefined && format !== 'csv')
        throw refuseLedger('LEDGER_QUERY_INVALID', {
          detail: { pt: 'accountId é do extrato em csv.', en: 'accountId is of the statement in csv.' },
        });
      const place = { fromSeq: Number(query.fromSeq ?? 1), toSeq: query.toSeq === undefined ? null : Number(query.toSeq) };
      const options = {
        ...place,
        leaves: leaves !== 'false',
        balances: balances === 'true' || (balances !== 'false' && place.fromSeq === 1),
      };
      const lines =
        format === 'jsonl'
          ? exportLedger(db, caller.tenantId, options)
          : accountId === undefined
            ? exportTransfersCsv(db, caller.tenantId, place)
            : exportStatementCsv(db, caller.tenantId, parsePublicId('acc', accountId), place);
      return reply.type(format === 'jsonl' ? NDJSON : `${CSV}; charset=utf-8`).send(await streamOf(lines));
    },
  );
}

/** Some 64 KB a piece, made only as fast as they are read. The first line is made before anything is answered, so that a refusal is one. */
async function streamOf(lines: AsyncGenerator<string>): Promise<Readable> {
  const first = await lines.next();
  async function* pieces() {
    let piece = first.done ? '' : `${first.value}\n`;
    for await (const line of lines) {
      piece += `${line}\n`;
      if (piece.length < 65_536) continue;
      yield piece;
      piece = '';
    }
    if (piece) yield piece;
  }
  return Readable.from(pieces(), { objectMode: false, highWaterMark: 65_536 });
}

function importRoute(app: App, ledger: Ledger): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([NDJSON, CSV], (_request, payload, done) => done(null, payload));
  app.post(
    '/v1/ledger/import',
    {
      config: WRITE,
      schema: {
        summary: 'Comandos em linhas (JSON ou CSV), cada uma respondida com seu resultado',
        description:
          'Uma linha é um comando, {"commands": […]} (um bloco, tudo ou nada) ou {"account": …}. A resposta são linhas JSON na mesma ordem e, ' +
          'por fim, {"end": …}. Enviar de novo não repete nada, e uma Idempotency-Key não é olhada. CSV com vírgula, ponto e vírgula ou tabulação, em ' +
          'UTF-8; valores em unidades menores, só dígitos. Até 64 MiB por vez.',
        tags,
        consumes: [NDJSON, CSV],
        produces: [NDJSON],
        body: Type.Unknown({ description: 'Linhas' }),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      refusePersons(caller);
      const ctx = contextOf(request);
      if (!(request.body instanceof Readable))
        throw refusePlatform('PLATFORM_UNSUPPORTED_MEDIA', {
          detail: { pt: `Envie ${NDJSON} ou ${CSV}.`, en: `Send ${NDJSON} or ${CSV}.` },
        });
      const isCsv = request.headers['content-type']?.startsWith(CSV) ?? false;
      const wanted = readWanted(request.body, isCsv ? csvReader() : readJsonLine);
      const doors: ImportDoors = {
        async submit(commands, atomic) {
          refuseFreezing(caller, commands);
          return (await ledger.submit(ctx, { commands, atomic })).results;
        },
        createAccounts: async (accounts) => (await ledger.createAccounts(ctx, { accounts })).results,
      };
      const answers = importLines(wanted, doors, languageOf(request.headers['accept-language']));
      return reply.type(NDJSON).send(await streamOf(answers));
    },
  );
}

async function* readWanted(body: Readable, read: (sent: { line: number; text: string }) => Wanted | undefined): AsyncGenerator<Wanted> {
  let line = 0;
  try {
    for await (const bytes of linesOf(body)) {
      line += 1;
      const text = decodeUtf8(bytes, line === 1);
      const wanted: Wanted | undefined = text === undefined ? malformed(line, ...NO_UTF8) : read({ line, text });
      if (wanted) yield wanted;
    }
  } finally {
    body.resume();
  }
}

const NO_UTF8 = ['não está em UTF-8: salve a planilha como "CSV UTF-8".', 'is not UTF-8: save the spreadsheet as "CSV UTF-8".'] as const;
const LINE_END = 0x0a;

/** Lines as bytes: what is no UTF-8 is then the fault of its own line. @throws PLATFORM_TOO_LARGE for more, or longer lines, than one import takes. */
async function* linesOf(body: Readable): AsyncGenerator<Buffer> {
  let total = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  // Left early, the rest is read past and not cut off, so that the answer arrives; a request may only take so long.
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > MAX_IMPORT_BYTES)
      throw refusePlatform('PLATFORM_TOO_LARGE', {
        detail: { pt: 'Mais de 64 MiB: divida em vários envios.', en: 'More than 64 MiB: send it in several parts.' },
      });
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
      const tail = chunk.subarray(from, end);
      yield rest.length === 0 ? tail : Buffer.concat([...rest, tail]);
      rest = [];
      restBytes = 0;
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    restBytes += chunk.length - from;
    if (restBytes > MAX_LINE_BYTES)
      throw refusePlatform('PLATFORM_TOO_LARGE', {
        detail: { pt: 'Uma linha passa de 2 MiB.', en: 'A line is longer than 2 MiB.' },
      });
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
