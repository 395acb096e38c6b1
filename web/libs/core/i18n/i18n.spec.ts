import { HttpErrorResponse } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { type Problem, toProblem } from '../problem';
import { en } from './en';
import { I18n } from './i18n';
import { pt } from './pt';

const problem = (status: number, body: Record<string, unknown>): Problem => toProblem(new HttpErrorResponse({ status, error: body }));
function leaves(v: unknown, at = ''): [string, string][] {
  return typeof v === 'string' ? [[at, v]] : Object.entries(v as object).flatMap(([k, x]) => leaves(x, at ? `${at}.${k}` : k));
}
const marks = (s: string) => [...s.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

describe('dictionaries', () => {
  it('have the same keys and the same marks, and no empty text', () => {
    const english = new Map(leaves(en));
    for (const [key, text] of leaves(pt)) {
      expect(text, key).not.toBe('');
      expect(marks(english.get(key) ?? ''), key).toEqual(marks(text));
    }
    expect(english.size).toBe(leaves(pt).length);
  });
  it('fill marks, and switch language with amounts', async () => {
    const i18n = TestBed.inject(I18n);
    expect(i18n.t('pay.confirm', { v: 'R$ 1,00' })).toBe('Pagar R$ 1,00');
    await i18n.use('en-US');
    expect(i18n.t('pay.confirm', { v: 'R$1.00' })).toBe('Pay R$1.00');
    expect(i18n.money('123456')).toBe('R$1,234.56');
    await i18n.use('pt-BR');
  });
  it('tell dates as Brasília has them', () => {
    const i18n = TestBed.inject(I18n);
    expect(i18n.date('2026-11-22T01:30:00Z')).toBe('21 nov');
    expect(i18n.date('2026-11-21')).toBe('21 nov');
  });
});

describe('decode errors', () => {
  const codes = ['EMPTY', 'TOO_LONG', 'BAD_CRC', 'MALFORMED', 'NOT_PIX', 'FIELD_INVALID', 'CURRENCY', 'RECURRENCE_UNSUPPORTED'].map(
    (c) => `PIX_BR_CODE_${c}`,
  );
  it('have each their own words', () => {
    const i18n = TestBed.inject(I18n);
    const all = [...codes, 'PIX_KEY_NOT_FOUND', 'PIX_CHARGE_EXPIRED', 'PIX_DIRECTORY_UNAVAILABLE'];
    const titles = new Set(all.map((code) => i18n.problem(problem(422, { code })).title));
    expect(titles.size).toBe(all.length);
    expect([...titles]).not.toContain(pt.problem.WEB_UNEXPECTED.title);
  });
  it('take the detail of the server where it says more, in its language only', async () => {
    const i18n = TestBed.inject(I18n);
    const p = problem(422, { code: 'PIX_BR_CODE_FIELD_INVALID', detail: 'O nome tem mais de 25 caracteres.' });
    expect(i18n.problem(p).text).toBe('O nome tem mais de 25 caracteres.');
    await i18n.use('en-US');
    expect(i18n.problem(p).text).toBe(en.problem.PIX_BR_CODE_FIELD_INVALID.text);
    await i18n.use('pt-BR');
  });
  it('of any kind of recurrence read as recurrence', () => {
    expect(TestBed.inject(I18n).problem(problem(422, { code: 'PIX_BR_CODE_RECURRENCE_JOURNEY_2' })).title).toBe(
      pt.problem.PIX_BR_CODE_RECURRENCE_UNSUPPORTED.title,
    );
  });
  it('unknown to us show what the server says, or say that the fault is ours', () => {
    const i18n = TestBed.inject(I18n);
    expect(i18n.problem(problem(422, { code: 'NEW_ONE', title: 'T', detail: 'D.', action: 'A.' }))).toEqual({ title: 'T', text: 'D. A.' });
    expect(i18n.problem(problem(503, {})).title).toBe(pt.problem.WEB_UNAVAILABLE.title);
    expect(i18n.problem(toProblem(new HttpErrorResponse({ status: 0 }))).title).toBe(pt.problem.WEB_OFFLINE.title);
  });
});
