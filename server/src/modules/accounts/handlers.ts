import { PERSON_REGISTERED, type PersonRegistered } from '#identity/events';
import type { Bus, Subscription } from '#platform/bus/bus.ts';
import { derivedId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { ACCOUNT_CREATED, MEMBER_SET, PARTY_REGISTERED } from './events.ts';
import { insertMember } from './store/memberships.ts';
import { insertAccounts, insertPeople } from './store/parties.ts';

const NO_LIMITS = { perPaymentMinor: null, perDayMinor: null };

/**
 * Whoever has registered is a party with an account of their own, which they own. It begins with the first event there ever was: people who were
 * registered before this module existed get theirs in the same way. The account's id is the person's, so that what was kept by person is valid.
 */
export function peopleSubscription({ bus, clock }: Pick<PlatformDeps, 'clock'> & { bus: Bus }): Subscription {
  return {
    group: 'accounts.people',
    module: 'accounts',
    types: [PERSON_REGISTERED],
    from: 'beginning',
    async handle(tx, events) {
      const tenantId = events[0]!.tenantId;
      const at = new Date(clock.now());
      const registered = events.map(({ data }) => (data as PersonRegistered).subjectId);
      const added = await insertPeople(tx, tenantId, registered, at);
      if (added.length === 0) return;
      await insertAccounts(
        tx,
        tenantId,
        added.map((id) => ({ id, partyId: id })),
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
    },
  };
}
