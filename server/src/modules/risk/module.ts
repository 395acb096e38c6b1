import { defineModule } from '#platform/manifest.ts';
import { riskContract } from './contract.ts';
import { refuseRisk } from './errors.ts';
import { events } from './events.ts';

export default defineModule({
  name: 'risk',
  floor: 3,
  about: 'decisions with reasons, in time',
  folder: import.meta.dirname,
  contract: riskContract,
  events,
  personalData: {
    parts: { decisions: { pt: 'Decisões automáticas sobre seus pagamentos', en: 'Automated decisions about your payments' } },
  },
  errors: refuseRisk.specs,
  publicPaths: ['/v1/risk'],
  scopes: { 'risk:read': 'service' },
  operators: { 'risk:read': ['analyst', 'approver', 'auditor'] },
  settings: {
    RISK_BLOCKLIST_URL: { kind: 'url', doc: 'Block list look-up; <PIX_PROVIDER_URL>/blocklist/check when absent.', optional: true },
    PIX_PROVIDER_URL: { kind: 'url', doc: 'Payment provider.', default: 'http://127.0.0.1:4010' },
    PIX_PROVIDER_API_KEY: { kind: 'text', doc: 'Key for the payment provider.', secret: true, default: 'sandbox-key' },
  },
  async create({ settings, ...deps }) {
    const { createRisk } = await import('./index.ts');
    const { RISK_BLOCKLIST_URL, PIX_PROVIDER_URL, PIX_PROVIDER_API_KEY } = settings;
    const config = { blocklistUrl: RISK_BLOCKLIST_URL ?? `${PIX_PROVIDER_URL}/blocklist/check`, blocklistApiKey: PIX_PROVIDER_API_KEY };
    return createRisk({ ...deps, config });
  },
});
