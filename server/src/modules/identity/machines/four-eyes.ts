import type { ApprovalKind, Approvals } from '#platform/approvals/approvals.ts';
import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { findTenant } from '../store/directory.ts';
import type { Clients, NewClient } from './clients.ts';
import { USUAL_DAYS } from './contract.ts';
import type { MachineKeys, MadeKey, NewKey } from './keys.ts';

const DAY_MS = 86_400_000;
const CLIENT = 'identity.client';
const KEY = 'identity.machine-key';

/** What the second operator reads; what the first was shown counts for nothing until then. */
type LetClient = { clientId: string; scopes: string[]; keyId: string | null };
type LetKey = {
  clientId: string;
  keyId: string;
  what: string;
  name: string;
  scopes: string[];
  networks: string[];
  expiresAt: string | null;
};
type Parts = { clients: Clients; keys: MachineKeys };
type Why = { reason: string };

/** The kinds of requests about machines, carried out with their approval. */
export function machineApprovals({ clients, keys }: Parts): Record<string, ApprovalKind> {
  const client: ApprovalKind<LetClient> = {
    about: ({ clientId }) => clientId,
    lastsMs: DAY_MS,
    async execute(tx, { clientId, keyId }, { tenantId, decidedBy }) {
      await clients.enable(tx, tenantId, clientId, decidedBy);
      if (keyId) await keys.activate(tx, tenantId, clientId, keyId, decidedBy);
      return {};
    },
  };
  const key: ApprovalKind<LetKey> = {
    about: ({ clientId, what }) => `${clientId} ${what}`,
    lastsMs: DAY_MS,
    async execute(tx, { clientId, keyId }, { tenantId, decidedBy }) {
      await keys.activate(tx, tenantId, clientId, keyId, decidedBy);
      return {};
    },
  };
  return { [CLIENT]: client, [KEY]: key } as unknown as Record<string, ApprovalKind>;
}

/** What operators do about machines: whoever makes a key is not who lets it count; taking away is one person's. */
export function createMachineDesk({ db, clients, keys, approvals }: Parts & { db: PlatformDeps['db']; approvals: Pick<Approvals, 'ask'> }) {
  const within = <T>({ tenantId }: CallContext, work: (tx: Tx) => Promise<T>): Promise<T> =>
    db.tx({ module: 'identity', tenants: [tenantId] }, work);

  const askFor = async (tx: Tx, { tenantId, actor: by }: CallContext, { row, text }: MadeKey, what: string, reason: string) => {
    const { clientId, keyId, name, scopes, networks, expiresAt } = row;
    const payload: LetKey = { clientId, keyId, what, name, scopes, networks, expiresAt: expiresAt?.toISOString() ?? null };
    const approval = await approvals.ask(tx, { tenantId, kind: KEY, payload, reason, by });
    return { key: keys.show(row), secret: text, approval };
  };
  const waiting = ({ actor: by }: CallContext) => ({ by, counts: false });

  return {
    async findClient({ tenantId }: CallContext, { clientId }: { clientId: string }) {
      return { client: await clients.get(tenantId, clientId) };
    },
    listClients: async ({ tenantId }: CallContext) => ({ clients: await clients.list(tenantId) }),
    listKeys: async ({ tenantId }: CallContext, { clientId }: { clientId: string }) => ({ keys: await keys.list(tenantId, clientId) }),
    askClient: (ctx: CallContext, { reason, ...given }: NewClient & Why) =>
      within(ctx, async (tx) => {
        const tenant = await findTenant(tx, ctx.tenantId);
        const { client, secret } = await clients.add(tx, tenant!, given, waiting(ctx));
        const payload: LetClient = { clientId: client.clientId, scopes: client.scopes, keyId: secret.row.keyId };
        const approval = await approvals.ask(tx, { tenantId: ctx.tenantId, kind: CLIENT, payload, reason, by: ctx.actor });
        return { client, key: keys.show(secret.row), secret: secret.text, approval };
      }),
    askClientBack: (ctx: CallContext, { clientId, reason }: { clientId: string } & Why) =>
      within(ctx, async (tx) => {
        const { scopes } = await clients.take(tx, ctx.tenantId, clientId);
        const payload: LetClient = { clientId, scopes, keyId: null };
        return approvals.ask(tx, { tenantId: ctx.tenantId, kind: CLIENT, payload, reason, by: ctx.actor });
      }),
    disableClient: async (ctx: CallContext, { clientId }: { clientId: string }) => {
      await within(ctx, (tx) => clients.disable(tx, ctx.tenantId, clientId, ctx.actor));
      return {};
    },
    askKey: (ctx: CallContext, { clientId, reason, networks = [], expiresInDays = USUAL_DAYS, ...given }: AskedFor) =>
      within(ctx, async (tx) => {
        const made = await keys.make(tx, ctx.tenantId, clientId, { ...given, networks, expiresInDays }, waiting(ctx));
        return askFor(tx, ctx, made, made.row.keyId, reason);
      }),
    askKeyRotation: (ctx: CallContext, { clientId, keyId, reason }: { clientId: string; keyId: string } & Why) =>
      within(ctx, async (tx) =>
        askFor(tx, ctx, await keys.rotate(tx, ctx.tenantId, clientId, keyId, waiting(ctx)), `for ${keyId}`, reason),
      ),
    askSecret: (ctx: CallContext, { clientId, reason }: { clientId: string } & Why) =>
      within(ctx, async (tx) => askFor(tx, ctx, await keys.renewSecret(tx, ctx.tenantId, clientId, waiting(ctx)), 'secret', reason)),
    revokeKey: (ctx: CallContext, { clientId, keyId }: { clientId: string; keyId: string }) =>
      within(ctx, (tx) => keys.revoke(tx, ctx.tenantId, clientId, keyId, ctx.actor)),
  };
}

type AskedFor = { clientId: string; name: string; scopes: string[] } & Why &
  Partial<Pick<NewKey, 'expiresInDays'>> & { networks?: string[] };
