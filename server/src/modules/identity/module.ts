import { defineModule } from '#platform/manifest.ts';
import { identityContract } from './contract.ts';
import { refuse } from './errors.ts';
import { events } from './events.ts';
import type { Identity } from './index.ts';

export default defineModule({
  name: 'identity',
  floor: 1,
  about: 'people, log-in, our OpenID issuer',
  folder: import.meta.dirname,
  contract: identityContract,
  settings: {
    SECOND_FACTOR_DEMANDED: {
      kind: 'flag',
      doc: 'Whether a log-in by password alone may do nothing but add a second factor.',
      default: 'false',
    },
  },
  events,
  personalData: {
    parts: {
      registration: { pt: 'Cadastro', en: 'Registration' },
      'log-in': { pt: 'Como você entra', en: 'How you log in' },
      devices: { pt: 'Aparelhos', en: 'Devices' },
      'security-notes': { pt: 'Avisos de segurança', en: 'Security notices' },
    },
  },
  errors: refuse.specs,
  // The pages of /entrar are the BFF's, its POSTs are ours.
  publicPaths: ['/oidc', '/v1/people', '/v1/clients', { prefix: '/entrar', methods: ['POST'] }],
  scopes: {
    'people:read': 'person',
    'people:write': 'service',
    'operators:read': 'service',
    'operators:write': 'service',
    'clients:read': 'service',
    'clients:write': 'service',
  },
  operators: {
    'operators:read': ['admin', 'auditor'],
    'operators:write': ['admin'],
    'clients:read': ['admin', 'auditor'],
    'clients:write': ['admin'],
  },
  async create({ installation, settings, ...deps }) {
    const { createIdentity } = await import('./index.ts');
    const { publicUrl, masterKey, isDevelopment, scopes } = installation;
    const factorDemanded = settings.SECOND_FACTOR_DEMANDED;
    return createIdentity({
      ...deps,
      config: { publicUrl, masterKey, development: isDevelopment, scopes, factorDemanded },
      mailer: installation.mailer,
    });
  },
  // An issuer has keys, and those are in the database.
  async describe(standIn) {
    const { identityRoutes } = await import('./http.ts');
    return (app) => identityRoutes(app, standIn as never);
  },
  // Nothing is asked of the session: whoever lacks a factor gets here, and no further.
  pages: [{ name: 'seguranca', order: 90 }],
  async screens({ face, guard }) {
    const { securityScreens } = await import('./bff.ts');
    return securityScreens(face as Identity, guard, { customer: true });
  },
  // Nothing is asked of the session for their own log-in, as above.
  deskPages: [
    { name: 'equipe', order: 80, scopes: ['operators:read'] },
    { name: 'seguranca', order: 90 },
  ],
  async desk({ face, guard }) {
    return (await import('./desk.ts')).identityDesk(face as Identity, guard);
  },
  async remoteVerifier({ publicUrl, url, face, bus, now, log, metrics }) {
    const { createRemoteVerifier } = await import('./remote-verifier.ts');
    if (!url) log.warn('MODULE_URLS names no identity: tokens revoked before this process started are not known to it');
    return createRemoteVerifier({ publicUrl, identityUrl: url, identity: url ? (face as Identity) : undefined, bus, now, metrics });
  },
  async commands() {
    return (await import('./admin.ts')).commands;
  },
});
