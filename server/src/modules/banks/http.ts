import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { refusePlatform } from '#platform/errors.ts';
import { namedAccount } from '#platform/http/account.ts';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { BusinessDate, Uuid } from '#platform/schemas.ts';
import { BankFile, type Banks, Day, FileLines, Matched, Movement } from './contract.ts';
import { LIMITS } from './domain/statement.ts';
import type { Files } from './files.ts';
import { ConfirmBody, ContentQuery, DecideBody, FileBody, LockBody, Locked, MatchBody, OptionsBody, PairBody } from './http-bodies.ts';

const READ = { scopes: ['banks:read'] } as const;
const WRITE = { scopes: ['banks:write'] } as const;
const tags = ['banks'];
const BODY_LIMIT = 64 * 1024;
const PATH = '/v1/banks/of/:accountId';
const OnAccount = Type.Object({ accountId: Uuid });
const OneFile = Type.Object({ accountId: Uuid, fileId: Uuid });
const SAME = 'exempt: it says what is to be so, and repeated finds it so';
const ONCE = 'exempt: the file moves on once, and repeated it is refused by its state';
/** 8 MiB in base64, and what stands beside it. */
const FILE_LIMIT = 12 * 1024 * 1024;
const MISSING = { pt: 'Diga fileId, placeId e a conta (Lastro-Account).', en: 'Say fileId, placeId and the account (Lastro-Account).' };
const RECEIVED =
  'O arquivo é lido em seguida: `state` vai de received a ready (com a prévia) ou broken (com a linha e o motivo). Nada entra nos livros antes de confirmar.';

/** Statements of banks over the API, of the account that the path names. */
export function banksRoutes(app: App, face: Banks, files: Pick<Files, 'receive' | 'mayBring'>): void {
  // In a scope of its own, where a body is no JSON.
  app.register(async (scope) => contentRoute(scope as App, files));
  receiveRoute(app, face);
  fileRoutes(app, face);
  matchRoutes(app, face);
  decisionRoutes(app, face);
}

/** A file of any size, as the stream it is. Whoever may not is told before anything is read. */
function contentRoute(app: App, files: Pick<Files, 'receive' | 'mayBring'>): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.put(
    '/v1/banks/content',
    {
      config: { auth: WRITE, account: 'books', idempotency: 'exempt: the caller names the file, and repeated it is the same one' },
      bodyLimit: LIMITS.bytesMax,
      schema: {
        tags,
        summary: 'Recebe um extrato (OFX, CSV, CNAB 240) ou retorno de boletos (CNAB 240, 400) de até 512 MiB, como o banco o deu',
        description: RECEIVED,
        querystring: ContentQuery,
        response: { 201: BankFile },
      },
    },
    async (request, reply) => {
      const { placeId, fileId, name = 'extrato' } = request.query;
      const accountId = namedAccount(request) ?? callerOf(request).subjectId;
      const ctx = { ...contextOf(request), idempotencyKey: fileId };
      if (accountId !== undefined) await files.mayBring(ctx, accountId);
      if (accountId === undefined || placeId === undefined || fileId === undefined)
        throw refusePlatform('PLATFORM_BAD_REQUEST', { detail: MISSING });
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      const { file, replayed } = await files.receive(ctx, { id: fileId, accountId, placeId, name, options: {} }, body);
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(file);
    },
  );
}

function receiveRoute(app: App, face: Banks): void {
  app.post(
    `${PATH}/files`,
    {
      config: { auth: WRITE, account: 'books', idempotency: 'required' },
      bodyLimit: FILE_LIMIT,
      schema: {
        tags,
        summary: 'Recebe um extrato ou retorno de até 8 MiB, em base64',
        description: RECEIVED,
        params: OnAccount,
        body: FileBody,
        response: { 201: BankFile },
      },
    },
    async (request, reply) => {
      const { options = {}, ...sent } = request.body;
      const { file, replayed } = await face.receive(contextOf(request), { ...request.params, ...sent, options });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(file);
    },
  );
}

