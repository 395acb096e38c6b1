export const TYPES = ['credit', 'chargeback', 'chargeback-refund', 'refund'] as const;
export type ReceivableType = (typeof TYPES)[number];
export const STATUSES = ['waiting', 'anticipated', 'paid'] as const;
export type ReceivableStatus = (typeof STATUSES)[number];

export type Receivable = {
  type: ReceivableType;
  status: ReceivableStatus;
  grossMinor: bigint;
  feeMinor: bigint;
  anticipationFeeMinor: bigint;
};

/** What comes: of a chargeback or a refund it is taken, below zero. */
export const netOf = ({
  grossMinor,
  feeMinor,
  anticipationFeeMinor,
}: Pick<Receivable, 'grossMinor' | 'feeMinor' | 'anticipationFeeMinor'>): bigint => grossMinor - feeMinor - anticipationFeeMinor;

export const mayAnticipate = ({ type, status }: Receivable): boolean => type === 'credit' && status === 'waiting';

/** Only what was sold is charged back, and only what was charged back is given back. The acquirer keeps its fee: what is taken is the gross. */
export const mayFollow = (type: ReceivableType, origin: Receivable): boolean =>
  type === 'chargeback-refund' ? origin.type === 'chargeback' : origin.type === 'credit' && type !== 'credit';

/** A chargeback takes the gross; what is given back brings it again: each the opposite of what it answers. */
export const takenOf = (origin: Receivable): bigint => -origin.grossMinor;
