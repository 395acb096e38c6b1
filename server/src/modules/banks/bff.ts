import { type Static, Type } from 'typebox';
import type { Books } from '#books';
import type { App } from '#platform/http/app.ts';
import { BusinessDate, Uuid } from '#platform/schemas.ts';
import type { LiveSource, Screens, SessionGuard } from '#platform/screens.ts';
import { BankFile, type Banks, Day, FileLines, Matched, Movement } from './contract.ts';
import { FILE_IMPORTED, FILE_UNDONE, type FileUndone } from './events.ts';
import { ConfirmBody, DecideBody, FileBody, LockBody, Locked, MatchBody, OptionsBody, PairBody } from './http-bodies.ts';

type Parts = { face: Banks; books: Pick<Books, 'getShop'>; guard: SessionGuard };

const session = { auth: 'session' } as const;
const tags = ['bff'];
/** 8 MiB in base64: larger files go to the API, as a stream. */
const FILE_LIMIT = 12 * 1024 * 1024;
const BODY_LIMIT = 64 * 1024;
const PATH = '/bff/v1/banks';
const OneFile = Type.Object({ fileId: Uuid });
const SAME = 'exempt: it says what is to be so, and repeated finds it so';
const ONCE = 'exempt: the file moves on once, and repeated it is refused by its state';

/** All that the screen Conciliação shows, in one call: the places that have statements, their files, and a day of one of them. */
const Screen = Type.Object({
  today: BusinessDate,
  places: Type.Array(Type.Object({ id: Uuid, name: Type.String(), kind: Type.String() })),
  categories: Type.Array(Type.Object({ id: Uuid, name: Type.String(), group: Type.String() })),
  files: Type.Array(BankFile),
  day: Type.Union([Day, Type.Null()]),
});

/** What screens get of this module. Runs where the BFF lives, and knows the module by its face. */
export function banksScreens(parts: Parts): Screens {
  return {
    routes(app) {
      screenRoute(app, parts);
      uploadRoute(app, parts);
      fileRoutes(app, parts);
      matchRoutes(app, parts);
      decisionRoutes(app, parts);
    },
    live,
  };
}

const live: LiveSource = {
  about: 'account',
  types: [FILE_IMPORTED, FILE_UNDONE],
  show: ({ data, type }) => ({ event: 'bank-file', data: { fileId: (data as FileUndone).fileId, undone: type === FILE_UNDONE } }),
};

function screenRoute(app: App, { face, books, guard }: Parts): void {
  app.get(
    `${PATH}/conciliacao`,
    {
      config: { ...session, account: 'see' },
      onRequest: guard.require('banks:read', 'books:read'),
      schema: {
        tags,
        summary: 'A tela Conciliação: contas, arquivos e um dia do banco ao lado dos livros',
        querystring: Type.Object({ placeId: Type.Optional(Uuid), day: Type.Optional(BusinessDate) }, { additionalProperties: false }),
        response: { 200: Screen },
      },
    },
    async (request): Promise<Static<typeof Screen>> => {
      const { ctx, accountId } = guard.visitOf(request);
      const { placeId: wanted, day: asked } = request.query;
      const [shop, { files }] = await Promise.all([books.getShop(ctx, { accountId }), face.listFiles(ctx, { accountId })]);
      const places = shop.places.filter(({ kind, archived }) => !archived && (kind === 'bank' || kind === 'wallet'));
      const placeId = wanted ?? files[0]?.placeId ?? places[0]?.id;
      const day = asked ?? files.find((file) => file.placeId === placeId)?.to ?? undefined;
      return {
        today: shop.today,
        places: places.map(({ id, name, kind }) => ({ id, name, kind })),
        categories: shop.categories.filter(({ archived }) => !archived).map(({ id, name, group }) => ({ id, name, group })),
        files,
        day: placeId === undefined ? null : await face.getDay(ctx, { accountId, placeId, day }),
      };
    },
  );
}

