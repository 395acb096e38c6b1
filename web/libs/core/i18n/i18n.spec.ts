import '../../../app/features/pagar/texts';
import '../../../app/money/texts';
import { HttpErrorResponse } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { type Problem, toProblem } from '../problem';
import { I18n } from './i18n';
import { defineProblems, defineTexts, findProblem, plural } from './texts';

const problem = (status: number, body: Record<string, unknown>): Problem => toProblem(new HttpErrorResponse({ status, error: body }));
describe('texts', () => {
  it('fill marks, and switch language with amounts', () => {
    const i18n = TestBed.inject(I18n);
    expect(i18n.t('pay.confirm', { v: 'R$ 1,00' })).toBe('Pagar R$ 1,00');
    i18n.use('en-US');
    expect(i18n.t('pay.confirm', { v: 'R$1.00' })).toBe('Pay R$1.00');
    expect(i18n.money('123456')).toBe('R$1,234.56');
    i18n.use('pt-BR');
  });
  it('count in the words of each language', () => {
    const i18n = TestBed.inject(I18n);
    defineTexts({ probe: { days: plural({ one: ['{n} dia', '{n} day'], other: ['{n} dias', '{n} days'] }) } });
    const say = (n: number) => i18n.t('probe.days' as never, { n });
    expect([0, 1, 2, 1_000_000].map(say)).toEqual(['0 dia', '1 dia', '2 dias', '1000000 dias']);
    i18n.use('en-US');
    expect([0, 1, 2].map(say)).toEqual(['0 days', '1 day', '2 days']);
    i18n.use('pt-BR');
  });
  it('that nobody loaded show their key, and a problem of any feature has its words', () => {
    const i18n = TestBed.inject(I18n);
    expect(i18n.t('probe.gone' as never)).toBe('probe.gone');
    defineProblems({ PROBE_FULL: { title: ['Cheio', 'Full'], text: ['Espere.', 'Wait.'] } });
    expect(i18n.problem(problem(409, { code: 'PROBE_FULL', title: 'x' }))).toEqual({ title: 'Cheio', text: 'Espere.' });
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
    expect([...titles]).not.toContain(findProblem('WEB_UNEXPECTED')!.title[0]);
  });
  it('take the detail of the server where it says more, in its language only', () => {
    const i18n = TestBed.inject(I18n);
    const p = problem(422, { code: 'PIX_BR_CODE_FIELD_INVALID', detail: 'O nome tem mais de 25 caracteres.' });
    expect(i18n.problem(p).text).toBe('O nome tem mais de 25 caracteres.');
    i18n.use('en-US');
    expect(i18n.problem(p).text).toBe(findProblem('PIX_BR_CODE_FIELD_INVALID')!.text[1]);
    i18n.use('pt-BR');
  });
  it('of any kind of recurrence read as recurrence', () => {
    expect(TestBed.inject(I18n).problem(problem(422, { code: 'PIX_BR_CODE_RECURRENCE_JOURNEY_2' })).title).toBe(
      findProblem('PIX_BR_CODE_RECURRENCE_UNSUPPORTED')!.title[0],
    );
  });
  it('unknown to us show what the server says, or say that the fault is ours', () => {
    const i18n = TestBed.inject(I18n);
    expect(i18n.problem(problem(422, { code: 'NEW_ONE', title: 'T', detail: 'D.', action: 'A.' }))).toEqual({ title: 'T', text: 'D. A.' });
    expect(i18n.problem(problem(503, {})).title).toBe(findProblem('WEB_UNAVAILABLE')!.title[0]);
    expect(i18n.problem(toProblem(new HttpErrorResponse({ status: 0 }))).title).toBe(findProblem('WEB_OFFLINE')!.title[0]);
  });
});
