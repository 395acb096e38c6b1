import type { Accounts } from '#accounts';
import type { Identity } from '#identity';
import { defineModule, mayUse, need } from '#platform/manifest.ts';
import { privacyContract } from './contract.ts';
import { refusePrivacy } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'privacy',
  floor: 6,
  about: 'what people ask of their own data: a copy, its erasure, consent; what law makes stay, and until when',
  folder: import.meta.dirname,
  needs: { identity: need<Identity>(), accounts: mayUse<Accounts>() },
  settings: {
    PRIVACY_ERASURE_WAIT_MS: {
      kind: 'integer',
      doc: 'How long closed accounts wait before a person is erased, so that whatever was promised of them (a quote) is over. Until then the person may take it back.',
      default: '900000',
    },
  },
  contract: privacyContract,
  events,
  personalData: {
    parts: {
      consents: { pt: 'Consentimentos', en: 'Consents' },
      requests: { pt: 'Pedidos sobre os seus dados', en: 'Requests about your data' },
    },
  },
  errors: refusePrivacy.specs,
  scopes: { 'privacy:read': 'person', 'privacy:write': 'person', 'privacy:ask': 'service', 'privacy:decide': 'service' },
  operators: { 'privacy:ask': ['analyst', 'admin'], 'privacy:decide': ['approver', 'admin'] },
  pages: [{ name: 'privacidade', order: 95, scopes: ['privacy:read'] }],
  async screens({ face, guard, clock }) {
    return (await import('./bff.ts')).privacyScreens({ privacy: face, guard, clock });
  },
  async desk({ face, guard, clock }) {
    return (await import('./desk.ts')).privacyDesk({ privacy: face, guard, clock });
  },
  async create({ faces, settings, installation, ...deps }) {
    const { createPrivacy } = await import('./index.ts');
    const { crashPoint } = installation;
    return createPrivacy({
      ...deps,
      identity: faces.identity,
      accounts: faces.accounts,
      waitMs: settings.PRIVACY_ERASURE_WAIT_MS,
      crashPoint,
    });
  },
  async commands() {
    return (await import('./admin.ts')).commands;
  },
});
