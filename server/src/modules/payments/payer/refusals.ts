import type { AppError, StepUp, Words } from '#platform/errors.ts';
import { formatDecimalAmount } from '../domain/amount.ts';
import type { ProofPolicy } from '../domain/payer-proof.ts';
import { refusePayments } from '../errors.ts';

const CODES = {
  factor: 'PAYMENTS_FACTOR_NEEDED',
  'new-device-payment': 'PAYMENTS_NEW_DEVICE_PAYMENT_LIMIT',
  'new-device-day': 'PAYMENTS_NEW_DEVICE_DAY_LIMIT',
} as const;

/** Why a person may not move this: the rule, by its amount. */
export function refusePayer(why: keyof typeof CODES, policy: ProofPolicy): AppError {
  const words = (minor: bigint, pt: (brl: string) => string, en: (brl: string) => string): Words => {
    const text = formatDecimalAmount(minor);
    return { pt: pt(`R$ ${text.replace('.', ',')}`), en: en(`R$ ${text}`) };
  };
  const detail = {
    factor: words(
      policy.passwordUpToMinor,
      (brl) => `Acima de ${brl} a senha sozinha não confirma um pagamento.`,
      (brl) => `Above ${brl} a password alone confirms no payment.`,
    ),
    'new-device-payment': words(
      policy.newDevicePaymentMinor,
      (brl) => `Até ser reconhecido, um aparelho novo paga até ${brl} por vez.`,
      (brl) => `Until it is recognised, a new device pays up to ${brl} at a time.`,
    ),
    'new-device-day': words(
      policy.newDeviceDayMinor,
      (brl) => `Até serem reconhecidos, aparelhos novos pagam até ${brl} por dia.`,
      (brl) => `Until they are recognised, new devices pay up to ${brl} a day.`,
    ),
  };
  return refusePayments(CODES[why], { detail: detail[why] });
}

/** What has to be proved first, and for what. */
export const refuseUnproved = (stepUp: StepUp): AppError => refusePayments('PAYMENTS_PROOF_NEEDED', { stepUp });
