import { defineModule, mayUse, need } from '#platform/manifest.ts';
import { refuse } from './errors.ts';
import { events } from './events.ts';
import type { AccountsPort, IdentityPort } from './ports.ts';

export default defineModule({
  name: 'bff',
  floor: 8,
  about: 'sessions, what the browser sees, live updates, the web app’s files',
  folder: import.meta.dirname,
  needs: { identity: need<IdentityPort>(), accounts: mayUse<AccountsPort>() },
  settings: {
    WEB_DIST: { kind: 'text', doc: 'Folder of the built web app.', optional: true },
    DESK_DIST: { kind: 'text', doc: 'Folder of the built app of operators.', optional: true },
  },
  prefixes: ['DESK'],
  events,
  personalData: {
    none: 'sessions last twelve hours; their person sees them all in Segurança, and they end with the log-in they belong to',
  },
  errors: refuse.specs,
  publicPaths: ['/bff'],
  async create({ faces, settings, installation, ...deps }) {
    const { createBff } = await import('./index.ts');
    const { publicUrl, masterKey, isDevelopment, scopes, crashPoint } = installation;
    const config = {
      publicUrl,
      masterKey,
      development: isDevelopment,
      webDist: settings.WEB_DIST,
      deskDist: settings.DESK_DIST,
      personScopes: scopes.people,
      operatorScopes: [...new Set(Object.values(scopes.roles).flat())],
    };
    return createBff({ ...deps, ...faces, config, crashPoint });
  },
});
