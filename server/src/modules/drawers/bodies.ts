import { Type } from 'typebox';
import { BusinessDate, Uuid } from '#platform/schemas.ts';
import { Above, drawersContract, LateDecision, Note, Reason } from './contract.ts';

/** Bodies that the API and the screens ask for alike. */

const closed = { additionalProperties: false } as const;
const { openSession, closeSession, sendDeposit } = drawersContract.operations;
const FLOAT = [
  { denominationMinor: 5_000, pieces: 2 },
  { denominationMinor: 1_000, pieces: 8 },
  { denominationMinor: 100, pieces: 20 },
];

export const COUNT_EXAMPLE = { cash: FLOAT, slips: [{ method: 'credit-card', amountMinor: '45000', slips: 12 }] };
const { cash, source, reason } = openSession.input.properties;
export const Opening = Type.Object({ cash, source, reason }, { ...closed, examples: [{ cash: FLOAT, source: 'safe' }] });
const { leave } = closeSession.input.properties;
export const Closing = Type.Object(
  { reason: closeSession.input.properties.reason, leave },
  { ...closed, examples: [{ reason: 'Troco errado no horário de pico', leave: { amountMinor: '20000', toPlace: 'safe' } }] },
);
export const Review = Type.Object({ note: Note }, { ...closed, examples: [{ note: 'Conferido com os comprovantes' }] });
export const Voided = Type.Object({ reason: Reason }, { ...closed, examples: [{ reason: 'Valor digitado errado' }] });
export const DecidedSale = Type.Object(
  { decision: LateDecision, reason: Reason },
  { ...closed, examples: [{ decision: 'was-there', reason: 'O caixa fechou com sobra do mesmo valor' }] },
);
export const SentDeposit = Type.Object(
  { from: sendDeposit.input.properties.from, amountMinor: Above },
  { ...closed, examples: [{ from: 'safe', amountMinor: '150000' }] },
);
export const CreditedDeposit = Type.Object(
  { toPlaceId: Uuid, date: BusinessDate },
  { ...closed, examples: [{ toPlaceId: '0192f000-0000-7000-8000-000000000031', date: '2026-03-03' }] },
);
