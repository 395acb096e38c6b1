import { DOCUMENT, effect, Injectable, inject, signal } from '@angular/core';
import { formatMinor, type Lang, type Minor } from '../money';
import type { Problem } from '../problem';
import { BROWSER_STORAGE } from '../storage';
import './core-texts';
import { findProblem, findText, isPlural, type Key, type Pair } from './texts';

export type { Key, Pair } from './texts';
export type Params = Record<string, string | number>;

/** Codes for which the server's detail says more (which field, which recurrence) than our fixed text. */
const DETAIL_FIRST = new Set([
  'PIX_BR_CODE_FIELD_INVALID',
  'PIX_BR_CODE_MALFORMED',
  'PIX_KEY_CPF_INVALID',
  'PIX_KEY_CNPJ_INVALID',
  'PIX_KEY_PHONE_INVALID',
  'PIX_KEY_EMAIL_INVALID',
  'PIX_KEY_EVP_INVALID',
  'IDENTITY_WEAK_PASSWORD',
]);
const TZ = 'America/Sao_Paulo';

@Injectable({ providedIn: 'root' })
export class I18n {
  private readonly doc = inject(DOCUMENT);
  private readonly local = inject(BROWSER_STORAGE).local;
  readonly lang = signal<Lang>(this.local.get('lastro.lang') === 'en-US' ? 'en-US' : 'pt-BR');

  constructor() {
    effect(() => {
      this.doc.documentElement.lang = this.lang();
    });
  }

  use(lang: Lang): void {
    this.lang.set(lang);
    this.local.set('lastro.lang', lang);
  }
  toggle(): void {
    this.use(this.lang() === 'pt-BR' ? 'en-US' : 'pt-BR');
  }
  /** Of a text with two forms, the one for `params.n`. A key whose texts were not loaded shows as itself; a test finds those. */
  t(key: Key, params: Params = {}): string {
    const found = findText(key);
    if (!found) return key;
    return this.pick(isPlural(found) ? found[this.form(Number(params.n))] : found, params);
  }
  pick(pair: Pair, params: Params = {}): string {
    return fill(pair[this.lang() === 'pt-BR' ? 0 : 1], params);
  }
  /** Portuguese counts zero as one; beyond `one` both languages say the other form. */
  private form(n: number): 'one' | 'other' {
    return new Intl.PluralRules(this.lang()).select(n) === 'one' ? 'one' : 'other';
  }
  money(v: Minor | bigint, compact = false): string {
    return formatMinor(v, this.lang(), compact);
  }
  /** A date of the account (YYYY-MM-DD) or a moment (ISO), always as Brasília tells it. */
  date(d: string, o: Intl.DateTimeFormatOptions = { day: '2-digit', month: 'short' }): string {
    const s = new Intl.DateTimeFormat(this.lang(), { timeZone: TZ, ...o }).format(new Date(d.length === 10 ? `${d}T12:00:00-03:00` : d));
    // "21 de nov." is long for a row: short months lose the particle and the dot.
    return o.month === 'short' ? s.replace(/ de /g, ' ').replace(/\./g, '') : s;
  }
  /** A moment with its hour: today's by the hour alone. */
  moment(iso: string): string {
    const day = (d: string | number) => new Intl.DateTimeFormat('en-CA', { timeZone: TZ }).format(new Date(d));
    const hour = this.date(iso, { hour: '2-digit', minute: '2-digit' });
    const isToday = day(iso) === day(Date.now());
    return this.t('common.dayAtHour', { d: isToday ? this.t('common.today').toLocaleLowerCase(this.lang()) : this.date(iso), h: hour });
  }
  problem(p: Problem): { title: string; text: string } {
    const words = (code: string) => {
      const found = findProblem(code);
      return found ? { title: this.pick(found.title), text: this.pick(found.text, { n: p.retryAfterS ?? 0 }) } : null;
    };
    if (p.code === 'WEB_TOO_MANY' || p.status === 429) return words(p.retryAfterS ? 'WEB_TOO_MANY_S' : 'WEB_TOO_MANY')!;
    // A recurrence code may carry a suffix that says which kind.
    const code = p.code.startsWith('PIX_BR_CODE_RECURRENCE') ? 'PIX_BR_CODE_RECURRENCE_UNSUPPORTED' : p.code;
    const known = words(code);
    if (known) return { ...known, ...(this.lang() === 'pt-BR' && DETAIL_FIRST.has(code) && p.detail ? { text: p.detail } : {}) };
    const fallback = words(p.status >= 500 ? 'WEB_UNAVAILABLE' : 'WEB_UNEXPECTED')!;
    return { title: p.title || fallback.title, text: [p.detail, p.action].filter(Boolean).join(' ') || fallback.text };
  }
}

const fill = (s: string, params: Params): string => s.replace(/\{(\w+)\}/g, (_, k: string) => String(params[k] ?? `{${k}}`));
