import { Type } from 'typebox';
import { Approval } from '#platform/approvals/contract.ts';
import { approvalDesk, deskChange, deskRoute, keyedCtx } from '#platform/desk.ts';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import type { Screens, SessionGuard } from '#platform/screens.ts';
import { securityScreens } from './bff.ts';
import { AddedOperator, Colleagues, NewOperator, Operator, OperatorChange } from './contract.ts';
import type { Identity } from './index.ts';
import { machineDeskRoutes } from './machines/desk.ts';

const tags = ['desk'];
const closed = { additionalProperties: false } as const;
const ById = Type.Object({ id: Uuid });
const { subjectId: _subjectId, ...changed } = OperatorChange.properties;

/** Operators at the desk: their own log-in, who their colleagues are, and for admins who may be what. */
export function identityDesk(identity: Identity, guard: SessionGuard): Screens {
  const own = securityScreens(identity, guard, { customer: false });
  return {
    ...own,
    routes(app, compose) {
      own.routes?.(app, compose);
      operatorRoutes(app, identity, guard);
      machineDeskRoutes(app, identity, guard);
      approvalDesk(app, { module: 'identity', face: identity, guard, ask: 'operators:write', decide: 'operators:write' });
    },
  };
}

function operatorRoutes(app: App, identity: Identity, guard: SessionGuard): void {
  app.get(
    '/bff/v1/desk/identity/colleagues',
    { ...deskRoute(guard), schema: { tags, summary: 'Quem mais opera', response: { 200: Colleagues } } },
    (request) => identity.listColleagues(guard.visitOf(request).ctx, {}),
  );
  app.get(
    '/bff/v1/desk/identity/operators',
    {
      ...deskRoute(guard, 'operators:read'),
      schema: { tags, summary: 'Operadores e papéis', response: { 200: Type.Object({ operators: Type.Array(Operator) }) } },
    },
    (request) => identity.listOperators(guard.visitOf(request).ctx, {}),
  );
  app.post(
    '/bff/v1/desk/identity/operators',
    {
      ...deskChange(guard, 'exempt: an e-mail address is added once', 'operators:write'),
      schema: { tags, summary: 'Acrescenta um operador, que espera aprovação', body: NewOperator, response: { 201: AddedOperator } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return reply.status(201).send(await identity.addOperator(guard.visitOf(request).ctx, request.body));
    },
  );
  app.post(
    '/bff/v1/desk/identity/operators/:id/change',
    {
      ...deskChange(guard, 'required', 'operators:write'),
      schema: {
        tags,
        summary: 'Pede outros papéis, ou a volta ao trabalho',
        params: ById,
        body: Type.Object(changed, {
          ...closed,
          examples: [{ version: 1, roles: ['analyst', 'approver'], isDisabled: false, reason: 'Passa a aprovar' }],
        }),
        response: { 202: Approval },
      },
    },
    async (request, reply) =>
      reply.status(202).send(await identity.askOperatorChange(keyedCtx(guard, request), { subjectId: request.params.id, ...request.body })),
  );
  app.post(
    '/bff/v1/desk/identity/operators/:id/disable',
    {
      ...deskChange(guard, 'exempt: who is disabled stays so', 'operators:write'),
      schema: {
        tags,
        summary: 'Encerra o acesso de um operador, na hora',
        params: ById,
        body: Type.Object({ version: Type.Integer({ minimum: 1 }) }, { ...closed, examples: [{ version: 1 }] }),
        response: { 200: Type.Object({ version: Type.Integer() }) },
      },
    },
    (request) => identity.disableOperator(guard.visitOf(request).ctx, { subjectId: request.params.id, ...request.body }),
  );
}
