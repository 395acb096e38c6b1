/** How Efí speaks, read into facts. What is not in these lists is `unclear`, whatever its status. */
import { instantMs } from '#platform/dates.ts';
import { parseDecimalAmount } from '../../domain/amount.ts';
import type { Answer } from '../line.ts';
import type { Capabilities, ProviderFact } from '../port.ts';
import { codeOf } from '../texts.ts';

export const EFI: Capabilities = {
  id: 'efi',
  ownId: { where: 'path', pattern: /^[0-9A-Za-z]{1,35}$/, isEndToEndId: false },
  queryByOwnId: true,
  // Nothing is promised about how soon a query knows of an order; two minutes are long for one that is on its way.
  notFoundFinalAfterMs: 120_000,
  twoStep: false,
  maxInFlightPerAccount: 1,
  statement: { by: 'page', order: 'none', returns: 'arrivals-instant', longestMs: 31 * 86_400_000 },
  statementLagMs: 120_000,
  refund: 'whole-or-parts',
  paysCharges: false,
  money: 'decimal-text',
  zone: 'UTC',
  // Its tenth retry comes 52,560 minutes after the ninth, and that one 42 hours after the first.
  webhook: { is: 'trigger', proofs: ['secret-in-url', 'client-certificate'], repeatsForMs: 60 * 86_400_000 },
  hours: 'always',
  ownIdGoodForMs: 12 * 3_600_000,
};

/** Status and name of an answer to an order that was refused before anything was executed. */
const REFUSED = new Set([
  '400 chave_invalida',
  '400 chave_nao_pertence_ao_documento',
  '400 documento_bloqueado',
  '400 valor_invalido',
  '422 pagamento_negado',
]);
const REFUSED_RETURN = new Set(['400 valor_invalido']);
const DUPLICATES = new Set(['409 id_envio_duplicado', '409 devolucao_id_duplicado']);
const NOT_FOUND = { payment: '404 …/PixEnviadoNaoEncontrado', return: '400 devolucao_nao_encontrada' } as const;
export const RECEIPT_NOT_FOUND: ReadonlySet<string> = new Set(['400 pix_nao_encontrado', '404 pix_nao_encontrado']);
/** Turned away at the door: our token, our rights. */
export const NO_TOKEN = '401 invalid_token';
const NOT_SENT = new Set([NO_TOKEN, '403 …/AcessoNegado']);
const NOT_SENT_WHATEVER_NAME = new Set([429]);
/** SPI's word that there was one already, told as the end of an order. */
const SPI_DUPLICATES = new Set(['AM05']);

export type Asked = { what: 'payment' | 'return'; id: string; amountMinor: bigint };
type Fields = { [name: string]: unknown };
type Answered = Extract<Answer, { kind: 'answered' }>;
const fieldsOf = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Status and name of a refusal, in whichever of its three forms it comes: `nome`, `error`, or the last word of a `type`. */
export function nameOf({ status, body }: Answered): string {
  const { nome, error, type } = fieldsOf(body);
  const name = textOf(nome) || textOf(error) || (typeof type === 'string' ? `…/${type.split('/').at(-1)}` : '');
  return `${status} ${name}`;
}
/** The same as a code for steps and logs. */
export const codeOfRefusal = (answer: Answered): string => codeOf(nameOf(answer).slice(4).replace('…/', '').toUpperCase());

const later = ({ retryAfterMs }: Answered): { retryAfterMs?: number } => (retryAfterMs === null ? {} : { retryAfterMs });
const strange = (why: string): ProviderFact => ({ fact: 'unclear', why, isStrange: true });

/** What an answer to an order says: a payment, or a return. */
export function readOrderAnswer(answer: Answer, asked: Asked): ProviderFact {
  if (answer.kind !== 'answered') return withoutAnswer(answer);
  if (answer.status < 300) return readState(answer.body, asked);
  const [told, code] = [nameOf(answer), codeOfRefusal(answer)];
  if (DUPLICATES.has(told)) return { fact: 'duplicate', code };
  if (NOT_SENT.has(told) || NOT_SENT_WHATEVER_NAME.has(answer.status)) return { fact: 'not-sent', why: code, ...later(answer) };
  if ((asked.what === 'payment' ? REFUSED : REFUSED_RETURN).has(told)) return { fact: 'refused', code };
  return { fact: 'unclear', why: `${answer.status}_${code}`, isStrange: true, ...later(answer) };
}

/** What an answer to a question about an order says. Refusals of the question itself say nothing about the order. */
export function readQueryAnswer(answer: Answer, asked: Asked): ProviderFact {
  if (answer.kind !== 'answered') return withoutAnswer(answer);
  if (answer.status < 300) return readState(answer.body, asked);
  if (nameOf(answer) === NOT_FOUND[asked.what]) return { fact: 'not-found' };
  return { fact: 'unclear', why: `${answer.status}_${codeOfRefusal(answer)}`, isStrange: true, ...later(answer) };
}

/** The state of an order, told at once or when asked. Believed only under the order's own id, and never beside another amount. */
function readState(body: unknown, { what, id, amountMinor }: Asked): ProviderFact {
  const { status, valor, horario, gnExtras, ...rest } = fieldsOf(body);
  if ((what === 'payment' ? rest.idEnvio : rest.id) !== id) return strange('OTHER_ID');
  const toldMinor = valor === undefined || valor === null ? null : typeof valor === 'string' ? parseDecimalAmount(valor) : undefined;
  if (toldMinor === undefined || (valor !== undefined && valor !== null && toldMinor === null)) return strange('UNREADABLE_AMOUNT');
  if (toldMinor !== null && toldMinor !== amountMinor) return { fact: 'differs', code: 'AMOUNT_DIFFERS' };
  const name = endToEndIdOf(rest.endToEndId ?? rest.e2eId);
  switch (status) {
    case 'EM_PROCESSAMENTO':
      return { fact: 'accepted', ...name };
    case 'REALIZADO':
      return what === 'payment'
        ? { fact: 'settled', amountMinor: toldMinor, atMs: settledAt(horario), ...name }
        : strange('UNKNOWN_STATUS');
    case 'DEVOLVIDO':
      return what === 'return' ? { fact: 'settled', amountMinor: toldMinor, atMs: settledAt(horario) } : strange('UNKNOWN_STATUS');
    case 'NAO_REALIZADO': {
      const { codigo } = fieldsOf(fieldsOf(gnExtras).erro);
      const code = codigo === undefined ? 'NAO_REALIZADO' : codeOf(codigo);
      return SPI_DUPLICATES.has(code) ? { fact: 'duplicate', code } : { fact: 'refused', code };
    }
    default:
      return strange('UNKNOWN_STATUS');
  }
}

const endToEndIdOf = (value: unknown): { endToEndId?: string } =>
  typeof value === 'string' && /^E[0-9A-Za-z]{31}$/.test(value) ? { endToEndId: value } : {};

function settledAt(horario: unknown): number | null {
  const ms = instantMs(textOf(fieldsOf(horario).liquidacao));
  return Number.isNaN(ms) ? null : ms;
}

function withoutAnswer(answer: Exclude<Answer, { kind: 'answered' }>): ProviderFact {
  if (answer.kind === 'unclear') return { fact: 'unclear', why: answer.why };
  return { fact: 'not-sent', why: answer.why, ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }) };
}
