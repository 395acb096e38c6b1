import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { canonicalJson, once } from '#platform/idempotency.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { NewPerson, Person } from './contract.ts';
import { checkPassword } from './domain/password.ts';
import { cleanPerson, firstNameOf } from './domain/person.ts';
import { refuse } from './errors.ts';
import { PERSON_REGISTERED } from './events.ts';
import { hashPassword } from './password-hash.ts';
import { findPerson, findTaken, insertPerson, isKeyKnown, type PersonRow, saveCredential } from './store/people.ts';

type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock'>;
const ROUTE = 'identity.registerPerson';
const TAKEN = { cpf: 'IDENTITY_CPF_TAKEN', email: 'IDENTITY_EMAIL_TAKEN' } as const;

/** People of a tenant: their registration, and their data for those who may see it. */
export function createPeople({ db, bus, vault, clock }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });

  /** Refuses early what the table would refuse, before a key is made for somebody who will not exist. */
  const refuseTaken = async (tx: Tx, tenantId: string, cpfHash: Buffer, emailHash: Buffer): Promise<void> => {
    const taken = await findTaken(tx, tenantId, cpfHash, emailHash);
    if (taken) throw refuse(TAKEN[taken]);
  };

  return {
    /**
     * Registers a person once: with `ctx.idempotencyKey`, repeating it gives the same subject. Person, password and event commit
     * together; personal data is sealed before, since the vault has its own transactions.
     */
    async registerPerson(ctx: CallContext, input: NewPerson): Promise<{ subjectId: string }> {
      const { tenantId, actor } = ctx;
      const clean = cleanPerson(input);
      checkPassword(input.password, clean);
      const cpfHash = vault.lookupHash(tenantId, 'cpf', clean.cpf);
      const emailHash = vault.lookupHash(tenantId, 'email', clean.email);
      const principal = `${actor.kind}/${actor.id}`;
      const key = ctx.idempotencyKey;
      await db.tx(scope(tenantId), async (tx) => {
        if (key && (await isKeyKnown(tx, tenantId, principal, ROUTE, key))) return;
        await refuseTaken(tx, tenantId, cpfHash, emailHash);
      });

      const password = await hashPassword(input.password);
      const subjectId = newId();
      const seal = (field: string, text: string) => vault.seal(tenantId, subjectId, `identity.${field}`, text);
      const row: PersonRow = {
        tenantId,
        subjectId,
        nameSealed: await seal('name', clean.name),
        cpfSealed: await seal('cpf', clean.cpf),
        emailSealed: await seal('email', clean.email),
        cpfHash,
        emailHash,
        createdAt: new Date(clock.now()),
      };
      const effect = async (tx: Tx): Promise<{ subjectId: string }> => {
        if (!(await insertPerson(tx, row))) {
          await refuseTaken(tx, tenantId, cpfHash, emailHash);
          throw new Error('a person was refused by the table and found by no look-up');
        }
        await saveCredential(tx, tenantId, subjectId, password, row.createdAt);
        const time = row.createdAt.toISOString();
        await bus.publish(tx, [
          { id: newId(), type: PERSON_REGISTERED, tenantId, key: subjectId, subjectId, actor, time, data: { subjectId } },
        ]);
        return { subjectId };
      };
      try {
        const registered = await db.tx(scope(tenantId), async (tx) => {
          if (!key) return effect(tx);
          // A keyed hash stands for the body: a plain one of a CPF and a password could be guessed from a dump.
          const body = vault.lookupHash(tenantId, ROUTE, canonicalJson(input)).toString('hex');
          const answer = await once(tx, { tenantId, principal, route: ROUTE, key, body }, async () => ({
            status: 201,
            body: await effect(tx),
          }));
          return answer.body as { subjectId: string };
        });
        if (registered.subjectId !== subjectId) await vault.destroy(tenantId, subjectId);
        return registered;
      } catch (error) {
        // Only a clear refusal: after a lost connection the commit may have happened, and this would be a living person's key.
        if (error instanceof AppError) await vault.destroy(tenantId, subjectId);
        throw error;
      }
    },

    async getPerson(ctx: CallContext, { subjectId }: { subjectId: string }): Promise<Person> {
      const { tenantId } = ctx;
      const row = await db.tx(scope(tenantId), (tx) => findPerson(tx, tenantId, subjectId));
      if (!row) throw refuse('IDENTITY_PERSON_NOT_FOUND');
      const open = (field: string, sealed: Buffer) => vault.open(tenantId, subjectId, `identity.${field}`, sealed);
      const [name, cpf, email] = await Promise.all([
        open('name', row.nameSealed),
        open('cpf', row.cpfSealed),
        open('email', row.emailSealed),
      ]);
      return {
        subjectId,
        name: name ?? '',
        firstName: firstNameOf(name ?? ''),
        cpf: cpf ?? '',
        email: email ?? '',
        createdAt: row.createdAt.toISOString(),
        erased: name === null,
      };
    },
  };
}

export type People = ReturnType<typeof createPeople>;
