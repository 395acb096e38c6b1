import { defineModule } from '#platform/manifest.ts';
import { auditContract } from './contract.ts';
import { refuseAudit } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'audit',
  floor: 6,
  about: 'who did what, when; append-only',
  folder: import.meta.dirname,
  contract: auditContract,
  events,
  personalData: { parts: { records: { pt: 'O que ficou registrado sobre você', en: 'What is on record about you' } } },
  errors: refuseAudit.specs,
  publicPaths: ['/v1/audit'],
  scopes: { 'audit:read': 'service' },
  operators: { 'audit:read': ['auditor', 'admin'] },
  async create({ installation, ...deps }) {
    const { createAudit } = await import('./index.ts');
    return createAudit({ ...deps, anchors: installation.anchors });
  },
});
