import type { Face } from '#platform/face/contract.ts';
import type { App, Caller } from '#platform/http/app.ts';
import { createTokenVerifier } from '#platform/http/token-verifier.ts';
import type { Mailer } from '#platform/mail/mail.ts';
import type { ModuleInstance, QueueDeps } from '#platform/module.ts';
import { createAccountLock } from './account-lock.ts';
import { type IdentityContract, identityContract } from './contract.ts';
import { createDevices } from './device.ts';
import { createDevicesSeen } from './devices-seen.ts';
import { API_AUDIENCE, REVOKED_CHANNEL, type Revoked } from './events.ts';
import { createFactorChanges } from './factor-changes.ts';
import { createOperatorChanges } from './four-eyes.ts';
import { createGrants } from './grants.ts';
import { identityRoutes } from './http.ts';
import { createCurrentIssuer, issuerOf } from './issuer/issuer.ts';
import { expiryJob } from './janitor.ts';
import { createKeyRotation } from './key-rotation.ts';
import { createLogin } from './login.ts';
import { createClients } from './machines/clients.ts';
import { keyExpiryJob, measureExpiringKeys } from './machines/expiry-job.ts';
import { createMachineDesk, machineApprovals } from './machines/four-eyes.ts';
import { createMachineKeys } from './machines/keys.ts';
import { looksLikeMachineKey } from './machines/machine-key.ts';
import { createKeyProver } from './machines/prover.ts';
import { createKeyVerifier } from './machines/verifier.ts';
import { createMailedCodes } from './mailed/codes.ts';
import { createEmailProof } from './mailed/email-proof.ts';
import { createPasswordReset } from './mailed/password-reset.ts';
import { createPost } from './mailed/post.ts';
import { createOperators } from './operators.ts';
import { createOwnDevices } from './own-devices.ts';
import { createOwnProof } from './own-proof.ts';
import { createPasskeyChanges } from './passkey-changes.ts';
import { createPasskeyLogIn } from './passkey-log-in.ts';
import { createPasswordChange } from './password-change.ts';
import { loadPasswordLists } from './password-strength.ts';
import { createPaymentProof } from './payment-proof.ts';
import { createPeople } from './people.ts';
import { createPersonalData } from './personal-data.ts';
import { createRecoveryCodes } from './recovery-codes.ts';
import { createRevocations } from './revocations.ts';
import { createSecondFactor } from './second-factor.ts';
import { createSecurity } from './security.ts';
import { allOrigins, DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEVELOPMENT_TENANTS, type Scopes, seedDirectory } from './seed.ts';
import { createSignUp } from './sign-up.ts';
import { openSigningKeys } from './signing-keys.ts';
import { findTenantByHost, listTenants, type Tenant } from './store/directory.ts';
import { findLock } from './store/locks.ts';
import { findLastSignIn } from './store/sign-ins.ts';
import { createTotp } from './totp.ts';
import { createWebauthn, relyingPartyOf } from './webauthn.ts';

/** The lists of passwords cost a fifth of a second without pause, which a process that starts has no use for. */
const LISTS_AFTER_MS = 10_000;

export type { IdentityContract, NewPerson, Person } from './contract.ts';
export { identityContract } from './contract.ts';
export type { Tenant } from './store/directory.ts';

export type IdentityConfig = {
  /** Origin people use; the issuer is this plus `/oidc`. */
  publicUrl: string;
  /** 32 bytes; client secrets and cookie keys are derived from it. */
  masterKey: Buffer;
  /** Fills in the demo tenants and the demo service client. */
  development: boolean;
  scopes: Scopes;
  /** Nobody does anything by password alone but give themself a factor. */
  factorDemanded?: boolean;
  /** Tenants to make exist at start, the first one also on the host of `publicUrl`; the demo ones in development. */
  tenants?: readonly Tenant[];
};

export type Identity = Face<IdentityContract>;
export type IdentityInstance = ModuleInstance<IdentityContract> & {
  verifyToken: (token: string, address?: string) => Promise<Caller>;
};