function fileRoutes(app: App, face: Banks): void {
  app.get(
    `${PATH}/files`,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'Os cinquenta arquivos mais novos',
        params: OnAccount,
        querystring: Type.Object({ placeId: Type.Optional(Uuid) }, { additionalProperties: false }),
        response: { 200: Type.Object({ files: Type.Array(BankFile) }) },
      },
    },
    (request) => face.listFiles(contextOf(request), { ...request.params, ...request.query }),
  );
  app.get(
    `${PATH}/files/:fileId`,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'Um arquivo: prévia, o que foi ignorado e recusado, com a linha',
        params: OneFile,
        response: { 200: FileLines },
      },
    },
    (request) => face.getFile(contextOf(request), request.params),
  );
  app.put(
    `${PATH}/files/:fileId/options`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Diz como ler o arquivo (colunas, ordem das datas, cartão) e lê de novo; fica lembrado para a loja',
        params: OneFile,
        body: OptionsBody,
        response: { 200: BankFile },
      },
    },
    (request) => face.readAs(contextOf(request), { ...request.params, options: request.body }),
  );
  app.post(
    `${PATH}/files/:fileId/confirm`,
    {
      config: { auth: WRITE, account: 'books', idempotency: ONCE },
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Importa o que a prévia mostrou', params: OneFile, body: ConfirmBody, response: { 200: BankFile } },
    },
    (request) => face.confirm(contextOf(request), { ...request.params, ...request.body }),
  );
  app.post(
    `${PATH}/files/:fileId/undo`,
    {
      config: { auth: WRITE, account: 'books', idempotency: ONCE },
      schema: { tags, summary: 'Desfaz o arquivo inteiro: estorna o que ele lançou', params: OneFile, response: { 200: BankFile } },
    },
    (request) => face.undo(contextOf(request), request.params),
  );
}

function matchRoutes(app: App, face: Banks): void {
  const OneMatch = Type.Object({ accountId: Uuid, matchId: Uuid });
  app.get(
    `${PATH}/places/:placeId/day`,
    {
      config: { auth: READ, account: 'see' },
      schema: {
        tags,
        summary: 'O banco ao lado dos livros, um dia por vez, com sugestões',
        params: Type.Object({ accountId: Uuid, placeId: Uuid }),
        querystring: Type.Object({ day: Type.Optional(BusinessDate) }, { additionalProperties: false }),
        response: { 200: Day },
      },
    },
    (request) => face.getDay(contextOf(request), { ...request.params, ...request.query }),
  );
  app.put(
    `${PATH}/matches/:matchId`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Concilia: estes movimentos e lançamentos são o mesmo dinheiro',
        params: OneMatch,
        body: MatchBody,
        response: { 200: Matched },
      },
    },
    (request) => {
      const { accountId, matchId } = request.params;
      return face.match(contextOf(request), { accountId, matchId, match: request.body });
    },
  );
  app.delete(
    `${PATH}/matches/:matchId`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      schema: { tags, summary: 'Desfaz uma conciliação', params: OneMatch, response: { 200: Type.Object({}) } },
    },
    (request) => face.unmatch(contextOf(request), request.params),
  );
}

function decisionRoutes(app: App, face: Banks): void {
  app.put(
    `${PATH}/movements/:movementId`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Decide um movimento que espera: lançar, ou dispensar',
        params: Type.Object({ accountId: Uuid, movementId: Uuid }),
        body: DecideBody,
        response: { 200: Movement },
      },
    },
    (request) => face.decide(contextOf(request), { ...request.params, ...request.body }),
  );
  app.put(
    `${PATH}/pairs/:outId/:inId`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Diz se uma saída e uma entrada são uma transferência entre contas da loja; a recusa fica lembrada',
        params: Type.Object({ accountId: Uuid, outId: Uuid, inId: Uuid }),
        body: PairBody,
        response: { 200: Type.Object({}) },
      },
    },
    (request) => face.answerPair(contextOf(request), { ...request.params, ...request.body }),
  );
  app.put(
    `${PATH}/places/:placeId/lock`,
    {
      config: { auth: WRITE, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Trava a conciliação até um dia, ou a destrava',
        params: Type.Object({ accountId: Uuid, placeId: Uuid }),
        body: LockBody,
        response: { 200: Locked },
      },
    },
    (request) => face.lock(contextOf(request), { ...request.params, ...request.body }),
  );
}
