import { Type } from 'typebox';
import { Approval, ApprovalReason, Approvals, Decide } from './approvals/contract.ts';
import type { CallContext } from './context.ts';
import { refusePlatform } from './errors.ts';
import type { App } from './http/app.ts';
import { Uuid } from './schemas.ts';
import type { SessionGuard } from './screens.ts';

/** What a module's face offers to the desk of its approvals; `defineContract` gives it with `approvalOperations`. */
export type ApprovalFace = {
  listApprovals(ctx: CallContext, input: { onlyPending: boolean }): Promise<{ approvals: Approval[] }>;
  decideApproval(
    ctx: CallContext,
    input: { approvalId: string; decision: 'approve' | 'refuse' | 'withdraw'; seal: string; reason: string },
  ): Promise<Approval>;
};

/** These scopes, and a second factor: what asks for no scope is no operator's either before one has been given. */
function proved(guard: SessionGuard, scopes: readonly string[]): ReturnType<SessionGuard['require']> {
  const hasScopes = guard.require(...scopes);
  return async (request, reply) => {
    await hasScopes(request, reply);
    if (guard.visitOf(request).proof.acr !== 'aal2') throw refusePlatform('PLATFORM_FORBIDDEN');
  };
}

/** How a route of the desk is guarded: what it says of itself is what is asked of the operator's session. */
export const deskRoute = (guard: SessionGuard, ...scopes: string[]) => ({
  config: { auth: { desk: scopes } },
  onRequest: proved(guard, scopes),
});
/** The same for what changes something. */
export const deskChange = (guard: SessionGuard, idempotency: 'required' | `exempt: ${string}`, ...scopes: string[]) => ({
  config: { auth: { desk: scopes }, idempotency, ratePerPerson: 120 } as const,
  bodyLimit: 8 * 1024,
  onRequest: proved(guard, scopes),
});

const tags = ['desk'];
const closed = { additionalProperties: false } as const;
const ById = Type.Object({ id: Uuid });
const SEAL = 'v2JcC0kUq8eYwHn4m1tZr6xLpS9aQd7fBg3hIoEiMTk';
const Verdict = Type.Object(
  { decision: Type.Enum(['approve', 'refuse']), seal: Decide.properties.seal, reason: ApprovalReason },
  { ...closed, examples: [{ decision: 'approve', seal: SEAL, reason: 'Conferi com o provedor' }] },
);
const Withdrawal = Type.Object(
  { seal: Decide.properties.seal, reason: ApprovalReason },
  { ...closed, examples: [{ seal: SEAL, reason: 'Pedi sobre o pagamento errado' }] },
);

/** What waits for a second person in a module, and the decision. `ask`: who may see and take back; `decide`: who may decide. */
export function approvalDesk(app: App, { module, face, guard, ask, decide }: ApprovalDesk): void {
  const at = `/bff/v1/desk/${module}/approvals`;
  app.get(
    at,
    {
      ...deskRoute(guard, ask),
      schema: {
        tags,
        summary: 'O que espera, ou esperou, por uma segunda pessoa',
        querystring: Type.Object({ all: Type.Optional(Type.Literal('1')) }, closed),
        response: { 200: Approvals },
      },
    },
    (request) => face.listApprovals(guard.visitOf(request).ctx, { onlyPending: request.query.all === undefined }),
  );
  app.post(
    `${at}/:id/decide`,
    {
      ...deskChange(guard, 'exempt: a request is decided once', decide),
      schema: { tags, summary: 'Aprova ou recusa o que outra pessoa pediu', params: ById, body: Verdict, response: { 200: Approval } },
    },
    (request) => face.decideApproval(guard.visitOf(request).ctx, { approvalId: request.params.id, ...request.body }),
  );
  app.post(
    `${at}/:id/withdraw`,
    {
      ...deskChange(guard, 'exempt: a request is taken back once', ask),
      schema: { tags, summary: 'Retira o próprio pedido', params: ById, body: Withdrawal, response: { 200: Approval } },
    },
    (request) => face.decideApproval(guard.visitOf(request).ctx, { approvalId: request.params.id, decision: 'withdraw', ...request.body }),
  );
}

export type ApprovalDesk = { module: string; face: ApprovalFace; guard: SessionGuard; ask: string; decide: string };

/** The key of a wish of the desk; absent where the route wants none. */
export function keyedCtx(guard: SessionGuard, request: Parameters<SessionGuard['visitOf']>[0]): CallContext {
  const { ctx } = guard.visitOf(request);
  if (ctx.idempotencyKey === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
  return ctx;
}
