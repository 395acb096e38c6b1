import { formatDecimalAmount } from './amount.ts';
import { fieldError } from './br-code-errors.ts';
import { parseBrCode } from './br-code-parse.ts';
import { formatTlv } from './br-code-tlv.ts';
import { type BrCode, PIX_GUI, type StaticBrCode } from './br-code-types.ts';
import { crc16 } from './crc16.ts';

/**
 * Writes a BR Code, in ASCII: accents of name, city and description are taken off, other foreign characters dropped.
 *
 * @throws BrCodeError when a field breaks its rule: what is written here is read back by {@link parseBrCode} before it is returned.
 */
export function formatBrCode(code: BrCode): string {
  const body = [
    formatTlv('00', '01'),
    code.oneTime ? formatTlv('01', '12') : '',
    formatTlv('26', formatAccount(code)),
    ...(code.kind === 'static' ? formatPayee(code) : formatNobody()),
    '6304',
  ].join('');
  const text = body + crc16(body);
  parseBrCode(text);
  return text;
}

function formatPayee(code: StaticBrCode): string[] {
  return [
    formatTlv('52', code.categoryCode),
    formatTlv('53', '986'),
    code.amountMinor === null ? '' : formatTlv('54', formatAmount(code.amountMinor)),
    formatTlv('58', 'BR'),
    formatTlv('59', toAscii(code.payeeName)),
    formatTlv('60', toAscii(code.payeeCity)),
    code.postalCode === null ? '' : formatTlv('61', code.postalCode),
    formatTlv('62', formatTlv('05', code.txid ?? '***')),
  ];
}

/** What every code must carry, although in a dynamic one nobody reads it. */
function formatNobody(): string[] {
  return [
    formatTlv('52', '0000'),
    formatTlv('53', '986'),
    formatTlv('58', 'BR'),
    formatTlv('59', 'Pix'),
    formatTlv('60', 'Brasil'),
    formatTlv('62', formatTlv('05', '***')),
  ];
}

function formatAccount(code: BrCode): string {
  const gui = formatTlv('00', PIX_GUI);
  if (code.kind === 'dynamic') return gui + formatTlv('25', code.url);
  const description = code.description === null ? '' : formatTlv('02', toAscii(code.description));
  return gui + formatTlv('01', code.key.value) + description;
}

function formatAmount(amountMinor: bigint): string {
  try {
    return formatDecimalAmount(amountMinor);
  } catch {
    throw fieldError('54', 'passa do maior valor de um Pix');
  }
}

/** Compatibility forms split an accented letter into letter and mark; what is then outside printable ASCII goes. */
const toAscii = (text: string): string => text.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