function uploadRoute(app: App, { face, guard }: Parts): void {
  app.post(
    `${PATH}/files`,
    {
      config: { ...session, account: 'books', idempotency: 'required' },
      bodyLimit: FILE_LIMIT,
      onRequest: guard.require('banks:write'),
      schema: { tags, summary: 'Recebe um arquivo arrastado para a tela', body: FileBody, response: { 201: BankFile } },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      const { options = {}, ...sent } = request.body;
      const { file, replayed } = await face.receive(ctx, { accountId, ...sent, options });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(201).send(file);
    },
  );
}

function fileRoutes(app: App, { face, guard }: Parts): void {
  const writes = guard.require('banks:write');
  app.get(
    `${PATH}/files/:fileId`,
    {
      config: { ...session, account: 'see' },
      onRequest: guard.require('banks:read'),
      schema: { tags, summary: 'Um arquivo: prévia, o que foi ignorado e recusado', params: OneFile, response: { 200: FileLines } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.getFile(ctx, { accountId, ...request.params });
    },
  );
  app.put(
    `${PATH}/files/:fileId/options`,
    {
      config: { ...session, account: 'books', idempotency: SAME },
      bodyLimit: BODY_LIMIT,
      onRequest: writes,
      schema: { tags, summary: 'Diz como ler o arquivo e lê de novo', params: OneFile, body: OptionsBody, response: { 200: BankFile } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.readAs(ctx, { accountId, ...request.params, options: request.body });
    },
  );
  app.post(
    `${PATH}/files/:fileId/confirm`,
    {
      config: { ...session, account: 'books', idempotency: ONCE },
      bodyLimit: BODY_LIMIT,
      onRequest: writes,
      schema: { tags, summary: 'Importa o que a prévia mostrou', params: OneFile, body: ConfirmBody, response: { 200: BankFile } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.confirm(ctx, { accountId, ...request.params, ...request.body });
    },
  );
  app.post(
    `${PATH}/files/:fileId/undo`,
    {
      config: { ...session, account: 'books', idempotency: ONCE },
      onRequest: writes,
      schema: { tags, summary: 'Desfaz o arquivo inteiro', params: OneFile, response: { 200: BankFile } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.undo(ctx, { accountId, ...request.params });
    },
  );
}

function matchRoutes(app: App, { face, guard }: Parts): void {
  const OneMatch = Type.Object({ matchId: Uuid });
  const rules = { config: { ...session, account: 'books', idempotency: SAME }, onRequest: guard.require('banks:write') } as const;
  app.put(
    `${PATH}/matches/:matchId`,
    {
      ...rules,
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Concilia movimentos com lançamentos', params: OneMatch, body: MatchBody, response: { 200: Matched } },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.match(ctx, { accountId, ...request.params, match: request.body });
    },
  );
  app.delete(
    `${PATH}/matches/:matchId`,
    { ...rules, schema: { tags, summary: 'Desfaz uma conciliação', params: OneMatch, response: { 200: Type.Object({}) } } },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.unmatch(ctx, { accountId, ...request.params });
    },
  );
}

function decisionRoutes(app: App, { face, guard }: Parts): void {
  const rules = {
    config: { ...session, account: 'books', idempotency: SAME },
    bodyLimit: BODY_LIMIT,
    onRequest: guard.require('banks:write'),
  } as const;
  app.put(
    `${PATH}/movements/:movementId`,
    {
      ...rules,
      schema: {
        tags,
        summary: 'Lança ou dispensa um movimento',
        params: Type.Object({ movementId: Uuid }),
        body: DecideBody,
        response: { 200: Movement },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.decide(ctx, { accountId, ...request.params, ...request.body });
    },
  );
  app.put(
    `${PATH}/pairs/:outId/:inId`,
    {
      ...rules,
      schema: {
        tags,
        summary: 'Diz se dois movimentos são uma transferência',
        params: Type.Object({ outId: Uuid, inId: Uuid }),
        body: PairBody,
        response: { 200: Type.Object({}) },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.answerPair(ctx, { accountId, ...request.params, ...request.body });
    },
  );
  app.put(
    `${PATH}/places/:placeId/lock`,
    {
      ...rules,
      schema: {
        tags,
        summary: 'Trava ou destrava a conciliação',
        params: Type.Object({ placeId: Uuid }),
        body: LockBody,
        response: { 200: Locked },
      },
    },
    (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return face.lock(ctx, { accountId, ...request.params, ...request.body });
    },
  );
}