const NO_TENANT = { module: 'identity', tenants: [] } as const;

/** People, their log-in, and the issuer of every token. Reads (or makes) its keys, so the database must be there. */
export async function createIdentity(deps: QueueDeps & { mailer: Mailer; config: IdentityConfig }): Promise<IdentityInstance> {
  const { config, db, bus, clock } = deps;
  await seedDirectory(deps, {
    publicUrl: config.publicUrl,
    tenants: config.tenants ?? (config.development ? DEVELOPMENT_TENANTS : []),
    demoClient: config.development,
    scopes: config.scopes,
  });
  const keys = await openSigningKeys(deps);
  const revocations = createRevocations(deps);
  const people = createPeople(deps);
  // Taken in when the start is over and not at the first sign-up, unless that comes sooner; what is wrong with them shows there.
  setTimeout(() => loadPasswordLists().catch(() => undefined), LISTS_AFTER_MS).unref();
  const devices = createDevices(deps);
  const tenants = await db.tx(NO_TENANT, listTenants);
  const grants = createGrants(deps);
  const proof = createOwnProof(deps);
  const codes = createMailedCodes({ ...deps, masterKey: config.masterKey });
  const post = createPost({ ...deps, codes });
  const emailProof = createEmailProof({ ...deps, codes, post });
  const origins = [...new Set(tenants.flatMap((tenant) => allOrigins(config.publicUrl, tenant)))];
  const webauthn = createWebauthn({ ...deps, rp: relyingPartyOf(config.publicUrl, origins) });
  const totp = createTotp(deps);
  const recovery = createRecoveryCodes(deps);
  const policy = { demanded: config.factorDemanded ?? false };
  const secondFactor = createSecondFactor({ ...deps, devices, totp, recovery, grants, post });
  const factors = createFactorChanges({ ...deps, people, proof, totp, recovery, webauthn, policy, post });
  const passkeys = createPasskeyChanges({ ...deps, people, changes: factors, webauthn });
  const { changePassword } = createPasswordChange({ ...deps, people, grants, proof, post });
  const accountLock = createAccountLock({ ...deps, grants, post, changes: factors });
  const { getSecurity } = createSecurity(deps);
  const machineKeys = createMachineKeys(deps);
  const clients = createClients({ ...deps, keys: machineKeys, scopes: config.scopes.all });
  const more = machineApprovals({ clients, keys: machineKeys });
  const operatorChanges = createOperatorChanges({ ...deps, operators: createOperators({ ...deps, grants }), more });
  const { approvals, ...operatorFace } = operatorChanges;
  const devicesSeen = createDevicesSeen({ ...deps, devices, post });
  const ownDevices = createOwnDevices({ ...deps, grants, post, codes, changes: factors });
  const paymentProof = createPaymentProof({ ...deps, changes: factors, ownDevices, webauthn });
  measureExpiringKeys(deps);
  const issuer = createCurrentIssuer({
    ...deps,
    noteGrant: devicesSeen.noteGrant,
    publicUrl: config.publicUrl,
    masterKey: config.masterKey,
    keys,
    revocations,
    scopes: config.scopes,
    knownSecrets: new Map(config.development ? [[DEMO_CLIENT_ID, DEMO_CLIENT_SECRET]] : []),
  });
  const verifier = createTokenVerifier({
    issuer: issuerOf(config.publicUrl),
    audience: API_AUDIENCE,
    keys,
    now: () => clock.now(),
    isRevoked: ({ gid, jti, sub, client_id: clientId }) =>
      revocations.isRevoked({ grantId: gid as string | undefined, jti, subjectId: sub, clientId: clientId as string | undefined }),
  });
  const proveKey = createKeyProver(deps);
  const keyVerifier = createKeyVerifier({ ask: proveKey, now: () => clock.now(), metrics: deps.metrics });
  const forget = (what?: Revoked): void => {
    verifier.forget(what);
    keyVerifier.forget(what);
  };
  const stopHearing = bus.onBroadcast(
    REVOKED_CHANNEL,
    (message) => forget(message as Revoked),
    // What was revoked while nobody listened is asked for again.
    () => forget(),
  );

  const impl: Face<IdentityContract> = {
    registerPerson: people.registerPerson,
    getPerson: people.getPerson,
    changePassword,
    getSecurity,
    beginTotp: factors.beginTotp,
    confirmTotp: factors.confirmTotp,
    removeTotp: factors.removeTotp,
    makeRecoveryCodes: factors.makeRecoveryCodes,
    beginPasskey: passkeys.beginPasskey,
    addPasskey: passkeys.addPasskey,
    askProof: passkeys.askProof,
    async proveAgain({ tenantId }, { proof: given, ...self }) {
      await factors.proveAgain(tenantId, self, given);
      return {};
    },
    removePasskey: passkeys.removePasskey,
    lockAccount: accountLock.lockAccount,
    askUnlock: accountLock.askUnlock,
    listDevices: ownDevices.listDevices,
    forgetDevice: ownDevices.forgetDevice,
    recogniseDevice: ownDevices.recogniseDevice,
    askDeviceCode: ownDevices.askDeviceCode,
    confirmDevice: ownDevices.confirmDevice,
    getPayer: paymentProof.getPayer,
    takePaymentProof: paymentProof.takePaymentProof,
    askPaymentProof: paymentProof.askPaymentProof,
    provePayment: paymentProof.provePayment,
    askEmailCode: emailProof.askEmailCode,
    confirmEmail: emailProof.confirmEmail,
    async resolveTenant(_ctx, { host }) {
      const tenant = await db.tx(NO_TENANT, (tx) => findTenantByHost(tx, host.toLowerCase()));
      return { tenantId: tenant?.id ?? null, slug: tenant?.slug ?? null, name: tenant?.name ?? null };
    },
    async listTenants() {
      const all = await db.tx(NO_TENANT, listTenants);
      return { tenants: all.map(({ id, slug, name }) => ({ tenantId: id, slug, name })) };
    },
    async getLastSignIn({ tenantId }, { subjectId }) {
      const [last, lock] = await db.tx({ module: 'identity', tenants: [tenantId] }, (tx) =>
        Promise.all([findLastSignIn(tx, tenantId, subjectId), findLock(tx, tenantId, subjectId, new Date(clock.now()))]),
      );
      return {
        locked: lock !== null,
        at: last?.at?.toISOString() ?? null,
        failures: last?.failures ?? 0,
        blockedAt: last?.blockedAt?.toISOString() ?? null,
      };
    },
    ...operatorFace,
    ...createPersonalData({ ...deps, grants }),
    ...createMachineDesk({ ...deps, clients, keys: machineKeys, approvals }),
    proveKey: (_ctx, input) => proveKey(input),
    listApprovals: approvals.listApprovals,
    decideApproval: approvals.decideApproval,
    isRevoked: async (_ctx, claims) => ({ revoked: await revocations.isRevoked(claims) }),
  };

  return {
    name: 'identity',
    face: { contract: identityContract, impl },
    verifyToken: (token, address) => (looksLikeMachineKey(token) ? keyVerifier.verify(token, address) : verifier.verify(token)),
    routes: (app: App) =>
      identityRoutes(app, {
        issuer,
        db,
        machineKeys,
        people,
        login: createLogin({ ...deps, devices, secondFactor, policy }),
        secondFactor,
        passkey: createPasskeyLogIn({ ...deps, devices, webauthn, secondFactor }),
        signUp: createSignUp({ ...deps, people, post, emailProof }),
        reset: createPasswordReset({ ...deps, people, grants, codes, post }),
        policy,
        devices,
        devicesSeen,
        publicUrl: config.publicUrl,
        formOrigins: origins,
      }),
    jobs: [expiryJob(clock), createKeyRotation(deps).job, keyExpiryJob({ ...deps, post }), approvals.job],
    queues: [post.queue],
    close: async () => stopHearing(),
  };
}
