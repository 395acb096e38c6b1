/** Reads codes well enough for the screens: the real rules live in the server. */
export interface MockQuote {
  kind: 'static' | 'dynamic' | 'key';
  payee: { name: string; taxIdMasked: string; bankName: string; keyMasked: string | null; city: string | null };
  amountMinor: string | null;
  amountEditable: boolean;
  txid: string | null;
  description: string | null;
  expiresAt: string | null;
  quoteId: string;
  outcome: string;
}
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  constructor(status: number, code: string, detail = '') {
    super(code);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}
function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, 'utf8')) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
function fields(text: string): Map<string, string> {
  const out = new Map<string, string>();
  for (let i = 0; i < text.length; ) {
    const n = Number(text.slice(i + 2, i + 4));
    const value = text.slice(i + 4, i + 4 + n);
    if (!/^\d{4}$/.test(text.slice(i, i + 4)) || value.length !== n)
      throw new Refused(422, 'PIX_BR_CODE_MALFORMED', 'Um campo diz ter mais caracteres do que tem.');
    out.set(text.slice(i, i + 2), value);
    i += 4 + n;
  }
  return out;
}
const PAYEE = {
  name: 'Padaria São José Ltda',
  taxIdMasked: '**.345.678/0001-**',
  bankName: 'Banco Exemplo S.A.',
  keyMasked: null,
  city: null,
};
const outcomeOf = (key: string): string => /^(rejeita|lento|analise|bloqueado|incerto)@/.exec(key)?.[1] ?? 'ok';

export function decode(code: string): MockQuote {
  const quoteId = `quo_${crypto.randomUUID()}`;
  const base = { txid: null, description: null, expiresAt: null, quoteId };
  if (!code) throw new Refused(422, 'PIX_BR_CODE_EMPTY');
  if (code.length > 1000) throw new Refused(422, 'PIX_BR_CODE_TOO_LONG');
  if (!code.startsWith('0002')) {
    if (code === 'fora@exemplo.com.br') throw new Refused(503, 'PIX_DIRECTORY_UNAVAILABLE');
    if (!/^([^@\s]+@[^@\s]+|\+55\d{10,11}|\d{11}|[0-9A-Z]{14}|[0-9a-f-]{36})$/.test(code) || code.startsWith('ninguem'))
      throw new Refused(422, 'PIX_KEY_NOT_FOUND');
    return {
      ...base,
      kind: 'key',
      payee: {
        ...PAYEE,
        name: 'Rafael Monteiro Alves',
        taxIdMasked: '***.456.789-**',
        keyMasked: code.includes('@') ? code : `${code.slice(0, 4)}•••${code.slice(-2)}`,
      },
      amountMinor: null,
      amountEditable: true,
      outcome: outcomeOf(code),
    };
  }
  if (crc16(code.slice(0, -4)) !== code.slice(-4).toUpperCase()) throw new Refused(422, 'PIX_BR_CODE_BAD_CRC');
  const f = fields(code);
  if (f.has('80')) throw new Refused(422, 'PIX_BR_CODE_RECURRENCE_UNSUPPORTED');
  const account = f.get('26');
  if (!account) throw new Refused(422, 'PIX_BR_CODE_NOT_PIX');
  if (f.get('53') !== '986') throw new Refused(422, 'PIX_BR_CODE_CURRENCY');
  const inner = fields(account);
  const city = f.get('60') ?? null;
  const name = f.get('59') ?? PAYEE.name;
  if (inner.has('25')) {
    if (inner.get('25')?.includes('vencida')) throw new Refused(422, 'PIX_CHARGE_EXPIRED');
    return {
      ...base,
      kind: 'dynamic',
      payee: { ...PAYEE, name, city },
      amountMinor: '12990',
      amountEditable: false,
      txid: '8b3da2f39a4140d1a91abd93113bd441',
      description: 'Pedido 1042',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      outcome: 'ok',
    };
  }
  const amount = f.get('54');
  const key = inner.get('01') ?? '';
  return {
    ...base,
    kind: 'static',
    payee: { ...PAYEE, name, city, keyMasked: `${key.slice(0, 8)}•••` },
    amountMinor: amount ? String(Math.round(Number(amount) * 100)) : null,
    amountEditable: !amount,
    txid: f.get('62') ? (fields(f.get('62')!).get('05') ?? null) : null,
    description: inner.get('02') ?? null,
    outcome: outcomeOf(key),
  };
}
/** A static code for tests and screenshots. */
export function staticCode(key: string, amount?: string): string {
  const tlv = (id: string, v: string) => id + String(Buffer.byteLength(v)).padStart(2, '0') + v;
  const body = `${tlv('00', '01')}${tlv('26', tlv('00', 'br.gov.bcb.pix') + tlv('01', key))}52040000${tlv('53', '986')}${amount ? tlv('54', amount) : ''}5802BR${tlv('59', 'Fulano de Tal')}${tlv('60', 'BRASILIA')}${tlv('62', tlv('05', '***'))}6304`;
  return body + crc16(body);
}
