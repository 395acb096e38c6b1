import { type AdminCommand, needed } from '#platform/admin.ts';
import { createLogger } from '#platform/log.ts';
import { createClientAdmin } from './client-admin.ts';
import { createGrants } from './grants.ts';
import { createKeyRotation } from './key-rotation.ts';
import { onClients, onKeys } from './machines/admin.ts';
import { createOperators } from './operators.ts';
import { systemUser } from './system-user.ts';
import { createTenantAdmin } from './tenant-admin.ts';

type Parts = Parameters<AdminCommand['run']>[1];

/** Says whether a client may go on, or throws when there is none of that name. */
const turn = (verb: 'disable' | 'enable'): AdminCommand['run'] => {
  return async ([given], parts) => {
    const id = needed(given, 'the client');
    if (!(await createClientAdmin(parts)[verb](id))) throw new Error(`there is no client "${id}"; "clients" lists them`);
    console.log(`${id} ${verb === 'disable' ? 'is disabled; its tokens no longer count' : 'may ask for tokens again'}`);
  };
};

function operatorsOf(parts: Parts) {
  const { vault } = parts.house();
  const log = createLogger({ name: 'admin', level: 'warn' });
  return createOperators({ ...parts, vault, grants: createGrants({ ...parts, vault, log }) });
}

async function addOperator(parts: Parts, tenantId: string, [email, name, ...roles]: readonly (string | undefined)[]): Promise<void> {
  const given = { email: needed(email, 'the e-mail'), name: needed(name, 'the name'), roles: roles.filter((role) => role !== undefined) };
  const { password } = await operatorsOf(parts).add(tenantId, given, systemUser());
  console.log(
    `${given.email} is an operator.\nfirst password, shown once: ${password}\nIt opens nothing until a second factor is given with it.`,
  );
}

async function findOperator(parts: Parts, tenantId: string, email: string | undefined) {
  const found = (await operatorsOf(parts).list(tenantId)).find((one) => one.email === needed(email, 'the e-mail').toLowerCase());
  if (!found) throw new Error(`this tenant has no operator "${email}"`);
  return found;
}

async function startOver(parts: Parts, tenantId: string, given: string | undefined): Promise<void> {
  const { subjectId, email } = await findOperator(parts, tenantId, given);
  const { password } = await operatorsOf(parts).startOver(tenantId, subjectId, systemUser());
  console.log(`first password of ${email}, shown once: ${password}\nFactors and sessions of before count no more.`);
}

/** Changes what an operator may be, by the e-mail address. */
async function changeOperator(
  parts: Parts,
  tenantId: string,
  email: string | undefined,
  change: { roles?: readonly string[]; isDisabled?: boolean },
): Promise<void> {
  const operators = operatorsOf(parts);
  const found = await findOperator(parts, tenantId, email);
  const { subjectId, version } = found;
  const { roles = found.roles, isDisabled = found.disabledAt !== null } = change;
  await parts.db.tx({ module: 'identity', tenants: [tenantId] }, (tx) =>
    operators.change(tx, tenantId, { subjectId, version, roles, isDisabled }, systemUser()),
  );
  console.log(`${found.email} is ${isDisabled ? 'disabled' : roles.join(', ')}; what they were logged in as has ended`);
}

const onTenants: AdminCommand = {
  takes: '[list] | add <short name> <name> <host> [host…]',
  about: 'customers of the installation; operators of one find it at operacao.<host>',
  async run([word = 'list', slug, name, ...hosts], parts) {
    const tenants = createTenantAdmin(parts);
    if (word === 'list') return console.table(await tenants.list());
    if (word !== 'add') throw new Error('the word is list or add');
    const made = await tenants.add(parts.house(), {
      slug: needed(slug, 'the short name'),
      name: needed(name, 'the name'),
      hosts: [needed(hosts[0], 'the host'), ...hosts.slice(1).filter((host) => host !== undefined)],
    });
    console.log(`${made.slug} is there, as ${made.id}`);
  },
};

const onOperators: AdminCommand = {
  takes: '<tenant> [list] | add <e-mail> <name> <role…> | roles <e-mail> <role…> | password <e-mail> | disable|enable <e-mail>',
  about: 'who looks after a tenant: support, analyst, approver, finance, auditor, admin',
  async run([slug, word = 'list', ...rest], parts) {
    const { id: tenantId } = await createTenantAdmin(parts).find(needed(slug, 'the tenant'));
    const [email, ...roles] = rest;
    if (word === 'list') return console.table(await operatorsOf(parts).list(tenantId));
    if (word === 'add') return addOperator(parts, tenantId, rest);
    if (word === 'roles') return changeOperator(parts, tenantId, email, { roles: roles.filter((role) => role !== undefined) });
    if (word === 'password') return startOver(parts, tenantId, email);
    if (word === 'disable' || word === 'enable') return changeOperator(parts, tenantId, email, { isDisabled: word === 'disable' });
    throw new Error('the word is list, add, roles, password, disable or enable');
  },
};

const onSigningKeys: AdminCommand = {
  takes: '[list] | rotate | retire <kid>',
  about: 'keys that tokens are signed with; retire: at once, because somebody else has it',
  async run([word = 'list', kid], parts) {
    const keys = createKeyRotation({ ...parts, vault: parts.house().vault });
    if (word === 'list')
      console.table((await keys.list()).map(({ sinceMs, ...one }) => ({ ...one, since: new Date(sinceMs).toISOString() })));
    else if (word === 'rotate') {
      const made = await keys.rotate();
      console.log(`${made.kid} is published; it signs from ${made.signsAt.toISOString()} on, and the one before goes an hour later`);
    } else if (word === 'retire') {
      const { signs } = await keys.retire(needed(kid, 'the key'));
      console.log(`${kid} is gone: tokens under it count no more, within ten minutes everywhere. ${signs} signs`);
    } else throw new Error('the word is list, rotate or retire');
  },
};

export const commands: Record<string, AdminCommand> = {
  'signing-keys': onSigningKeys,
  tenants: onTenants,
  operators: onOperators,
  clients: onClients,
  keys: onKeys,
  'client-disable': { takes: '<id>', about: 'it gets no token any more, and those it has stop counting', run: turn('disable') },
  'client-enable': { takes: '<id>', about: 'it may ask for tokens again', run: turn('enable') },
};
