import type { Tx } from '#platform/db/db.ts';
import { derivedId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { ACCOUNT_CREATED, MEMBER_SET, PARTY_REGISTERED } from './events.ts';
import { insertMember } from './store/memberships.ts';
import { insertAccounts, insertPeople } from './store/parties.ts';

const NO_LIMITS = { perPaymentMinor: null, perDayMinor: null };

/**
 * Whoever has registered is a party with an account of their own, which they own. The account's id is the person's, so that what was kept by
 * person is valid. Whoever has it already stays as they are, and nothing is told again.
 */
export async function welcome(
  tx: Tx,
  { bus, clock }: Pick<PlatformDeps, 'bus' | 'clock'>,
  tenantId: string,
  subjectIds: readonly string[],
): Promise<void> {
  const at = new Date(clock.now());
  const added = await insertPeople(tx, tenantId, subjectIds, at);
  if (added.length === 0) return;
  await insertAccounts(
    tx,
    tenantId,
    added.map((id) => ({ id, partyId: id, labelSealed: null })),
    at,
  );
  for (const id of added) {
    await insertMember(tx, tenantId, { accountId: id, subjectId: id, role: 'owner', limits: NO_LIMITS, grantedBy: 'accounts' }, at);
    const about = { tenantId, key: id, subjectId: id, actor: { kind: 'system' as const, id: 'accounts' }, time: at.toISOString() };
    const idOf = (type: string) => derivedId('accounts', type, tenantId, id);
    await bus.publish(tx, [
      { ...about, id: idOf(PARTY_REGISTERED), type: PARTY_REGISTERED, data: { partyId: id, kind: 'person' } },
      { ...about, id: idOf(ACCOUNT_CREATED), type: ACCOUNT_CREATED, data: { accountId: id, partyId: id, product: 'payment' } },
      { ...about, id: idOf(MEMBER_SET), type: MEMBER_SET, data: { accountId: id, subjectId: id, role: 'owner', version: 1 } },
    ]);
  }
}
