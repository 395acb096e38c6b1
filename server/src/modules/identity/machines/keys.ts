import { hash, randomUUID } from 'node:crypto';
import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { refuse } from '../errors.ts';
import { MACHINE_KEY_CHANGED, type MachineKeyChanged, REVOKED_CHANNEL } from '../events.ts';
import { type ClientRecord, findOwnClient } from '../store/clients.ts';
import {
  activateMachineKey,
  insertMachineKey,
  listMachineKeys,
  lockMachineKey,
  lockUnended,
  type MachineKeyRow,
  replaceMachineKey,
  revokeMachineKey,
} from '../store/machine-keys.ts';
import { beginningOf, type MachineKeyKind, type MachineKeyState, machineKeyState, machineKeyText } from './machine-key.ts';
import { readNetworks } from './networks.ts';

const DAY_MS = 86_400_000;
/** How long the key before counts beside the one that takes its place. */
export const OVERLAP_MS = DAY_MS;
/** Keys of one client that count or wait, at one time. */
const MOST_KEYS = 100;
/** How many are shown, the newest. */
const LISTED = 200;
/** How long one that waits for an approval may be approved. */
const WAITS_MS = DAY_MS;

/** A key as it is shown: everything but what opens. */
export type ShownKey = {
  keyId: string;
  clientId: string;
  kind: MachineKeyKind;
  name: string;
  beginning: string;
  scopes: string[];
  networks: string[];
  state: MachineKeyState;
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  replaces: string | null;
  replacedBy: string | null;
};
export type NewKey = { name: string; scopes: readonly string[]; networks: readonly string[]; expiresInDays: number };
export type MadeKey = { row: MachineKeyRow; text: string };

/** `seed`: what only whoever asks knows, and the database forgets: from it and the master key the same secret comes out again. */
type Making = { by: Actor; counts: boolean; seed?: string };
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock' | 'log'>;

/** No tenant: whose a key is, it is about to tell. */
const INSTALLATION = '00000000-0000-0000-0000-000000000000';
/** What is kept of a key, by its SHA-256 in hex: without the master key nobody makes one that fits a row. */
export const keptOf = (vault: Pick<PlatformDeps['vault'], 'lookupHash'>, digest: string): Buffer =>
  vault.lookupHash(INSTALLATION, 'identity.machine-key', digest);

