import { readWrittenAmount } from './amount.ts';
import { BrCodeError, fieldError } from './br-code-errors.ts';
import type { BrCodeStructure } from './br-code-structure.ts';
import type { TlvObjects } from './br-code-tlv.ts';
import { type BrCode, PIX_GUI } from './br-code-types.ts';
import { type PixKey, parsePixKey } from './pix-key.ts';

const MAX_URL_LENGTH = 77;
/** Host with a dot (no address literal, port or user) and at least one path segment: what the manual lets a location be. */
const URL_PATTERN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:\/[\w.~!$&'()*+,;=:@%-]+)+\/?$/i;

/** Gives the fields their meaning. @throws BrCodeError naming the first field that breaks its rule. */
export function readBrCode({ fields, templates }: BrCodeStructure): BrCode {
  refuseRecurrence(templates);
  const { id, account } = findPixAccount(templates);
  refuseWithdrawal(account);
  checkFixedFields(fields);
  const oneTime = matching(fields, '01', /^1[12]$/, 'precisa ser 11 ou 12') === '12';
  const key = account.get('01');
  const url = account.get('25');
  if (key !== undefined && url !== undefined) throw fieldError(id, 'tem uma chave e uma cobrança ao mesmo tempo');
  if (url !== undefined) return { kind: 'dynamic', url: readUrl(url), oneTime };
  if (key === undefined) throw fieldError(id, 'não tem nem chave nem cobrança');
  return {
    kind: 'static',
    key: readKey(key),
    description: account.get('02') ?? null,
    oneTime,
    amountMinor: readAmount(fields.get('54')),
    payeeName: readText(fields, '59', 25),
    payeeCity: readText(fields, '60', 15),
    postalCode: matching(fields, '61', /^\d{5}-?\d{3}$/, 'precisa ter 8 dígitos')?.replace('-', '') ?? null,
    categoryCode: matching(fields, '52', /^\d{4}$/, 'precisa ter 4 dígitos') ?? missing('52'),
    txid: readTxid(templates.get('62')),
  };
}

/** Pix Saque and Pix Troco: the payee hands out cash for it. Paid as an ordinary Pix it would be a purchase of nothing. */
function refuseWithdrawal(account: TlvObjects): void {
  if (!account.has('03')) return;
  const detail = 'O código é de um Pix Saque ou Pix Troco (campo 26-03), que ainda não é aceito aqui.';
  throw new BrCodeError('PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED', detail, '26-03');
}

/** Pix Automático: the code asks for a standing authorisation, so that paying it as a single Pix would mislead the payer. */
function refuseRecurrence(templates: ReadonlyMap<string, TlvObjects>): void {
  for (const [id, template] of templates) {
    if (id < '80' || !isPix(template)) continue;
    const detail = `O código pede a autorização de um Pix Automático (campo ${id}), que ainda não é aceito aqui.`;
    throw new BrCodeError('PIX_BR_CODE_RECURRENCE_UNSUPPORTED', detail, id);
  }
}

function findPixAccount(templates: ReadonlyMap<string, TlvObjects>): { id: string; account: TlvObjects } {
  const found = [...templates].filter(([id, template]) => id <= '51' && isPix(template));
  const [first, second] = found;
  if (!first)
    throw new BrCodeError('PIX_BR_CODE_NOT_PIX', 'O código é de outro meio de pagamento: não traz os dados do Pix (campo 26).', '26');
  if (second) throw fieldError(second[0], 'repete os dados do Pix');
  return { id: first[0], account: first[1] };
}

const isPix = (template: TlvObjects): boolean => template.get('00')?.toLowerCase() === PIX_GUI;

function checkFixedFields(fields: TlvObjects): void {
  if (fields.get('00') !== '01') throw fieldError('00', 'precisa ser 01');
  const currency = fields.get('53') ?? missing('53');
  if (currency !== '986') throw fieldError('53', 'não é real (986), a única moeda do Pix', 'PIX_BR_CODE_CURRENCY');
  const country = fields.get('58') ?? missing('58');
  if (country !== 'BR') throw fieldError('58', 'precisa ser BR');
}

function readAmount(text: string | undefined): bigint | null {
  if (text === undefined) return null;
  const amountMinor = readWrittenAmount(text);
  if (amountMinor === null) throw fieldError('54', 'precisa ser um número com até duas casas depois do ponto, como 10.50');
  if (amountMinor === 0n) throw fieldError('54', 'não pode ser zero');
  return amountMinor;
}

function readText(fields: TlvObjects, id: string, maxLength: number): string {
  const text = fields.get(id) ?? missing(id);
  if (Array.from(text).length > maxLength) throw fieldError(id, `passa de ${maxLength} caracteres`);
  if (text.trim() === '') throw fieldError(id, 'está em branco');
  return text;
}

function readTxid(additional: TlvObjects | undefined): string | null {
  const txid = (additional ?? missing('62')).get('05') ?? missing('62-05');
  if (txid === '***') return null;
  if (!/^[a-zA-Z0-9]{1,25}$/.test(txid)) throw fieldError('62-05', 'precisa ter de 1 a 25 letras e números, ou ser ***');
  return txid;
}

function readKey(text: string): PixKey {
  const key = parsePixKey(text);
  if (!key) throw fieldError('26-01', 'não é uma chave Pix válida');
  return key;
}

function readUrl(url: string): string {
  if (url.length > MAX_URL_LENGTH) throw fieldError('26-25', `passa de ${MAX_URL_LENGTH} caracteres`);
  if (!URL_PATTERN.test(url) || url.includes('..')) throw fieldError('26-25', 'não é um endereço sem “https://”, com domínio e caminho');
  return url;
}

function matching(objects: TlvObjects, id: string, pattern: RegExp, rule: string): string | undefined {
  const value = objects.get(id);
  if (value !== undefined && !pattern.test(value)) throw fieldError(id, rule);
  return value;
}

function missing(id: string): never {
  throw fieldError(id, 'é obrigatório e não está no código');
}
