import { readFileSync } from 'node:fs';
import { type AdminCommand, needed } from '#platform/admin.ts';
import type { Tx } from '#platform/db/db.ts';
import { isUuid } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { createClientAdmin } from '../client-admin.ts';
import type { Tenant } from '../store/directory.ts';
import { systemUser } from '../system-user.ts';
import { createTenantAdmin } from '../tenant-admin.ts';
import { createClients } from './clients.ts';
import { USUAL_DAYS } from './contract.ts';
import { createMachineKeys, type MadeKey } from './keys.ts';

type Parts = Parameters<AdminCommand['run']>[1];
type Given = readonly (string | undefined)[];
const MOST_DAYS = 365;
const FROM = '--from=';

/** A tenant, and what is done about its machines by command: at once and by whoever has the database. */
async function machinesOf(parts: Parts, slug: string | undefined) {
  const tenant = await createTenantAdmin(parts).find(needed(slug, 'the tenant'));
  const { vault, scopes } = parts.house();
  const log = createLogger({ name: 'admin', level: 'warn' });
  const keys = createMachineKeys({ ...parts, vault, log });
  const clients = createClients({ ...parts, log, keys, scopes: scopes.all });
  const known = (await clients.list(tenant.id)).map(({ clientId }) => clientId);
  return {
    tenant,
    keys,
    clients,
    /** `erp` as well as `banco_erp`. */
    clientId(given: string | undefined): string {
      const name = needed(given, 'the client');
      const found = [name, `${tenant.slug}_${name}`].find((one) => known.includes(one));
      if (!found) throw new Error(`this tenant has no client "${name}"; "clients ${tenant.slug}" lists them`);
      return found;
    },
    within: <T>(work: (tx: Tx) => Promise<T>): Promise<T> => parts.db.tx({ module: 'identity', tenants: [tenant.id] }, work),
    making: { by: systemUser(), counts: true },
  };
}
type Machines = Awaited<ReturnType<typeof machinesOf>>;

const texts = (given: Given): string[] => given.filter((one) => one !== undefined);
const shown = ({ row, text }: MadeKey): string =>
  `${row.kind} ${row.keyId} of ${row.clientId}, shown once: ${text}${row.expiresAt ? `\nit ends at ${row.expiresAt.toISOString()}` : ''}`;

async function addClient({ tenant, clients, within, making }: Machines, [name, title, ...scopes]: Given): Promise<void> {
  const given = { name: needed(name, 'the name'), title: needed(title, 'the title'), scopes: texts(scopes) };
  const { client, secret } = await within((tx) => clients.add(tx, tenant as Tenant, given, making));
  console.log(`${client.clientId} may ask for tokens at /oidc/token\n${shown(secret)}`);
}

async function turn({ tenant, clients, clientId, within, making }: Machines, word: 'disable' | 'enable', given: string | undefined) {
  const id = clientId(given);
  await within((tx) => clients[word](tx, tenant.id, id, making.by));
  console.log(word === 'disable' ? `${id} is disabled; its tokens and keys no longer count` : `${id} may go on`);
}

async function setPublicKeys({ tenant, clients, clientId, within, making }: Machines, [given, file]: Given): Promise<void> {
  const id = clientId(given);
  const named = needed(file, 'the file of its JWKS, or "none"');
  const jwks: unknown = named === 'none' ? null : JSON.parse(readFileSync(named, 'utf8'));
  await within((tx) => clients.setPublicKeys(tx, tenant.id, id, jwks, making.by));
  console.log(
    jwks === null ? `${id} proves itself by its secret` : `${id} proves itself by a signature (private_key_jwt) and by no secret`,
  );
}

export const onClients: AdminCommand = {
  takes: '[<tenant> [list] | add <name> <title> <scope…> | secret|disable|enable <client> | public-keys <client> <file>|none]',
  about: 'applications that may ask for tokens; a new secret lets the one before count for a day',
  async run([slug, word = 'list', ...rest], parts) {
    if (slug === undefined) return console.table(await createClientAdmin(parts).list());
    const machines = await machinesOf(parts, slug);
    const { tenant, clients, keys, within, making, clientId } = machines;
    if (word === 'list') return console.table(await clients.list(tenant.id));
    if (word === 'add') return addClient(machines, rest);
    if (word === 'disable' || word === 'enable') return turn(machines, word, rest[0]);
    if (word === 'public-keys') return setPublicKeys(machines, rest);
    if (word !== 'secret') throw new Error('the word is list, add, secret, public-keys, disable or enable');
    console.log(shown(await within((tx) => keys.renewSecret(tx, tenant.id, clientId(rest[0]), making))));
  },
};

async function addKey({ tenant, keys, within, making }: Machines, clientId: string, [name, ...rest]: Given): Promise<void> {
  const words = texts(rest);
  const networks = words.filter((one) => one.startsWith(FROM)).flatMap((one) => one.slice(FROM.length).split(','));
  const days = words.find((one) => /^\d+$/.test(one)) ?? String(USUAL_DAYS);
  const scopes = words.filter((one) => one !== days && !one.startsWith('--'));
  const expiresInDays = Number(days);
  if (expiresInDays < 1 || expiresInDays > MOST_DAYS) throw new Error(`a key lasts from 1 to ${MOST_DAYS} days`);
  const given = { name: needed(name, 'the name'), scopes, networks, expiresInDays };
  console.log(shown(await within((tx) => keys.make(tx, tenant.id, clientId, given, making))));
}

export const onKeys: AdminCommand = {
  takes: `<tenant> list <client> | add <client> <name> [days] <scope…> [${FROM}<network,…>] | rotate|revoke <client> <key>`,
  about: 'keys with which clients call the API without asking for a token',
  async run([slug, word, client, ...rest], parts) {
    const machines = await machinesOf(parts, slug);
    const { tenant, keys, within, making } = machines;
    const id = machines.clientId(client);
    if (word === 'list') return console.table(await keys.list(tenant.id, id));
    if (word === 'add') return addKey(machines, id, rest);
    const keyId = needed(rest[0], 'the key');
    if (!isUuid(keyId)) throw new Error(`"${keyId.slice(0, 40)}" is the id of no key; "keys ${tenant.slug} list ${id}" lists them`);
    if (word === 'rotate') {
      console.log(shown(await within((tx) => keys.rotate(tx, tenant.id, id, keyId, making))));
      return console.log(`${keyId} counts for a day more`);
    }
    if (word !== 'revoke') throw new Error('the word is list, add, rotate or revoke');
    await within((tx) => keys.revoke(tx, tenant.id, id, keyId, making.by));
    console.log(`${keyId} counts no more`);
  },
};
