import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { ConsentView } from './contract.ts';
import { currentText, PURPOSES, type Purpose, type ConsentSaid as Said, standingOf } from './domain/consents.ts';
import { refusePrivacy } from './errors.ts';
import { CONSENT_SAID } from './events.ts';
import { findConsents, insertConsent, lastSaid } from './store/consents.ts';

export const FROM_PURPOSE = 'privacy.consent-from';

/** What a person consents to, in which words; each word of theirs is kept, and the last one counts. */
export function createConsents({ db, bus, vault, clock }: Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'>) {
  const scope = ({ tenantId }: CallContext) => ({ module: 'privacy', tenants: [tenantId] });
  const show = (purpose: Purpose, said: readonly Said[]): ConsentView => {
    const { given, at } = standingOf(purpose, said);
    const { version, title, text } = currentText(purpose);
    return { purpose, version, title, text, given, at: at?.toISOString() ?? null };
  };

  return {
    async list(ctx: CallContext, subjectId: string): Promise<ConsentView[]> {
      const said = await db.tx({ ...scope(ctx), single: true }, (tx) => findConsents(tx, ctx.tenantId, subjectId));
      return PURPOSES.map((purpose) => show(purpose, said));
    },
    /** Saying again what stands changes nothing. */
    async setConsent(
      ctx: CallContext,
      { subjectId, purpose, version, given, from }: { subjectId: string; purpose: Purpose; version: number; given: boolean; from: string },
    ): Promise<ConsentView> {
      const { tenantId, actor } = ctx;
      // Whoever takes it back takes back whatever they said, in whichever words.
      if (given && version !== currentText(purpose).version) throw refusePrivacy('PRIVACY_CONSENT_UNKNOWN');
      const fromSealed = await vault.seal(tenantId, subjectId, FROM_PURPOSE, from);
      return db.tx(scope(ctx), async (tx) => {
        const last = await lastSaid(tx, tenantId, subjectId, purpose);
        if ((last?.given ?? false) === given && (!given || last?.version === version)) return show(purpose, last ? [last] : []);
        const at = new Date(clock.now());
        const said = { purpose, version: given ? version : (last?.version ?? version), given, at };
        await insertConsent(tx, tenantId, subjectId, { id: newId(), ...said, fromSealed });
        const about = { id: newId(), type: CONSENT_SAID, tenantId, key: subjectId, subjectId, actor, time: at.toISOString() };
        await bus.publish(tx, [{ ...about, data: { purpose, version: said.version, given } }]);
        return show(purpose, [said]);
      });
    },
  };
}
