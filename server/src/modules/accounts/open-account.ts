import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { bodyText, once } from '#platform/idempotency.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { flawOfWords, stripMargins } from '#platform/text.ts';
import type { ActingOn } from './contract.ts';
import { refuseAccounts } from './errors.ts';
import { ACCOUNT_CREATED } from './events.ts';
import { memberSet } from './members.ts';
import { LABEL, showActingOn } from './present.ts';
import { findActingOn, insertMember } from './store/memberships.ts';
import { countAccountsOf, insertAccounts } from './store/parties.ts';
import { welcome } from './welcome.ts';

const ROUTE = 'POST /v1/memberships';
/** Accounts of one party: more is a mistake, or somebody who is up to something. */
const MOST_ACCOUNTS = 5;
const NO_LIMITS = { perPaymentMinor: null, perDayMinor: null };

/** One more account of a person's own, beside the first, which everybody has. */
export function createAccountOpening(deps: Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'>) {
  const { db, bus, vault, clock } = deps;

  /** @throws ACCOUNTS_TOO_MANY_ACCOUNTS, PLATFORM_BAD_REQUEST for a label that is not seen */
  return async (ctx: CallContext, { subjectId, label: written }: { subjectId: string; label: string }): Promise<ActingOn> => {
    const { tenantId, actor, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const label = cleanLabel(written);
    const body = vault.lookupHash(tenantId, ROUTE, bodyText({ subjectId, label })).toString('hex');
    const labelSealed = await vault.seal(tenantId, subjectId, LABEL, label);
    const scope = { module: 'accounts', tenants: [tenantId] };
    const answer = await db.tx(scope, (tx) =>
      once(tx, { tenantId, principal: actor.id, route: ROUTE, key, body }, async () => {
        await welcome(tx, deps, tenantId, [subjectId]);
        if ((await countAccountsOf(tx, tenantId, subjectId)) >= MOST_ACCOUNTS) throw refuseAccounts('ACCOUNTS_TOO_MANY_ACCOUNTS');
        const at = new Date(clock.now());
        const accountId = newId();
        await insertAccounts(tx, tenantId, [{ id: accountId, partyId: subjectId, labelSealed }], at);
        const owner = { accountId, subjectId, role: 'owner', limits: NO_LIMITS, grantedBy: actor.id } as const;
        const member = await insertMember(tx, tenantId, owner, at);
        const about = { id: newId(), tenantId, key: accountId, subjectId, actor, time: at.toISOString() };
        await bus.publish(tx, [
          { ...about, type: ACCOUNT_CREATED, data: { accountId, partyId: subjectId, product: 'payment' } },
          memberSet(ctx, member!, at),
        ]);
        return { status: 201, body: { accountId } };
      }),
    );
    const { accountId } = answer.body as { accountId: string };
    const [acting] = await db.tx({ ...scope, single: true }, (tx) => findActingOn(tx, tenantId, subjectId, accountId));
    if (!acting) throw refuseAccounts('ACCOUNTS_NOT_FOUND');
    return showActingOn(vault, acting);
  };
}

function cleanLabel(written: string): string {
  const label = stripMargins(written).normalize('NFC').replace(/\s+/gu, ' ');
  const detail =
    flawOfWords(label) ??
    (/[\p{L}\p{N}]/u.test(label) ? undefined : { pt: 'precisa ter letras ou números', en: 'must have letters or digits' });
  if (detail) throw refusePlatform('PLATFORM_BAD_REQUEST', { errors: [{ pointer: '/body/label', detail }] });
  return label;
}
