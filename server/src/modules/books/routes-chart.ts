import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import { type Books, Category, CategoryGroupName, Name, NewRule, Place, PlaceKindName, Rule, Rules, Shop, Store } from './contract.ts';
import { type Door, readsAt, SAME, writesAt } from './door.ts';

const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 4 * 1024;
const Archived = Type.Optional(Type.Boolean());
const StoreBody = Type.Object({ name: Name, archived: Archived }, { ...closed, examples: [{ name: 'Centro' }] });
const PlaceBody = Type.Object(
  { storeId: Type.Optional(Uuid), kind: PlaceKindName, name: Name, archived: Archived },
  { ...closed, examples: [{ kind: 'bank', name: 'Itaú' }] },
);
const CategoryBody = Type.Object(
  { group: CategoryGroupName, name: Name, archived: Archived },
  { ...closed, examples: [{ group: 'expense', name: 'Uniformes' }] },
);
const KEYED = { idempotency: 'required' } as const;
/** What is new gets its id from the request's key. */
const UNNAMED = '00000000-0000-0000-0000-000000000000';

/** What a shop's books consist of: stores, places, categories; and its rules. */
export function chartRoutes(app: App, face: Books, door: Door): void {
  storeRoutes(app, face, door);
  placeRoutes(app, face, door);
  categoryRoutes(app, face, door);
  ruleRoutes(app, face, door);
}

/** All of it, over the API. */
export function shopRoute(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  app.get(
    prefix,
    {
      ...readsAt(door),
      schema: {
        tags,
        summary: 'A loja: filiais, lugares do dinheiro, categorias, último dia fechado',
        params: Type.Object(params),
        response: { 200: Shop },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.getShop(ctx, { accountId });
    },
  );
}

function storeRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  const Own = Type.Object(params);
  const OneThing = Type.Object({ ...params, id: Uuid });
  app.put(
    `${prefix}/stores/:id`,
    {
      ...writesAt(door, 'account:manage', SAME),
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Muda uma filial',
        params: OneThing,
        body: StoreBody,
        response: { 200: Store },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.saveStore(ctx, { accountId, store: { id: request.params.id, ...request.body }, mode: 'known' });
    },
  );
  app.post(
    `${prefix}/stores`,
    {
      ...writesAt(door, 'account:manage', KEYED),
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Cria uma filial', params: Own, body: StoreBody, response: { 201: Store } },
    },
    async (request, reply) => {
      const { ctx, accountId } = on(request);
      return reply.status(201).send(await face.saveStore(ctx, { accountId, store: { id: UNNAMED, ...request.body }, mode: 'new' }));
    },
  );
}

function placeRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  const Own = Type.Object(params);
  const OneThing = Type.Object({ ...params, id: Uuid });
  app.put(
    `${prefix}/places/:id`,
    {
      ...writesAt(door, 'account:manage', SAME),
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Muda um lugar do dinheiro',
        params: OneThing,
        body: PlaceBody,
        response: { 200: Place },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.savePlace(ctx, { accountId, place: { id: request.params.id, ...request.body }, mode: 'known' });
    },
  );
  app.post(
    `${prefix}/places`,
    {
      ...writesAt(door, 'account:manage', KEYED),
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Cria um lugar do dinheiro: caixa, cofre, banco', params: Own, body: PlaceBody, response: { 201: Place } },
    },
    async (request, reply) => {
      const { ctx, accountId } = on(request);
      return reply.status(201).send(await face.savePlace(ctx, { accountId, place: { id: UNNAMED, ...request.body }, mode: 'new' }));
    },
  );
}

function categoryRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  const Own = Type.Object(params);
  const OneThing = Type.Object({ ...params, id: Uuid });
  app.put(
    `${prefix}/categories/:id`,
    {
      ...writesAt(door, 'books', SAME),
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Muda uma categoria',
        params: OneThing,
        body: CategoryBody,
        response: { 200: Category },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.saveCategory(ctx, { accountId, category: { id: request.params.id, ...request.body }, mode: 'known' });
    },
  );
  app.post(
    `${prefix}/categories`,
    {
      ...writesAt(door, 'books', KEYED),
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Cria uma categoria', params: Own, body: CategoryBody, response: { 201: Category } },
    },
    async (request, reply) => {
      const { ctx, accountId } = on(request);
      return reply.status(201).send(await face.saveCategory(ctx, { accountId, category: { id: UNNAMED, ...request.body }, mode: 'new' }));
    },
  );
}

function ruleRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  const OneRule = Type.Object({ ...params, ruleId: Uuid });
  app.get(
    `${prefix}/rules`,
    {
      ...readsAt(door),
      schema: { tags, summary: 'Regras de categoria', params: Type.Object(params), response: { 200: Rules } },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.listRules(ctx, { accountId });
    },
  );
  app.put(
    `${prefix}/rules/:ruleId`,
    {
      ...writesAt(door, 'books', SAME),
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Muda uma regra',
        params: OneRule,
        body: NewRule,
        response: { 200: Rule },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.saveRule(ctx, { accountId, ruleId: request.params.ruleId, rule: request.body, mode: 'known' });
    },
  );
  app.post(
    `${prefix}/rules`,
    {
      ...writesAt(door, 'books', KEYED),
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Ensina uma regra: o que contém este texto, ou vem desta pessoa, é desta categoria',
        params: Type.Object(params),
        body: NewRule,
        response: { 201: Rule },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = on(request);
      return reply.status(201).send(await face.saveRule(ctx, { accountId, ruleId: UNNAMED, rule: request.body, mode: 'new' }));
    },
  );
  app.delete(
    `${prefix}/rules/:ruleId`,
    {
      ...writesAt(door, 'books', { idempotency: 'exempt: a rule that is gone stays so' }),
      schema: { tags, summary: 'Remove uma regra', params: OneRule, response: { 200: Type.Object({}) } },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.removeRule(ctx, { accountId, ruleId: request.params.ruleId });
    },
  );
}
