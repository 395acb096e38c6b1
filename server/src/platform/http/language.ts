import type { Words } from '../errors.ts';

/** Languages of the API, the default first. */
export type Language = keyof Words;

/** What an answer says of itself in Content-Language. */
export const LANGUAGE_TAGS: Record<Language, string> = { pt: 'pt-BR', en: 'en' };

const MOST_RANGES = 20;

/**
 * The language of an answer by the request's Accept-Language (RFC 9110 §12.5.4): of those we speak the one with the highest weight, of
 * equals the first named. Portuguese where the header is missing, or names none of ours.
 */
export function languageOf(header: string | string[] | undefined): Language {
  if (header === undefined) return 'pt';
  let best: { language: Language; weight: number } | undefined;
  for (const range of String(header).slice(0, 500).split(',').slice(0, MOST_RANGES)) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = /^pt(-|$)/.test(tag) ? 'pt' : /^en(-|$)/.test(tag) ? 'en' : undefined;
    const said = parameters.find((one) => one.startsWith('q='))?.slice(2);
    const weight = said === undefined ? 1 : Number(said);
    if (language && weight > 0 && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? 'pt';
}
