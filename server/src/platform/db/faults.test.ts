import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, refusePlatform } from '../errors.ts';
import { type FaultKind, isOutage, isOutcomeUnknown, isRetryable, kindOfFault } from './faults.ts';

/** As the driver throws them: what Postgres says has a severity beside its code. */
const said = (code: string, more: object = {}) => Object.assign(new Error('planted'), { severity: 'ERROR', code, ...more });
const network = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

const CASES: [FaultKind, unknown[]][] = [
  ['contention', [said('40001'), said('40P01')]],
  [
    'connection',
    [
      ...['08000', '08003', '08006', '57P01', '57P02', '57P03', '57P05', '25P03', '25P04'].map((code) => said(code)),
      ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENOENT'].map(network),
      ...[
        'Query read timeout',
        'Connection terminated',
        'Connection terminated unexpectedly',
        'Connection terminated due to connection timeout',
        'timeout exceeded when trying to connect',
        'timeout expired',
        'Client has encountered a connection error and is not queryable',
        'Client was closed and is not queryable',
        'Cannot use a pool after calling end on the pool',
      ].map((message) => new Error(message)),
    ],
  ],
  ['overload', ['53000', '53100', '53200', '53300', '57014', '55P03', '58000', '58030'].map((code) => said(code))],
  ['unfit', ['25006', '42501', '42P01', '42703', '42883', '3F000'].map((code) => said(code))],
  ['data', ['22P05', '22003', '22021', '23502', '23505', '23514'].map((code) => said(code))],
  ['data', [said('42501', { routine: 'ExecWithCheckOptions' })]],
  ['statement', [said('42601'), said('0A000'), said('P0001'), said('25P02')]],
  ['foreign', [new Error('invariant broken: x'), refusePlatform('PLATFORM_NOT_FOUND'), new TypeError('x'), 'text', null, undefined]],
];

for (const [kind, errors] of CASES) {
  test(`${kind}: what it is, and what follows from it`, () => {
    for (const error of errors) {
      const name = `${(error as { code?: string } | null)?.code ?? ''} ${error}`;
      assert.equal(kindOfFault(error), kind, name);
      assert.equal(isOutage(error), ['contention', 'connection', 'overload', 'unfit'].includes(kind), name);
      assert.equal(isOutcomeUnknown(error), kind === 'connection', name);
      assert.equal(isRetryable(error), kind === 'contention', name);
    }
  });
}

test('an AppError is never a fault of the database, whatever its text', () => {
  const error = new AppError({
    code: 'X_Y',
    status: 400,
    title: 't',
    action: 'a',
    en: { title: 't', action: 'a' },
    detail: { pt: 'Connection terminated', en: 'Connection terminated' },
  });
  assert.equal(kindOfFault(error), 'foreign');
});
