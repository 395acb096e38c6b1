/** Texts from outside, made harmless in the one place where they come in: whatever passes here can be stored, logged and shown. */

/** A code goes into steps, reasons and logs: what does not look like one might be anything. */
const CODE = /^[A-Z][A-Z0-9_]{0,59}$/;

/** The code, or `UNNAMED` for what is none. */
export const codeOf = (value: unknown): string => (typeof value === 'string' && CODE.test(value) ? value : 'UNNAMED');

/** Without what no database keeps: NUL is left out, half a surrogate pair becomes U+FFFD. */
export const cleanText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** The same for every text in a JSON value, names of fields among them. */
export function cleanTexts(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanTexts);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [cleanText(name), cleanTexts(inner)]));
}

/** JSON as a cleaned value; undefined when it is none. */
export function parseClean(text: string): unknown {
  try {
    return cleanTexts(JSON.parse(text));
  } catch {
    return undefined;
  }
}
