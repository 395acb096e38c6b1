import { randomBytes } from 'node:crypto';
import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { OperatorRole } from '#platform/operator-roles.ts';
import { cleanEmail, cleanName } from './domain/person.ts';
import { loginPurpose, readRoles } from './domain/realm.ts';
import { refuse } from './errors.ts';
import { FACTOR_REMOVED, OPERATOR_ADDED, OPERATOR_CHANGED, SECRET_CHANGED } from './events.ts';
import type { Grants } from './grants.ts';
import { hashPassword } from './password-hash.ts';
import { deleteAllFactors } from './store/factors.ts';
import { insertOperator, listOperatorRows, lockOtherAdmins, updateOperator } from './store/operators.ts';
import { saveCredential } from './store/people.ts';

/** An operator as other operators see them. */
export type Operator = {
  subjectId: string;
  name: string;
  email: string;
  roles: OperatorRole[];
  /** Changes with every change: what was read is what is changed. */
  version: number;
  disabledAt: string | null;
  addedBy: string;
  createdAt: string;
};
export type OperatorChange = { subjectId: string; version: number; roles: readonly string[]; isDisabled: boolean };

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & { grants: Grants };

/** Operators of tenants: who they are, and what they may be. Every change ends what they had before, in every process. */
export function createOperators({ db, bus, vault, clock, grants }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  const nameOf = ({ kind, id }: Actor): string => `${kind}/${id}`;
  const told = (type: string, tenantId: string, subjectId: string, actor: Actor, at: Date, data: object) => ({
    id: newId(),
    type,
    tenantId,
    key: subjectId,
    subjectId,
    actor,
    time: at.toISOString(),
    data: { subjectId, ...data },
  });

  async function list(tenantId: string): Promise<Operator[]> {
    const rows = await db.tx(scope(tenantId), (tx) => listOperatorRows(tx, tenantId));
    const open = (subjectId: string, field: string, sealed: Buffer) => vault.open(tenantId, subjectId, `identity.${field}`, sealed);
    return Promise.all(
      rows.map(async ({ nameSealed, emailSealed, disabledAt, createdAt, ...row }) => ({
        ...row,
        name: (await open(row.subjectId, 'name', nameSealed)) ?? '',
        email: (await open(row.subjectId, 'email', emailSealed)) ?? '',
        disabledAt: disabledAt?.toISOString() ?? null,
        createdAt: createdAt.toISOString(),
      })),
    );
  }

  return {
    list,
    /**
     * Adds an operator with a first password, which is shown once and opens nothing but the giving of a second factor; nothing at all while `isAtWork` is false.
     *
     * @throws IDENTITY_INVALID_NAME, IDENTITY_INVALID_EMAIL, IDENTITY_ROLE_UNKNOWN, IDENTITY_OPERATOR_EXISTS
     */
    async add(tenantId: string, given: { name: string; email: string; roles: readonly string[] }, by: Actor, isAtWork = true) {
      const roles = readRoles(given.roles);
      const name = cleanName(given.name);
      const email = cleanEmail(given.email);
      if (!email) throw refuse('IDENTITY_INVALID_EMAIL');
      const subjectId = newId();
      const { password, hash } = await makeFirstPassword();
      const sealed = (field: string, text: string) => vault.seal(tenantId, subjectId, `identity.${field}`, text);
      const [nameSealed, cpfSealed, emailSealed] = [await sealed('name', name), await sealed('cpf', ''), await sealed('email', email)];
      const createdAt = new Date(clock.now());
      const emailHash = vault.lookupHash(tenantId, loginPurpose('operator', 'email'), email);
      const isNew = await db.tx(scope(tenantId), async (tx) => {
        const addedBy = nameOf(by);
        const row = {
          tenantId,
          subjectId,
          nameSealed,
          cpfSealed,
          emailSealed,
          emailHash,
          roles,
          addedBy,
          createdAt,
          disabledAt: isAtWork ? null : createdAt,
        };
        if (!(await insertOperator(tx, row))) return false;
        await saveCredential(tx, tenantId, subjectId, hash, createdAt);
        await bus.publish(tx, [told(OPERATOR_ADDED, tenantId, subjectId, by, createdAt, { roles })]);
        return true;
      });
      if (isNew) return { subjectId, password };
      await vault.destroy(tenantId, subjectId);
      throw refuse('IDENTITY_OPERATOR_EXISTS');
    },
    /**
     * A first password again, for whoever lost the one before or the second factor: it is shown once and opens nothing but the giving of a factor.
     * Factors and sessions of before count no more, and a disabled operator stays disabled.
     */
    async startOver(tenantId: string, subjectId: string, by: Actor): Promise<{ password: string }> {
      const { password, hash } = await makeFirstPassword();
      const at = new Date(clock.now());
      await db.tx(scope(tenantId), async (tx) => {
        const had = await deleteAllFactors(tx, tenantId, subjectId);
        await saveCredential(tx, tenantId, subjectId, hash, at);
        const endedLogIns = await grants.endAll(tx, subjectId);
        const removed = [...(had.totp ? ['totp'] : []), ...(had.passkeys > 0 ? ['passkey'] : [])];
        await bus.publish(tx, [
          told(SECRET_CHANGED, tenantId, subjectId, by, at, { by: 'reset', endedLogIns }),
          ...removed.map((factor) => told(FACTOR_REMOVED, tenantId, subjectId, by, at, { factor })),
        ]);
      });
      return { password };
    },
    /**
     * Changes roles, or disables and enables, in the caller's transaction. From its commit on the tokens of before count no more. A tenant keeps
     * an admin who can log in.
     *
     * @throws IDENTITY_OPERATOR_CHANGED, IDENTITY_ROLE_UNKNOWN, IDENTITY_LAST_ADMIN
     */
    async change(tx: Tx, tenantId: string, { subjectId, version, roles: given, isDisabled }: OperatorChange, by: Actor): Promise<number> {
      const roles = readRoles(given);
      const staysAdmin = roles.includes('admin') && !isDisabled;
      if (!staysAdmin && (await lockOtherAdmins(tx, tenantId, subjectId)) === 0) throw refuse('IDENTITY_LAST_ADMIN');
      const at = new Date(clock.now());
      const changed = await updateOperator(tx, { tenantId, subjectId, version, roles, disabledAt: isDisabled ? at : null });
      if (changed === null) throw refuse('IDENTITY_OPERATOR_CHANGED');
      await grants.endAll(tx, subjectId);
      await bus.publish(tx, [told(OPERATOR_CHANGED, tenantId, subjectId, by, at, { roles, isDisabled })]);
      return changed;
    },
  };
}

async function makeFirstPassword() {
  const password = randomBytes(18).toString('base64url');
  return { password, hash: await hashPassword(password) };
}

export type Operators = ReturnType<typeof createOperators>;
