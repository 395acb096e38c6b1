import { Type } from 'typebox';
import type { Face } from '#platform/face/contract.ts';
import type { App } from '#platform/http/app.ts';
import { type Door, paramsOf } from '#platform/http/two-doors.ts';
import { Uuid } from '#platform/schemas.ts';
import { Counterparty, NewCounterparty, NewRule, Occurrences, Rule, RuleChange, ScheduleOf, type TitlesContract } from './contract.ts';

const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 8 * 1024;
const RENT = {
  kind: 'payable',
  description: 'Aluguel',
  amountMinor: '350000',
  category: 'rent',
  schedule: { firstOn: '2026-12-05', unit: 'month' },
};

/** Recurrences, and from whom is bought. */
export function ruleRoutes(app: App, face: Face<TitlesContract>, door: Door): void {
  newRuleRoutes(app, face, door);
  oneRuleRoutes(app, face, door);
  counterpartyRoutes(app, face, door);
}

function newRuleRoutes(app: App, face: Face<TitlesContract>, door: Door): void {
  const { base, tags } = door;
  const params = paramsOf(door, {});
  app.get(
    `${base}/rules`,
    {
      config: { ...door.asks('titles:read'), account: 'see' },
      ...door.onRequest('titles:read'),
      schema: { tags, summary: 'Recorrências', params, response: { 200: Type.Object({ rules: Type.Array(Rule) }) } },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.listRules(ctx, { accountId });
    },
  );
  app.post(
    `${base}/rules`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:write'),
      schema: { tags, summary: 'Cria uma recorrência', params, body: { ...NewRule, examples: [RENT] }, response: { 201: Rule } },
    },
    async (request, reply) => {
      const { ctx, accountId } = door.whose(request);
      return reply.status(201).send(await face.createRule(ctx, { accountId, rule: request.body }));
    },
  );
  app.post(
    `${base}/rule-previews`,
    {
      config: { ...door.asks('titles:read'), account: 'see', idempotency: 'exempt: a preview changes nothing' },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:read'),
      schema: {
        tags,
        summary: 'As datas de uma recorrência, antes de criá-la',
        params,
        body: Type.Object(
          { schedule: ScheduleOf, count: Type.Integer({ minimum: 1, maximum: 60 }) },
          { ...closed, examples: [{ schedule: { firstOn: '2026-01-31', unit: 'month', roll: 'next' }, count: 3 }] },
        ),
        response: { 200: Occurrences },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.previewRule(ctx, { accountId, ...request.body });
    },
  );
}

function oneRuleRoutes(app: App, face: Face<TitlesContract>, door: Door): void {
  const { base, tags } = door;
  const params = paramsOf(door, { ruleId: Uuid });
  app.put(
    `${base}/rules/:ruleId`,
    {
      config: {
        ...door.asks('titles:write'),
        account: 'books',
        idempotency: 'exempt: it names the version that it changes, so that it changes it once',
      },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:write'),
      schema: {
        tags,
        summary: 'Muda uma recorrência: esta e as seguintes, ou todas em aberto',
        params,
        body: Type.Object(
          { version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), change: RuleChange },
          { ...closed, examples: [{ version: 1, change: { scope: 'all-open', amountMinor: '365000' } }] },
        ),
        response: { 200: Rule },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.changeRule(ctx, { accountId, ruleId: request.params.ruleId, ...request.body });
    },
  );
  app.delete(
    `${base}/rules/:ruleId`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'exempt: what has ended stays so' },
      ...door.onRequest('titles:write'),
      schema: { tags, summary: 'Encerra uma recorrência', params, response: { 200: Rule } },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.endRule(ctx, { accountId, ruleId: request.params.ruleId });
    },
  );
}

function counterpartyRoutes(app: App, face: Face<TitlesContract>, door: Door): void {
  const { base, tags } = door;
  app.get(
    `${base}/counterparties`,
    {
      config: { ...door.asks('titles:read'), account: 'see' },
      ...door.onRequest('titles:read'),
      schema: {
        tags,
        summary: 'Fornecedores e clientes',
        params: paramsOf(door, {}),
        response: { 200: Type.Object({ counterparties: Type.Array(Counterparty) }) },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.listCounterparties(ctx, { accountId });
    },
  );
  const body = { ...NewCounterparty, examples: [{ name: 'Moinho Central', taxId: '12.ABC.345/01DE-35' }] };
  app.post(
    `${base}/counterparties`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'required' },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:write'),
      schema: { tags, summary: 'Cadastra um fornecedor ou cliente', params: paramsOf(door, {}), body, response: { 201: Counterparty } },
    },
    async (request, reply) => {
      const { ctx, accountId } = door.whose(request);
      return reply.status(201).send(await face.addCounterparty(ctx, { accountId, counterparty: request.body }));
    },
  );
  app.put(
    `${base}/counterparties/:counterpartyId`,
    {
      config: { ...door.asks('titles:write'), account: 'books', idempotency: 'exempt: repeated, it finds what it wants to be so' },
      bodyLimit: BODY_LIMIT,
      ...door.onRequest('titles:write'),
      schema: {
        tags,
        summary: 'Muda ou arquiva um fornecedor ou cliente',
        params: paramsOf(door, { counterpartyId: Uuid }),
        body,
        response: { 200: Counterparty },
      },
    },
    (request) => {
      const { ctx, accountId } = door.whose(request);
      return face.changeCounterparty(ctx, { accountId, id: request.params.counterpartyId, counterparty: request.body });
    },
  );
}
