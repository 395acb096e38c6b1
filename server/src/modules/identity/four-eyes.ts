import { type ApprovalKind, createApprovals } from '#platform/approvals/approvals.ts';
import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Operator, OperatorChange, Operators } from './operators.ts';

const DAY_MS = 86_400_000;
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & {
  operators: Operators;
  /** Further kinds of requests of this module. */
  more: Readonly<Record<string, ApprovalKind>>;
};
type New = { name: string; email: string; roles: readonly string[] };

/** Who looks after a tenant is decided by two: whoever adds an operator or gives roles is not who lets them count. */
export function createOperatorChanges({ operators, more, ...deps }: Deps) {
  const change: ApprovalKind<OperatorChange> = {
    about: ({ subjectId }) => subjectId,
    lastsMs: DAY_MS,
    execute: async (tx, payload, { tenantId, decidedBy }) => ({ version: await operators.change(tx, tenantId, payload, decidedBy) }),
  };
  const kinds = { ...more, 'identity.operator': change } as unknown as Record<string, ApprovalKind>;
  const approvals = createApprovals({ ...deps, module: 'identity', kinds });
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });

  return {
    approvals,
    async listOperators({ tenantId }: CallContext): Promise<{ operators: Operator[] }> {
      return { operators: await operators.list(tenantId) };
    },
    /** Somebody who is an operator once another admin has approved; until then the password opens nothing. @throws as `operators.add` */
    async addOperator({ tenantId, actor }: CallContext, { reason, ...given }: New & { reason: string }) {
      const { subjectId, password } = await operators.add(tenantId, given, actor, false);
      const payload = { subjectId, version: 1, roles: given.roles, isDisabled: false };
      const asked = { tenantId, kind: 'identity.operator', payload, reason, by: actor };
      const approval = await deps.db.tx(scope(tenantId), (tx) => approvals.ask(tx, asked));
      return { subjectId, password, approval };
    },
    /** Asks for other roles, or to let somebody back to work. Needs `ctx.idempotencyKey`. @throws PLATFORM_APPROVAL_PENDING */
    askOperatorChange(ctx: CallContext, { reason, ...payload }: OperatorChange & { reason: string }) {
      const route = 'POST /bff/v1/desk/identity/operators/:id/change';
      return approvals.askOnce(ctx, { kind: 'identity.operator', payload, reason, route, body: { ...payload, reason } });
    },
    /** Ends what an operator may do, at once and by one person: it is the safe way. @throws IDENTITY_OPERATOR_CHANGED, IDENTITY_LAST_ADMIN */
    async disableOperator({ tenantId, actor }: CallContext, { subjectId, version }: { subjectId: string; version: number }) {
      const found = (await operators.list(tenantId)).find((one) => one.subjectId === subjectId);
      if (!found) throw refusePlatform('PLATFORM_NOT_FOUND');
      const gone = { subjectId, version, roles: found.roles, isDisabled: true };
      return { version: await deps.db.tx(scope(tenantId), (tx) => operators.change(tx, tenantId, gone, actor)) };
    },
    /** Names of those who look after the tenant, for whoever works beside them. */
    async listColleagues({ tenantId }: CallContext): Promise<{ colleagues: { subjectId: string; name: string }[] }> {
      return { colleagues: (await operators.list(tenantId)).map(({ subjectId, name }) => ({ subjectId, name })) };
    },
  };
}
