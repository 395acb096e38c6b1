import type { Accounts } from '#accounts';
import type { Identity } from '#identity';
import type { Ledger } from '#ledger';
import type { Face } from '#platform/face/contract.ts';
import { defineModule, need } from '#platform/manifest.ts';
import type { RiskContract } from '#risk';
import { secretFiles } from './connections/secret-files.ts';
import { paymentsContract } from './contract.ts';
import { refusePayments } from './errors.ts';
import { events } from './events.ts';
import { proofPolicyOf, settings } from './settings.ts';

export default defineModule({
  name: 'payments',
  floor: 4,
  about: 'the life of a payment; customer accounts; the Pix provider',
  folder: import.meta.dirname,
  needs: { ledger: need<Ledger>(), risk: need<Face<RiskContract>>(), accounts: need<Accounts>(), identity: need<Identity>() },
  settings,
  prefixes: ['PIX'],
  contract: paymentsContract,
  events,
  personalData: {
    parts: {
      accounts: { pt: 'Dados da conta de pagamento', en: 'Payment account' },
      payments: { pt: 'Pagamentos', en: 'Payments' },
      receipts: { pt: 'Recebimentos', en: 'Receipts' },
      devolucoes: { pt: 'Devoluções', en: 'Returns' },
    },
  },
  errors: refusePayments.specs,
  publicPaths: ['/v1/pix', '/v1/payments', '/v1/accounts', '/webhooks/pix'],
  operators: {
    'payments:read': ['support', 'analyst', 'approver', 'finance', 'auditor'],
    'payments:review': ['analyst', 'approver'],
    'payments:resolve': ['analyst', 'approver', 'finance'],
    'payments:approve': ['approver'],
  },
  scopes: {
    'payments:read': 'person',
    'payments:write': 'person',
    'payments:review': 'service',
    'payments:resolve': 'service',
    'payments:approve': 'service',
  },
  async create({ faces, settings, installation, ...deps }) {
    const { createPayments } = await import('./index.ts');
    return createPayments({
      ...deps,
      ...faces,
      crashPoint: installation.crashPoint,
      config: {
        providerUrl: settings.PIX_PROVIDER_URL,
        providerApiKey: settings.PIX_PROVIDER_API_KEY,
        webhookSecret: settings.PIX_WEBHOOK_SECRET,
        providerTimeoutMs: settings.PIX_PROVIDER_TIMEOUT_MS,
        ispb: settings.PIX_ISPB,
        institutionName: settings.PIX_INSTITUTION_NAME,
        city: settings.PIX_INSTITUTION_CITY,
        lookupsPerPerson: settings.PIX_LOOKUPS_PER_PERSON,
        leaseMs: settings.PAYMENTS_LEASE_MS,
        mustEndWithinMs: settings.PAYMENTS_MUST_END_WITHIN_MS,
        reviewAloneUpToMinor: settings.PAYMENTS_REVIEW_ALONE_UP_TO_MINOR,
        proofs: proofPolicyOf(settings),
        sandbox: installation.isDevelopment,
        announceTo: installation.publicUrl,
        ...(settings.PAYMENTS_SECRETS_DIR ? { secretOf: secretFiles(settings.PAYMENTS_SECRETS_DIR) } : {}),
      },
    });
  },
  pages: [
    { name: 'inicio', order: 10 },
    { name: 'pagar', order: 20, scopes: ['payments:write'] },
    { name: 'receber', order: 30, scopes: ['payments:read'] },
    { name: 'extrato', order: 40, scopes: ['payments:read'] },
    { name: 'comprovante', order: 50, scopes: ['payments:read'] },
    { name: 'devolver', order: 60, scopes: ['payments:read', 'payments:write'] },
  ],
  cards: [{ name: 'money', order: 10, scopes: ['payments:read'] }],
  async screens({ face, guard, clock, installation }) {
    return (await import('./bff/screens.ts')).paymentScreens({ face, guard, clock, sandbox: installation.isDevelopment });
  },
  deskPages: [
    { name: 'fila', order: 10, scopes: ['payments:read'] },
    { name: 'pagamento', order: 20, scopes: ['payments:read'] },
  ],
  async desk({ face, guard, clock }) {
    return (await import('./bff/desk.ts')).paymentsDesk({ face, guard, clock });
  },
  async machines(parts) {
    return (await import('./machines.ts')).inspectMachines(parts);
  },
  async commands() {
    return (await import('./admin.ts')).commands;
  },
});
