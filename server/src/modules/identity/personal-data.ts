import type { CallContext } from '#platform/context.ts';
import type { Agent } from '#platform/http/agent.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { collectParts, type KeeperFace, onePage } from '#platform/privacy/keeper.ts';
import { AGENT_PURPOSE } from './devices-seen.ts';
import { PERSON_ERASED } from './events.ts';
import type { Grants } from './grants.ts';
import { type DeviceRow, listDevices } from './store/devices.ts';
import { deleteProofsOf, forgetPerson } from './store/erasure.ts';
import { deleteAllFactors, findFactors, findTotp } from './store/factors.ts';
import { isOperator } from './store/operators.ts';
import { listPasskeys } from './store/passkeys.ts';
import { findCredentialOf, findPerson, isEmailVerified } from './store/people.ts';
import { listNotes } from './store/security-notes.ts';
import { findLastSignIn } from './store/sign-ins.ts';

/** What identity keeps of a person, and how it forgets them. What law makes stay is who they were; with what they logged in, nothing does. */
export function createPersonalData({
  db,
  bus,
  vault,
  clock,
  grants,
}: Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'> & { grants: Grants }) {
  const scope = ({ tenantId }: CallContext) => ({ module: 'identity', tenants: [tenantId] });
  const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

  const collectPersonalData = collectParts({
    registration: onePage(async (ctx, { subjectId, retained }) => {
      const { tenantId } = ctx;
      const [row, verified] = await db.tx(scope(ctx), (tx) =>
        Promise.all([findPerson(tx, tenantId, subjectId), isEmailVerified(tx, tenantId, subjectId)]),
      );
      if (!row) return [];
      const read = retained ? vault.openRetained : vault.open;
      const open = (field: string, sealed: Buffer) => read(tenantId, subjectId, `identity.${field}`, sealed);
      const [name, cpf, email] = await Promise.all([
        open('name', row.nameSealed),
        open('cpf', row.cpfSealed),
        open('email', row.emailSealed),
      ]);
      return [{ name, cpf, email, emailVerified: verified, createdAt: iso(row.createdAt) }];
    }),
    'log-in': onePage(async (ctx, { subjectId }) => {
      const { tenantId } = ctx;
      const [credential, totp, factors, passkeys, last] = await db.tx(scope(ctx), (tx) =>
        Promise.all([
          findCredentialOf(tx, tenantId, subjectId),
          findTotp(tx, tenantId, subjectId, 'active'),
          findFactors(tx, tenantId, subjectId),
          listPasskeys(tx, tenantId, subjectId),
          findLastSignIn(tx, tenantId, subjectId),
        ]),
      );
      if (!credential) return [];
      return [
        {
          passwordChangedAt: iso(credential.updatedAt),
          codesByAppSince: iso(totp?.createdAt),
          recoveryCodesLeft: factors.recoveryCodes,
          passkeys: passkeys.map(({ createdAt, lastUsedAt }) => ({ createdAt: iso(createdAt), lastUsedAt: iso(lastUsedAt) })),
          lastSignInAt: iso(last?.at),
          failuresSince: last?.failures ?? 0,
        },
      ];
    }),
    devices: onePage(async (ctx, { subjectId }) => {
      const rows = await db.tx(scope(ctx), (tx) => listDevices(tx, ctx.tenantId, subjectId));
      const show = async ({ agentSealed, createdAt, lastSeenAt, knownSince }: DeviceRow) => {
        const text = await vault.open(ctx.tenantId, subjectId, AGENT_PURPOSE, agentSealed);
        const { browser = null, system = null } = text ? (JSON.parse(text) as Partial<Agent>) : {};
        return { browser, system, firstSeenAt: iso(createdAt), lastSeenAt: iso(lastSeenAt), knownSince: iso(knownSince) };
      };
      return Promise.all(rows.map(show));
    }),
    'security-notes': onePage(async (ctx, { subjectId }) => {
      const notes = await db.tx(scope(ctx), (tx) => listNotes(tx, ctx.tenantId, subjectId));
      return notes.map(({ kind, at }) => ({ kind, at: at.toISOString() }));
    }),
  });

  const keeper: KeeperFace = {
    collectPersonalData,
    async judgeErasure(ctx, { subjectId }) {
      const operates = await db.tx(scope(ctx), (tx) => isOperator(tx, ctx.tenantId, subjectId));
      const obstacles = operates
        ? [{ code: 'IDENTITY_OPERATOR', pt: 'É de quem opera a plataforma.', en: 'This is somebody who operates the platform.' }]
        : [];
      return { obstacles, stays: [] };
    },
    /** From the commit on nobody logs in as this person, and whoever has the CPF or the e-mail may register as somebody new. */
    async erasePersonalData(ctx, { subjectId }) {
      const { tenantId } = ctx;
      await db.tx(scope(ctx), async (tx) => {
        if (await isOperator(tx, tenantId, subjectId))
          throw new Error('an operator is not erased: their acts are on record under their name');
        const at = new Date(clock.now());
        const endedLogIns = await grants.endAll(tx, subjectId);
        await deleteAllFactors(tx, tenantId, subjectId);
        await deleteProofsOf(tx, tenantId, subjectId);
        if (!(await forgetPerson(tx, tenantId, subjectId, at))) return;
        const data = { subjectId, endedLogIns };
        const about = { id: newId(), type: PERSON_ERASED, tenantId, key: subjectId, subjectId, actor: ctx.actor, time: at.toISOString() };
        await bus.publish(tx, [{ ...about, data }]);
      });
      return {};
    },
  };
  return keeper;
}
