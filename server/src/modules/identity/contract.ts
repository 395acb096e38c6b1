import { type Static, Type } from 'typebox';
import { defineContract } from '#platform/face/contract.ts';
import { nullable as Nullable, Uuid } from '#platform/schemas.ts';

/** What a person tells about themself at sign-up. CPF with or without punctuation. */
export const NewPerson = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    cpf: Type.String({ minLength: 1, maxLength: 40 }),
    email: Type.String({ minLength: 1, maxLength: 254 }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  },
  {
    additionalProperties: false,
    examples: [{ name: 'Maria Aparecida Souza', cpf: '529.982.247-25', email: 'maria@exemplo.com.br', password: 'nove cavalos azuis' }],
  },
);
export type NewPerson = Static<typeof NewPerson>;

/** A person as others may know them. After erasure the names are empty and `erased` is true. */
export const Person = Type.Object({
  subjectId: Uuid,
  name: Type.String(),
  firstName: Type.String(),
  cpf: Type.String(),
  email: Type.String(),
  createdAt: Type.String(),
  erased: Type.Boolean(),
});
export type Person = Static<typeof Person>;

export const identityContract = defineContract('identity', {
  /** @throws IDENTITY_CPF_TAKEN, IDENTITY_EMAIL_TAKEN, IDENTITY_INVALID_*, IDENTITY_WEAK_PASSWORD */
  registerPerson: { input: NewPerson, output: Type.Object({ subjectId: Uuid }) },
  /** @throws IDENTITY_PERSON_NOT_FOUND */
  getPerson: { input: Type.Object({ subjectId: Uuid }), output: Person },
  /** The log-in before the last one, and what was tried in the person's name between the two. */
  getLastSignIn: {
    input: Type.Object({ subjectId: Uuid }),
    output: Type.Object({ at: Nullable(Type.String()), failures: Type.Integer(), blockedAt: Nullable(Type.String()) }),
  },
  /** The tenant a host name belongs to; all null when none. The context's tenant plays no part. */
  resolveTenant: {
    input: Type.Object({ host: Type.String({ maxLength: 255 }) }),
    output: Type.Object({ tenantId: Nullable(Uuid), slug: Nullable(Type.String()), name: Nullable(Type.String()) }),
  },
  /** Every tenant of the installation, for jobs and seeds. */
  listTenants: {
    input: Type.Object({}),
    output: Type.Object({ tenants: Type.Array(Type.Object({ tenantId: Uuid, slug: Type.String(), name: Type.String() })) }),
  },
  /** Whether a token with these claims was revoked before its expiry. */
  isRevoked: {
    input: Type.Object({
      grantId: Type.Optional(Type.String({ maxLength: 100 })),
      jti: Type.Optional(Type.String({ maxLength: 100 })),
      subjectId: Type.Optional(Type.String({ maxLength: 100 })),
      clientId: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    output: Type.Object({ revoked: Type.Boolean() }),
  },
});
export type IdentityContract = typeof identityContract;
