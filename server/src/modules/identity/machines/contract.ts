import { Type } from 'typebox';
import { Approval, ApprovalReason } from '#platform/approvals/contract.ts';
import { nullable, Uuid } from '#platform/schemas.ts';

const Text = Type.String();
export const ClientId = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[A-Za-z0-9._:-]+$',
  description: 'O sistema, pelo seu client_id',
});
const Scopes = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 1, maxItems: 100 });
const Networks = Type.Array(Type.String({ minLength: 2, maxLength: 60 }), { maxItems: 50 });

export const MachineKey = Type.Object({
  keyId: Uuid,
  clientId: Text,
  kind: Type.Enum(['key', 'secret']),
  name: Text,
  beginning: Text,
  scopes: Type.Array(Text),
  networks: Type.Array(Text),
  state: Type.Enum(['waiting', 'active', 'expired', 'revoked', 'client-disabled']),
  createdBy: Text,
  createdAt: Text,
  expiresAt: nullable(Text),
  lastUsedAt: nullable(Text),
  replaces: nullable(Uuid),
  replacedBy: nullable(Uuid),
});
export const MachineKeys = Type.Object({ keys: Type.Array(MachineKey) });
/** The only time that `secret` is shown. */
export const MadeKey = Type.Object({ key: MachineKey, secret: Text });

const keyFields = {
  name: Type.String({ minLength: 1, maxLength: 80, description: 'Para quem lê a lista: onde a chave é usada' }),
  scopes: Scopes,
  networks: Type.Optional(Networks),
  expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, description: 'Dias até vencer; 90, se ausente' })),
};
const KEY = { name: 'Servidor do ERP', scopes: ['payments:read', 'payments:write'], networks: ['203.0.113.0/24'], expiresInDays: 90 };
export const NewMachineKey = Type.Object(keyFields, { additionalProperties: false, examples: [KEY] });
export const USUAL_DAYS = 90;
export const Rotation = Type.Object(
  { expiresInDays: Type.Integer({ minimum: 1, maximum: 365, description: 'Dias até a nova vencer' }) },
  { additionalProperties: false, examples: [{ expiresInDays: 90 }] },
);

export const MachineClient = Type.Object({
  clientId: Text,
  name: Text,
  scopes: Type.Array(Text),
  provesBy: Type.Enum(['secret', 'signature']),
  disabledAt: nullable(Text),
  createdAt: Text,
});
export const MachineClients = Type.Object({ clients: Type.Array(MachineClient) });

/** What operators ask for. Whatever opens something waits for a second one. */
export const AskClient = Type.Object(
  {
    name: Type.String({ minLength: 2, maxLength: 80 }),
    title: Type.String({ minLength: 1, maxLength: 120 }),
    scopes: Scopes,
    reason: ApprovalReason,
  },
  {
    additionalProperties: false,
    examples: [{ name: 'erp', title: 'ERP da padaria', scopes: ['payments:read', 'payments:write'], reason: 'Contrato 12/2026' }],
  },
);
export const AskKey = Type.Object(
  { ...keyFields, reason: ApprovalReason },
  { additionalProperties: false, examples: [{ ...KEY, reason: 'Troca de servidor' }] },
);
export const AskWhy = Type.Object({ reason: ApprovalReason }, { additionalProperties: false, examples: [{ reason: 'Troca anual' }] });
export const AskedKey = Type.Object({ key: MachineKey, secret: Text, approval: Approval });
export const AskedClient = Type.Object({ client: MachineClient, key: MachineKey, secret: Text, approval: Approval });

const OfClient = Type.Object({ clientId: ClientId });
const OneKey = Type.Object({ clientId: ClientId, keyId: Uuid });
const Why = { reason: ApprovalReason };

const KeyStates = Type.Enum(['unknown', 'expired', 'revoked', 'waiting', 'client-disabled', 'elsewhere']);
export const machineOperations = {
  /** What a key of a machine is at this moment, by its SHA-256 in hex; the tenant of the context plays no part. Notes its use. */
  proveKey: {
    input: Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$' }), address: Type.Optional(Type.String({ maxLength: 64 })) }),
    output: Type.Union([
      Type.Object({ state: KeyStates }),
      Type.Object({
        state: Type.Literal('active'),
        tenantId: Uuid,
        clientId: Text,
        keyId: Uuid,
        scopes: Type.Array(Text),
        networks: Type.Array(Text),
        expiresAt: Text,
      }),
    ]),
  },
  /** A service of this tenant; null when it has none of that name. */
  findClient: { input: OfClient, output: Type.Object({ client: nullable(MachineClient) }) },
  listClients: { input: Type.Object({}), output: MachineClients },
  /** @throws IDENTITY_CLIENT_NOT_FOUND */
  listKeys: { input: OfClient, output: MachineKeys },
  /** A client that counts once approved. @throws IDENTITY_CLIENT_NAME_INVALID, IDENTITY_CLIENT_EXISTS, IDENTITY_SCOPE_UNKNOWN */
  askClient: { input: AskClient, output: AskedClient },
  /** Asks that a disabled client may go on. @throws IDENTITY_CLIENT_NOT_FOUND, PLATFORM_APPROVAL_PENDING */
  askClientBack: { input: Type.Object({ clientId: ClientId, ...Why }), output: Approval },
  /** At once and by one person: it is the safe way. @throws IDENTITY_CLIENT_NOT_FOUND */
  disableClient: { input: OfClient, output: Type.Object({}) },
  /** A key that counts once approved. @throws IDENTITY_CLIENT_NOT_FOUND, IDENTITY_SCOPE_UNKNOWN, IDENTITY_NETWORK_INVALID, IDENTITY_TOO_MANY_KEYS */
  askKey: { input: Type.Object({ clientId: ClientId, ...AskKey.properties }), output: AskedKey },
  /** @throws IDENTITY_KEY_NOT_FOUND, IDENTITY_KEY_REPLACED, IDENTITY_KEY_OVER, PLATFORM_APPROVAL_PENDING */
  askKeyRotation: { input: Type.Object({ clientId: ClientId, keyId: Uuid, ...Why }), output: AskedKey },
  /** @throws IDENTITY_CLIENT_NOT_FOUND, PLATFORM_APPROVAL_PENDING */
  askSecret: { input: Type.Object({ clientId: ClientId, ...Why }), output: AskedKey },
  /** At once, in every process. @throws IDENTITY_KEY_NOT_FOUND */
  revokeKey: { input: OneKey, output: MachineKey },
} as const;
