import type { Accounts } from '#accounts';
import type { Identity } from '#identity';
import type { ledgerContract } from '#ledger';
import type { Face } from '#platform/face/contract.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { RiskContract } from '#risk';
import type { Pace } from './domain/next-action.ts';
import type { ProofPolicy } from './domain/payer-proof.ts';
import type { Capabilities } from './rails/port.ts';

export type PaymentsConfig = {
  providerUrl: string;
  providerApiKey: string;
  /** Proves the provider's webhooks. */
  webhookSecret: string;
  /** Limit of one call to the provider. */
  providerTimeoutMs: number;
  /** This institution in the Pix directory. */
  ispb: string;
  /** Its name on a comprovante. */
  institutionName: string;
  /** Its city, as a BR Code has to name one. */
  city: string;
  /** How long a process keeps a payment to itself. */
  leaseMs: number;
  /** The provider is the sandbox: test receipts may be asked for. */
  sandbox: boolean;
  /** Tenant under which money for an unknown key is kept visible. */
  homeTenantId?: string;
  /** Pause between looks for work that was left. Default 200. */
  recoveryIntervalMs?: number;
  /** Look-ups of Pix keys that a person may have in hand at the most. Default 100, as the directory's rule says. */
  lookupsPerPerson?: number;
  /** How long a payment waits for a person to decide. Default 30 minutes. */
  reviewMs?: number;
  pace?: Partial<Pace>;
  /** A payment that has not ended by then ends, if it was certainly never sent, or is `stuck`, for people. Default, and at the most, as long as an end-to-end id is good for. */
  mustEndWithinMs?: number;
  /** What differs from the provider adapter's own capabilities; tests want short times. */
  capabilities?: Partial<Capabilities>;
  /** How long a request may wait for its turn at the provider. Default: `providerTimeoutMs`. */
  providerQueueMs?: number;
  /** How long money for nobody's key waits for its owner before it goes back by itself. Default three days. */
  unmatchedReturnAfterMs?: number;
  /** Name of the connection that these settings make. Default `pix`. */
  connection?: string;
  /** Up to which amount one operator lets a payment in review go alone. Default 0: none. */
  reviewAloneUpToMinor?: number;
  /** What persons who pay have to prove; nobody is asked for anything when absent. */
  proofs?: ProofPolicy;
  /** Secrets that connections name, beside those of these settings; undefined where nobody keeps one of that name. */
  secretOf?: (name: string) => string | undefined;
  /** Where providers reach our door for announcements: origin, no path. Absent: nobody is told. */
  announceTo?: string;
  /** How young a movement is left out when books and statement are compared; two minutes unless told. */
  reconcileGraceMs?: number;
  /** Whether whole business dates are compared, too. Default true. */
  reconcileDays?: boolean;
};

const DEFAULT_HOME_TENANT = '0192f000-0000-7000-8000-000000000001';
/** Where money is kept that is not known to be anybody's. */
export const homeTenantOf = ({ homeTenantId }: Pick<PaymentsConfig, 'homeTenantId'>): string => homeTenantId ?? DEFAULT_HOME_TENANT;

export type LedgerFace = Face<typeof ledgerContract>;

export type PaymentsDeps = PlatformDeps & {
  ledger: LedgerFace;
  risk: Face<RiskContract>;
  identity: Pick<Identity, 'getPayer' | 'takePaymentProof'>;
  accounts: Pick<Accounts, 'authorize' | 'getHolder' | 'giveBack'>;
  config: PaymentsConfig;
  /** Tests: called with the name of each crash point passed. */
  crashPoint?: (name: string) => void;
};