/** Keys and secrets of clients: made, shown once, one in the place of another, taken away. What a change is for is decided by who calls. */
export function createMachineKeys({ db, bus, vault, clock, log }: Deps) {
  const scope = (tenantId: string) => ({ module: 'identity', tenants: [tenantId] });
  /** It counts, or will when it is approved or its client is enabled. */
  const isAlive = (row: MachineKeyRow): boolean =>
    ['active', 'waiting', 'client-disabled'].includes(stateOf(row)) &&
    (row.activeAt !== null || row.createdAt.getTime() + WAITS_MS > clock.now());
  const stateOf = (row: MachineKeyRow): MachineKeyState => machineKeyState(row, clock.now());

  const show = (row: MachineKeyRow): ShownKey => ({
    keyId: row.keyId,
    clientId: row.clientId,
    kind: row.kind,
    name: row.name,
    beginning: row.beginning,
    scopes: row.scopes,
    networks: row.networks,
    state: stateOf(row),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    replaces: row.replaces,
    replacedBy: row.replacedBy,
  });

  async function tell(tx: Tx, row: MachineKeyRow, change: MachineKeyChanged['change'], by: Actor): Promise<void> {
    const { tenantId, keyId, clientId, kind: keyKind, scopes, expiresAt, activeAt } = row;
    const data = { keyId, clientId, keyKind, change, counts: activeAt !== null, scopes, expiresAt: expiresAt?.toISOString() ?? null };
    const at = new Date(clock.now()).toISOString();
    await bus.publish(tx, [{ id: newId(), type: MACHINE_KEY_CHANGED, tenantId, key: clientId, actor: by, time: at, data }]);
  }

  /** Every process that knows it looks again. */
  function drop(tx: Tx, keyId: string): void {
    tx.afterCommit(() => {
      const warn = (error: Error) => log.warn({ err: error.message }, 'the change of a key could not be told');
      bus.broadcast(REVOKED_CHANNEL, { keyId }).catch(warn);
    });
  }

  /** The same text for the same key and seed, however often it is asked: what is shown once is kept nowhere. */
  const textOf = (row: Pick<MachineKeyRow, 'tenantId' | 'keyId' | 'kind'>, seed: string): string =>
    machineKeyText(row.kind, vault.lookupHash(row.tenantId, 'identity.machine-key-secret', `${row.keyId}/${seed}`));

  async function insert(
    tx: Tx,
    client: ClientRecord,
    given: Pick<MachineKeyRow, 'kind' | 'name' | 'scopes' | 'networks' | 'expiresAt' | 'replaces'>,
    { by, counts, seed = randomUUID() }: Making,
  ): Promise<MadeKey> {
    const createdAt = new Date(clock.now());
    const named = { tenantId: client.tenantId, clientId: client.clientId, keyId: newId(), createdBy: `${by.kind}/${by.id}`, createdAt };
    const fresh = { ...given, ...named, activeAt: counts ? createdAt : null };
    const text = textOf(fresh, seed);
    const beginning = beginningOf(text);
    await insertMachineKey(tx, { ...fresh, beginning, hash: keptOf(vault, hash('sha256', text, 'hex')) });
    const row = { ...fresh, beginning, revokedAt: null, replacedBy: null, lastUsedAt: null, clientDisabledAt: client.disabledAt };
    await tell(tx, row, 'made', by);
    if (counts && row.replaces) await replace(tx, client.tenantId, row.replaces, row.keyId, by);
    return { row, text };
  }

  /** The key before counts for a day more. */
  async function replace(tx: Tx, tenantId: string, keyId: string, replacedBy: string, by: Actor): Promise<void> {
    const before = await lockMachineKey(tx, tenantId, keyId);
    if (!before || before.replacedBy === replacedBy) return;
    const endsAt = new Date(clock.now() + OVERLAP_MS);
    await replaceMachineKey(tx, before, replacedBy, endsAt);
    const expiresAt = before.expiresAt && before.expiresAt < endsAt ? before.expiresAt : endsAt;
    await tell(tx, { ...before, replacedBy, expiresAt }, 'replaced', by);
    drop(tx, keyId);
  }

  async function end(tx: Tx, row: MachineKeyRow, by: Actor): Promise<MachineKeyRow> {
    if (row.revokedAt) return row;
    const revokedAt = new Date(clock.now());
    await revokeMachineKey(tx, row, revokedAt);
    await tell(tx, { ...row, activeAt: null }, 'revoked', by);
    drop(tx, row.keyId);
    return { ...row, revokedAt };
  }

  /** With a secret that counts from now on: the newest before it ends in a day, and any other at once. */
  async function endOlderSecrets(tx: Tx, { tenantId, clientId, keyId }: MachineKeyRow, by: Actor): Promise<void> {
    const secrets = (await lockLiving(tx, tenantId, clientId)).filter(
      (row) => row.kind === 'secret' && row.keyId !== keyId && row.activeAt,
    );
    for (const [at, row] of secrets.entries()) {
      if (at === 0 && !row.replacedBy) await replace(tx, tenantId, row.keyId, keyId, by);
      else await end(tx, row, by);
    }
  }

  /** All that are alive, however many have ended since. */
  const lockLiving = async (tx: Tx, tenantId: string, clientId: string): Promise<MachineKeyRow[]> =>
    (await lockUnended(tx, tenantId, clientId, new Date(clock.now()))).filter(isAlive);

  async function clientOf(tx: Tx, tenantId: string, clientId: string): Promise<ClientRecord> {
    const client = await findOwnClient(tx, tenantId, clientId);
    if (!client) throw refuse('IDENTITY_CLIENT_NOT_FOUND');
    return client;
  }

  async function take(tx: Tx, tenantId: string, clientId: string, keyId: string): Promise<MachineKeyRow> {
    const row = await lockMachineKey(tx, tenantId, keyId);
    if (!row || row.clientId !== clientId) throw refuse('IDENTITY_KEY_NOT_FOUND');
    return row;
  }

  return {
    show,
    textOf,
    async list(tenantId: string, clientId: string): Promise<ShownKey[]> {
      return db.tx(scope(tenantId), async (tx) => {
        await clientOf(tx, tenantId, clientId);
        return (await listMachineKeys(tx, tenantId, clientId, LISTED)).map(show);
      });
    },
    /**
     * A key of a client that may do some of what the client may, in the caller's transaction.
     *
     * @throws IDENTITY_CLIENT_NOT_FOUND, IDENTITY_SCOPE_UNKNOWN, IDENTITY_NETWORK_INVALID, IDENTITY_TOO_MANY_KEYS
     */
    async make(tx: Tx, tenantId: string, clientId: string, given: NewKey, making: Making): Promise<MadeKey> {
      const client = await clientOf(tx, tenantId, clientId);
      const scopes = [...new Set(given.scopes)];
      const foreign = scopes.filter((one) => !client.scopes.includes(one));
      if (foreign.length > 0 || scopes.length === 0) throw refuseScopes(foreign);
      const networks = readNetworks(given.networks);
      const others = await lockLiving(tx, tenantId, clientId);
      if (others.length >= MOST_KEYS) throw refuse('IDENTITY_TOO_MANY_KEYS');
      const expiresAt = new Date(clock.now() + given.expiresInDays * DAY_MS);
      return insert(tx, client, { kind: 'key', name: given.name, scopes, networks, expiresAt, replaces: null }, making);
    },
    /**
     * Another key in the place of this one, which counts for a day more; it lasts as long as the first was made for, unless it is said.
     *
     * @throws IDENTITY_KEY_NOT_FOUND, IDENTITY_KEY_REPLACED, IDENTITY_KEY_OVER
     */
    async rotate(tx: Tx, tenantId: string, clientId: string, keyId: string, making: Making, expiresInDays?: number): Promise<MadeKey> {
      const client = await clientOf(tx, tenantId, clientId);
      const before = await take(tx, tenantId, clientId, keyId);
      if (before.kind !== 'key') throw refuse('IDENTITY_KEY_NOT_FOUND');
      if (before.replacedBy) throw refuse('IDENTITY_KEY_REPLACED');
      if (!isAlive(before)) throw refuse('IDENTITY_KEY_OVER');
      const lastsMs = expiresInDays === undefined ? before.expiresAt!.getTime() - before.createdAt.getTime() : expiresInDays * DAY_MS;
      const expiresAt = new Date(clock.now() + lastsMs);
      const { kind, name, networks } = before;
      // What the client has lost since, its new key does not get back.
      const scopes = before.scopes.filter((one) => client.scopes.includes(one));
      return insert(tx, client, { kind, name, scopes, networks, expiresAt, replaces: keyId }, making);
    },
    /** Another secret of a client: the one before counts for a day more, and any before that no longer. */
    async renewSecret(tx: Tx, tenantId: string, clientId: string, making: Making): Promise<MadeKey> {
      const client = await clientOf(tx, tenantId, clientId);
      const given = { kind: 'secret' as const, name: 'client_secret', scopes: [], networks: [], expiresAt: null };
      const made = await insert(tx, client, { ...given, replaces: null }, making);
      if (making.counts) await endOlderSecrets(tx, made.row, making.by);
      return made;
    },
    /** What waited for an approval counts from now on. @throws IDENTITY_KEY_NOT_FOUND, IDENTITY_KEY_OVER, IDENTITY_KEY_REPLACED */
    async activate(tx: Tx, tenantId: string, clientId: string, keyId: string, by: Actor): Promise<void> {
      const row = await take(tx, tenantId, clientId, keyId);
      if (row.activeAt) return;
      if (!isAlive(row)) throw refuse('IDENTITY_KEY_OVER');
      const before = row.replaces ? await lockMachineKey(tx, tenantId, row.replaces) : null;
      if (before?.replacedBy) throw refuse('IDENTITY_KEY_REPLACED');
      // Whoever took the key before away meant it for good: nothing comes in its place.
      if (before?.revokedAt) throw refuse('IDENTITY_KEY_OVER');
      const at = new Date(clock.now());
      await activateMachineKey(tx, row, at);
      await tell(tx, { ...row, activeAt: at }, 'activated', by);
      if (row.replaces) await replace(tx, tenantId, row.replaces, keyId, by);
      if (row.kind === 'secret') await endOlderSecrets(tx, row, by);
      drop(tx, keyId);
    },
    /** It counts no more, in any process. Repeating it changes nothing. @throws IDENTITY_KEY_NOT_FOUND */
    async revoke(tx: Tx, tenantId: string, clientId: string, keyId: string, by: Actor): Promise<ShownKey> {
      await clientOf(tx, tenantId, clientId);
      return show(await end(tx, await take(tx, tenantId, clientId, keyId), by));
    },
  };
}

export const refuseScopes = (foreign: readonly string[]) => {
  const names = foreign.map((one) => one.slice(0, 60)).join(', ');
  return refuse('IDENTITY_SCOPE_UNKNOWN', names ? { detail: { pt: `Não vale aqui: ${names}.`, en: `Not good here: ${names}.` } } : {});
};

export type MachineKeys = ReturnType<typeof createMachineKeys>;
