import type { Setting } from '#platform/config.ts';

/** Environment variables of payments. */
export const settings = {
  PIX_PROVIDER_URL: { kind: 'url', doc: 'Payment provider.', default: 'http://127.0.0.1:4010' },
  PIX_PROVIDER_API_KEY: { kind: 'text', doc: 'Key for the payment provider.', secret: true, default: 'sandbox-key' },
  PIX_WEBHOOK_SECRET: { kind: 'text', doc: 'Proves the provider’s webhooks.', secret: true, default: 'sandbox-webhook-secret' },
  PAYMENTS_SECRETS_DIR: {
    kind: 'text',
    doc: 'Folder with a file a secret, by whose names connections refer to them (`npm run admin -- connections`). The default connection names PIX_PROVIDER_API_KEY and PIX_WEBHOOK_SECRET.',
    optional: true,
  },
  PIX_ISPB: { kind: 'text', doc: 'ISPB of this institution.', default: '12345678' },
  PIX_INSTITUTION_NAME: { kind: 'text', doc: 'Name of this institution on a comprovante.', default: 'Lastro' },
  PIX_INSTITUTION_CITY: { kind: 'text', doc: 'City of this institution in the BR Codes of its customers.', default: 'Sao Paulo' },
  PIX_PROVIDER_TIMEOUT_MS: { kind: 'integer', doc: 'Time-out of one call to the provider.', default: '3000', range: [50, 60000] },
  PIX_LOOKUPS_PER_PERSON: {
    kind: 'integer',
    doc: 'Look-ups of Pix keys that a person may have in hand. The directory’s rule is 100 for a natural person, of which a look-up that finds nothing costs 20; two a minute come back.',
    default: '100',
    range: [1, 1_000_000_000],
  },
  PAYMENTS_REVIEW_ALONE_UP_TO_MINOR: {
    kind: 'integer',
    doc: 'Up to which amount, in centavos, one operator lets a payment in review go. Above it a second one approves.',
    default: '100000',
    range: [0, 1_000_000_000],
  },
  PAYMENTS_MUST_END_WITHIN_MS: {
    kind: 'integer',
    doc: 'How long a payment may take. Beyond it, one that was certainly never sent gives the money back, and one that may have been waits for people. At most the 12 hours for which an end-to-end id is good.',
    default: '43200000',
    range: [10_000, 43_200_000],
  },
  PAYMENTS_LEASE_MS: {
    kind: 'integer',
    doc: 'How long a process keeps a payment to itself before others may resume it.',
    default: '10000',
    range: [200, 300000],
  },
} as const satisfies Record<string, Setting>;
