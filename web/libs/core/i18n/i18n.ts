import { computed, DOCUMENT, effect, Injectable, inject, signal } from '@angular/core';
import { formatMinor, type Lang, type Minor } from '../money';
import type { Problem } from '../problem';
import { BROWSER_STORAGE } from '../storage';
import { type Dict, pt } from './pt';

type Leaves<T, P extends string = ''> = { [K in keyof T & string]: T[K] extends string ? `${P}${K}` : Leaves<T[K], `${P}${K}.`> }[keyof T &
  string];
/** A key that is missing from pt.ts does not compile; neither does a dictionary that lacks one. */
export type Key = Leaves<Dict>;
export type Params = Record<string, string | number>;
type ProblemCode = keyof Dict['problem'];

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
  private readonly dicts = signal<Partial<Record<Lang, Dict>>>({ 'pt-BR': pt });
  readonly lang = signal<Lang>('pt-BR');
  private readonly dict = computed(() => this.dicts()[this.lang()] ?? pt);

  constructor() {
    effect(() => {
      this.doc.documentElement.lang = this.lang();
    });
    if (this.local.get('lastro.lang') === 'en-US') void this.use('en-US');
  }

  async use(lang: Lang): Promise<void> {
    if (lang === 'en-US' && !this.dicts()[lang]) {
      const { en } = await import('./en');
      this.dicts.update((d) => ({ ...d, [lang]: en }));
    }
    this.lang.set(lang);
    this.local.set('lastro.lang', lang);
  }
  toggle(): void {
    void this.use(this.lang() === 'pt-BR' ? 'en-US' : 'pt-BR');
  }
  t(key: Key, params: Params = {}): string {
    let v: unknown = this.dict();
    for (const k of key.split('.')) v = (v as Record<string, unknown>)[k];
    return fill(String(v), params);
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
    const dict = this.dict().problem;
    if (p.code === 'WEB_TOO_MANY' || p.status === 429) {
      const known = p.retryAfterS ? dict.WEB_TOO_MANY_S : dict.WEB_TOO_MANY;
      return { title: known.title, text: fill(known.text, { n: p.retryAfterS ?? 0 }) };
    }
    // A recurrence code may carry a suffix that says which kind.
    const code = p.code.startsWith('PIX_BR_CODE_RECURRENCE') ? 'PIX_BR_CODE_RECURRENCE_UNSUPPORTED' : p.code;
    const known = code in dict ? dict[code as ProblemCode] : null;
    if (known) return { title: known.title, text: (this.lang() === 'pt-BR' && DETAIL_FIRST.has(code) && p.detail) || known.text };
    const fallback = p.status >= 500 ? dict.WEB_UNAVAILABLE : dict.WEB_UNEXPECTED;
    return { title: p.title || fallback.title, text: [p.detail, p.action].filter(Boolean).join(' ') || fallback.text };
  }
}

const fill = (s: string, params: Params): string => s.replace(/\{(\w+)\}/g, (_, k: string) => String(params[k] ?? `{${k}}`));
