import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { bodyText, once } from '#platform/idempotency.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { NewPerson, Person } from './contract.ts';
import { type CleanPerson, cleanPerson, firstNameOf } from './domain/person.ts';
import { refuse } from './errors.ts';
import { PERSON_REGISTERED } from './events.ts';
import { hashPassword } from './password-hash.ts';
import { checkPassword } from './password-strength.ts';
import { findPerson, findTaken, insertPerson, isKeyKnown, type PersonRow, saveCredential } from './store/people.ts';

/** What a person said of themself, in one spelling, and as it was sent. */
export type Registration = CleanPerson & { input: NewPerson };
export type Registered = { subjectId: string; isNew: boolean };

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

  /** What a person said of themself, judged and in one spelling. @throws IDENTITY_INVALID_*, IDENTITY_WEAK_PASSWORD */
  async function prepare(input: NewPerson): Promise<Registration> {
    const clean = cleanPerson(input);
    await checkPassword(input.password, clean);
    return { ...clean, input };
  }

  /**
   * Registers a prepared person once: with `ctx.idempotencyKey`, repeating it gives the same subject and `isNew` false. Person, password and
   * event commit together; personal data is sealed before, since the vault has its own transactions. The password is hashed before
   * anything is looked up, so that what is taken costs as much as what is free.
   */
  async function register(ctx: CallContext, { input, ...clean }: Registration, principal: string): Promise<Registered> {
    const { tenantId, actor, idempotencyKey: key } = ctx;
    const cpfHash = vault.lookupHash(tenantId, 'cpf', clean.cpf);
    const emailHash = vault.lookupHash(tenantId, 'email', clean.email);
    const password = await hashPassword(input.password);
    await db.tx(scope(tenantId), async (tx) => {
      const taken = await findTaken(tx, tenantId, cpfHash, emailHash);
      // Asked after it: what a repetition of this very request has taken came with its key, in one commit.
      if (taken && !(key && (await isKeyKnown(tx, tenantId, principal, ROUTE, key)))) throw refuse(TAKEN[taken]);
    });

    const subjectId = newId();
    const row = await seal(tenantId, subjectId, clean, { cpfHash, emailHash });
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
        const body = vault.lookupHash(tenantId, ROUTE, bodyText(input)).toString('hex');
        const answer = await once(tx, { tenantId, principal, route: ROUTE, key, body }, async () => ({
          status: 201,
          body: await effect(tx),
        }));
        return answer.body as { subjectId: string };
      });
      const isNew = registered.subjectId === subjectId;
      if (!isNew) await vault.destroy(tenantId, subjectId);
      return { ...registered, isNew };
    } catch (error) {
      // Only a clear refusal: after a lost connection the commit may have happened, and this would be a living person's key.
      if (error instanceof AppError) await vault.destroy(tenantId, subjectId);
      throw error;
    }
  }

  async function seal(
    tenantId: string,
    subjectId: string,
    clean: CleanPerson,
    hashes: Pick<PersonRow, 'cpfHash' | 'emailHash'>,
  ): Promise<PersonRow> {
    const sealed = (field: string, text: string) => vault.seal(tenantId, subjectId, `identity.${field}`, text);
    return {
      tenantId,
      subjectId,
      nameSealed: await sealed('name', clean.name),
      cpfSealed: await sealed('cpf', clean.cpf),
      emailSealed: await sealed('email', clean.email),
      ...hashes,
      createdAt: new Date(clock.now()),
    };
  }

  return {
    prepare,
    register,
    /** For services and other modules: with `ctx.idempotencyKey`, repeating it gives the same subject. */
    async registerPerson(ctx: CallContext, input: NewPerson): Promise<{ subjectId: string }> {
      const { subjectId } = await register(ctx, await prepare(input), `${ctx.actor.kind}/${ctx.actor.id}`);
      return { subjectId };
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
