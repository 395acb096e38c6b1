/** How the sandbox's Pix speaks, read into facts. What is not in these lists is `unclear`, whatever its status. */
import { parseDecimalAmount } from '../../domain/amount.ts';
import type { Answer } from '../line.ts';
import type { Capabilities, ProviderFact } from '../port.ts';
import { codeOf } from '../texts.ts';

export const PIX_SANDBOX: Capabilities = {
  id: 'pix-sandbox',
  ownId: { where: 'body', pattern: /^E[0-9A-Z]{8}[0-9]{12}[0-9A-Za-z]{11}$/, isEndToEndId: true },
  queryByOwnId: true,
  notFoundFinalAfterMs: 5_000,
  twoStep: false,
  maxInFlightPerAccount: null,
  statement: { by: 'cursor', order: 'oldest-first', returns: 'own-instant', longestMs: 31 * 86_400_000 },
  statementLagMs: 5_000,
  refund: 'whole-or-parts',
  paysCharges: true,
  money: 'decimal-text',
  zone: 'UTC',
  webhook: { is: 'trigger', proofs: ['signature'], repeatsForMs: 90 * 86_400_000 },
  hours: 'always',
  // Since 2021 an end-to-end id is good for twelve hours (Manual de Fluxos do Pix).
  ownIdGoodForMs: 12 * 3_600_000,
};

/** SPI's codes of a pacs.002 RJCT that say: not executed, and never will be. AM05 (duplicate) is not one. */
const SPI_FINAL = ['AB03', 'AB09', 'AB11', 'AC03', 'AC06', 'AC07', 'AC14', 'AG03'];
/** Status and code of an answer to an order that was refused before anything was executed. */
const REFUSED = new Set([...SPI_FINAL, 'INVALID_PAYEE', 'INVALID_KEY', 'E2E_ISPB_MISMATCH'].map((code) => `422 ${code}`));
const REFUSED_RETURN = new Set(
  [...SPI_FINAL, 'RECEIPT_UNKNOWN', 'RETURN_OF_RETURN', 'RETURN_EXCEEDS_RECEIPT'].map((code) => `422 ${code}`),
);
/** Turned away at the door: our key, our rate. */
const NOT_SENT = new Set(['401 UNAUTHORIZED', '403 FORBIDDEN']);
const NOT_SENT_WHATEVER_CODE = new Set([429]);
const DUPLICATES = new Set(['AM05', 'DUPLICATE', 'E2E_CONFLICT', 'RETURN_CONFLICT']);
const NOT_FOUND = '404 NOT_FOUND';

type Fields = { [name: string]: unknown };
const fieldsOf = (body: unknown): Fields => (body !== null && typeof body === 'object' && !Array.isArray(body) ? (body as Fields) : {});

export type OwnId = 'endToEndId' | 'returnId';
/** `of`: of a return, the arrival that goes back. */
export type Asked = { own: OwnId; id: string; of?: string; amountMinor: bigint };

/** What an answer to an order says: a payment, or a return. */
export function readOrderAnswer(answer: Answer, asked: Asked): ProviderFact {
  if (answer.kind !== 'answered') return withoutAnswer(answer);
  if (answer.status < 300) return readState(answer.body, asked);
  const code = codeOf(fieldsOf(answer.body).code);
  const told = `${answer.status} ${code}`;
  const later = answer.retryAfterMs === null ? {} : { retryAfterMs: answer.retryAfterMs };
  if (DUPLICATES.has(code)) return { fact: 'duplicate', code };
  if (NOT_SENT.has(told) || NOT_SENT_WHATEVER_CODE.has(answer.status)) return { fact: 'not-sent', why: code, ...later };
  if ((asked.own === 'endToEndId' ? REFUSED : REFUSED_RETURN).has(told)) return { fact: 'refused', code };
  return { fact: 'unclear', why: `${answer.status}_${code}`, isStrange: true, ...later };
}

/** What an answer to a question about an order says. Refusals of the question itself say nothing about the order. */
export function readQueryAnswer(answer: Answer, asked: Asked): ProviderFact {
  if (answer.kind !== 'answered') return withoutAnswer(answer);
  if (answer.status < 300) return readState(answer.body, asked);
  const code = codeOf(fieldsOf(answer.body).code);
  if (`${answer.status} ${code}` === NOT_FOUND) return { fact: 'not-found' };
  const later = answer.retryAfterMs === null ? {} : { retryAfterMs: answer.retryAfterMs };
  return { fact: 'unclear', why: `${answer.status}_${code}`, isStrange: true, ...later };
}

/** The state of an order, told at once or when asked. Believed only under the order's own id, and never beside another amount. */
function readState(body: unknown, { own, id, of, amountMinor }: Asked): ProviderFact {
  const { [own]: told, endToEndId, status, amount, reason, settledAt } = fieldsOf(body);
  if (told !== id || (of !== undefined && endToEndId !== of)) return strange('OTHER_ID');
  const toldMinor = amount === undefined || amount === null ? null : typeof amount === 'string' ? parseDecimalAmount(amount) : undefined;
  if (toldMinor === undefined || (amount !== undefined && amount !== null && toldMinor === null)) return strange('UNREADABLE_AMOUNT');
  if (toldMinor !== null && toldMinor !== amountMinor) return { fact: 'differs', code: 'AMOUNT_DIFFERS' };
  const code = codeOf(reason);
  const atMs = typeof settledAt === 'string' ? Date.parse(settledAt) : Number.NaN;
  switch (status) {
    case 'accepted':
      return { fact: 'accepted' };
    case 'awaiting-approval':
      return { fact: 'awaiting-approval' };
    case 'held':
      return { fact: 'held' };
    case 'settled':
      return { fact: 'settled', amountMinor: toldMinor, atMs: Number.isNaN(atMs) ? null : atMs };
    case 'rejected':
      return DUPLICATES.has(code) ? { fact: 'duplicate', code } : { fact: 'refused', code };
    case 'cancelled':
      return { fact: 'cancelled', code };
    case 'returned':
      return { fact: 'returned', amountMinor: toldMinor };
    case 'revoked':
      return { fact: 'settlement-revoked', code };
    default:
      return strange('UNKNOWN_STATUS');
  }
}

const strange = (why: string): ProviderFact => ({ fact: 'unclear', why, isStrange: true });

function withoutAnswer(answer: Exclude<Answer, { kind: 'answered' }>): ProviderFact {
  if (answer.kind === 'unclear') return { fact: 'unclear', why: answer.why };
  return { fact: 'not-sent', why: answer.why, ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }) };
}
