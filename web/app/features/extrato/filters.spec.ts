import { stepKey } from '../../money/step-names';
import { byDay, directionOf, pageSizeOf, periodOf, queryOf } from './filters';

const NOW = Date.parse('2026-11-21T01:00:00Z'); // 22h of the 20th in Brasília

describe('filters of the statement', () => {
  it('read the URL and fall back to the usual on nonsense', () => {
    expect([directionOf({ direcao: 'entradas' }), directionOf({ direcao: 'saidas' }), directionOf({ direcao: 'x' })]).toEqual([
      'in',
      'out',
      'all',
    ]);
    expect([periodOf({ periodo: '7' }), periodOf({ periodo: 'tudo' }), periodOf({ periodo: '-1' })]).toEqual(['7', 'tudo', '30']);
  });
  it('count days in Brasília, today included', () => {
    expect(queryOf({ periodo: '7', direcao: 'saidas' }, NOW)).toEqual({ direction: 'out', from: '2026-11-14' });
    expect(queryOf({ periodo: 'tudo' }, NOW)).toEqual({});
  });
  it('take free dates before a named period, and leave out what is no date', () => {
    expect(queryOf({ periodo: '7', de: '2026-01-01', ate: '2026-01-31' }, NOW)).toEqual({ from: '2026-01-01', to: '2026-01-31' });
    expect(queryOf({ de: 'ontem', ate: '2026-01-31' }, NOW)).toEqual({ to: '2026-01-31' });
  });
  it('search with more lines an answer, and list what failed whatever the direction', () => {
    expect(queryOf({ periodo: 'tudo', busca: '  padaria ' }, NOW)).toEqual({ search: 'padaria' });
    expect([pageSizeOf({ busca: 'x' }), pageSizeOf({ busca: '  ' })]).toEqual([100, 30]);
    expect(queryOf({ periodo: 'tudo', direcao: 'entradas', situacao: 'nao-concluidos' }, NOW)).toEqual({ status: 'failed' });
  });
  it('group lines by the day of Brasília, in their order', () => {
    const lines = ['2026-11-21T02:59:00Z', '2026-11-20T12:00:00Z', '2026-11-20T02:00:00Z'].map((at) => ({ at }));
    expect(byDay(lines).map((g) => [g.date, g.lines.length])).toEqual([
      ['2026-11-20', 2],
      ['2026-11-19', 1],
    ]);
  });
});

describe('words', () => {
  it('know the steps of the server by what they are about', () => {
    expect(
      ['assess', 'expire-review', 'hold', 'transfer', 'send', 'query', 'confirmation', 'post', 'release', 'mystery'].map(stepKey),
    ).toEqual([
      'step.risk',
      'step.review',
      'step.hold',
      'step.settle',
      'step.send',
      'step.query',
      'step.confirm',
      'step.settle',
      'step.release',
      null,
    ]);
  });
});
