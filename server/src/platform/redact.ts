/**
 * Shapes that look like documents and are none: UUIDs, trace ids (hex with at least one letter), instants, our readable ids and the
 * end-to-end ids of Pix. They are left alone, so that logs stay useful.
 */
const KEEP = new RegExp(
  [
    '(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])',
    '(?<![0-9A-Za-z])(?=[0-9]*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{16})(?![0-9A-Za-z])',
    '(?<!\\d)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?(?!\\d)',
    '(?<![0-9A-Za-z])[a-z]{2,5}_[0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9A-Za-z])',
    '(?<![0-9A-Za-z])[ED]\\d{20}[0-9A-Za-z]{11}(?![0-9A-Za-z])',
  ].join('|'),
  'g',
);

// Boundaries are "no digit before or after" and not \b: a document right behind a letter or an underscore is one all the same.
const CPF = /(?<!\d)\d{3}[. ]?\d{3}[. ]?\d{3}[- ]?\d{2}(?!\d)/g;
const DOTTED_CNPJ = /[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}\/?[0-9A-Z]{4}-?\d{2}(?!\d)/gi;
const BARE_CNPJ = /(?<![0-9A-Z])[0-9A-Z]{8}\/?[0-9A-Z]{4}-?\d{2}(?![0-9A-Z])/g;
const CARD = /(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)/g;
const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/giu;
/** Keys and secrets of machines (`identity/machines/machine-key.ts`), also when cut short or with more behind. */
const MACHINE_KEY = /lastro_(?:key|secret)_[0-9A-Za-z]{8,}/g;
const DOCUMENT_DIGITS = 11;
const CARD_DIGITS = 19;

/** Removes what identifies a person from a text. The last line of defence: nothing should hand it over in the first place. */
export function redact(given: string): string {
  const text = given.includes('lastro_') ? given.replace(MACHINE_KEY, '[key]') : given;
  let scrubbed = '';
  let end = 0;
  for (const kept of text.matchAll(KEEP)) {
    scrubbed += scrub(text.slice(end, kept.index)) + kept[0];
    end = kept.index + kept[0].length;
  }
  return scrubbed + scrub(text.slice(end));
}

function scrub(text: string): string {
  if (text.length < DOCUMENT_DIGITS && !text.includes('@') && !text.includes('%40')) return text;
  return text
    .replace(EMAIL, '[email]')
    .replace(DOTTED_CNPJ, '[doc]')
    .replace(BARE_CNPJ, (match) => (looksLikeCnpj(match) ? '[doc]' : match))
    .replace(CPF, '[doc]')
    .replace(CARD, '[number]');
}

/** Fourteen digits, or right check digits (modulo 11 over ASCII − 48: letters count since 2026). */
function looksLikeCnpj(match: string): boolean {
  const plain = match.replaceAll(/[/-]/g, '');
  if (/^\d+$/.test(plain)) return true;
  const values = [...plain].map((char) => char.charCodeAt(0) - 48);
  return [12, 13].every((length) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[i]! * (((length - 1 - i) % 8) + 2);
    const rest = sum % 11;
    return values[length] === (rest < 2 ? 0 : 11 - rest);
  });
}

/** Fields whose values are never worth their risk, whatever they look like. Hashes and ids of such things are harmless. */
const HIDDEN =
  /^(?!.*(?:hash|id)$).*(?:password|senha|token|secret|authorization|cookie|cpf|cnpj|tax_?id|e-?mail|phone|telefone|pix_?key)/i;
const DEPTH = 12;

/** A copy of plain JSON with personal data removed from keys, texts and numbers, at any depth. */
export function redactJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return isTelling(value) ? '[number]' : value;
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((one) => redactJson(one, depth + 1));
  const entries = Object.entries(value).map(([key, inner]) => {
    const hidden = HIDDEN.test(key) && inner !== null && typeof inner !== 'boolean';
    return [redact(key), hidden ? '[removed]' : redactJson(inner, depth + 1)] as const;
  });
  return Object.fromEntries(entries);
}

/** A whole number long enough to be a document or a card. */
function isTelling(value: number): boolean {
  const digits = Math.abs(value).toString().length;
  return Number.isInteger(value) && digits >= DOCUMENT_DIGITS && digits <= CARD_DIGITS + 2;
}
