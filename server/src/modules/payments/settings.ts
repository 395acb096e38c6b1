import type { Parsed, Setting } from '#platform/config.ts';
import type { ProofPolicy } from './domain/payer-proof.ts';

/** From a centavo to more than a Pix message carries. */
const AMOUNTS: [number, number] = [1, 1_000_000_000_000];

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
  PAYMENTS_PROOF_NEW_PAYEE_FROM_MINOR: {
    kind: 'integer',
    doc: 'From which amount on, in centavos, a person proves themself once more to pay somebody whom the account has never paid.',
    default: '50000',
    range: AMOUNTS,
  },
  PAYMENTS_PROOF_ALWAYS_FROM_MINOR: {
    kind: 'integer',
    doc: 'From which amount on, in centavos, a person proves themself once more, whoever is paid; to give a Pix back as well.',
    default: '500000',
    range: AMOUNTS,
  },
  PAYMENTS_PROOF_NEW_DEVICE_FROM_MINOR: {
    kind: 'integer',
    doc: 'The same in a browser that is new.',
    default: '10000',
    range: AMOUNTS,
  },
  PAYMENTS_PROOF_NEAR_LIMIT_FROM_MINOR: {
    kind: 'integer',
    doc: 'The same where it takes a member of an account to four fifths of a limit of their own, or beyond.',
    default: '10000',
    range: AMOUNTS,
  },
  PAYMENTS_PROOF_PASSWORD_UP_TO_MINOR: {
    kind: 'integer',
    doc: 'Up to which amount, in centavos, the password is proof enough of whoever has no second factor. Above it they are told to add one.',
    default: '2000000',
    range: AMOUNTS,
  },
  PAYMENTS_NEW_DEVICE_PAYMENT_MINOR: {
    kind: 'integer',
    doc: 'What a payment may be, in centavos, in a browser that is new, until it is recognised. The Banco Central allows R$ 200 for Pix.',
    default: '20000',
    range: AMOUNTS,
  },
  PAYMENTS_NEW_DEVICE_DAY_MINOR: {
    kind: 'integer',
    doc: 'What a person may pay in a day, in centavos, in browsers that are new. The Banco Central allows R$ 1,000 for Pix.',
    default: '100000',
    range: AMOUNTS,
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

/** The installation's rules of proofs; a tenant's own come before them. */
export const proofPolicyOf = (read: Parsed<typeof settings>): ProofPolicy => ({
  newPayeeFromMinor: BigInt(read.PAYMENTS_PROOF_NEW_PAYEE_FROM_MINOR),
  alwaysFromMinor: BigInt(read.PAYMENTS_PROOF_ALWAYS_FROM_MINOR),
  newDeviceFromMinor: BigInt(read.PAYMENTS_PROOF_NEW_DEVICE_FROM_MINOR),
  nearLimitFromMinor: BigInt(read.PAYMENTS_PROOF_NEAR_LIMIT_FROM_MINOR),
  passwordUpToMinor: BigInt(read.PAYMENTS_PROOF_PASSWORD_UP_TO_MINOR),
  newDevicePaymentMinor: BigInt(read.PAYMENTS_NEW_DEVICE_PAYMENT_MINOR),
  newDeviceDayMinor: BigInt(read.PAYMENTS_NEW_DEVICE_DAY_MINOR),
});
