/** What one tenant has, and how each operation with an id in its path is asked for it. */
import type { Answer } from '../support/whole-platform.ts';

const today = new Date().toISOString().slice(0, 10);

/** The ids of what tenant A has. */
export type Belongings = Record<
  | 'account'
  | 'otherAccount'
  | 'directive'
  | 'transfer'
  | 'hold'
  | 'payment'
  | 'paymentKey'
  | 'reviewed'
  | 'disputed'
  | 'standing'
  | 'forgotten'
  | 'decision'
  | 'quote'
  | 'pixKey',
  string
>;
/** For each operation with an id in its path: whose callers ask, with what of A's, and what A gets. */
export const PATHS: Record<
  string,
  { by: 'service' | 'person' | 'browser'; id: (belongings: Belongings) => string; query?: string; body?: unknown }
> = {
  'GET /v1/ledger/accounts/{id}': { by: 'service', id: (one) => one.account },
  'GET /v1/ledger/accounts/{id}/entries': { by: 'service', id: (one) => one.account },
  'GET /v1/ledger/accounts/{id}/holds': { by: 'service', id: (one) => one.account },
  'GET /v1/ledger/accounts/{id}/movement': {
    by: 'service',
    id: (one) => one.account,
    query: '?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z',
  },
  'PUT /v1/ledger/accounts/{id}/label': { by: 'service', id: (one) => one.account, body: { name: 'Outro nome' } },
  'GET /v1/ledger/holds/{id}': { by: 'service', id: (one) => one.hold },
  'GET /v1/ledger/directives/{id}': { by: 'service', id: (one) => one.directive },
  'GET /v1/ledger/transfers/{id}': { by: 'service', id: (one) => one.transfer },
  'GET /v1/ledger/transfers/{id}/proof': { by: 'service', id: (one) => one.transfer },
  'GET /v1/risk/decisions/{id}': { by: 'service', id: (one) => one.decision },
  'GET /v1/payments/{id}': { by: 'service', id: (one) => one.payment },
  'GET /v1/payments/{id}/steps': { by: 'service', id: (one) => one.payment },
  'POST /v1/payments/{id}/review': { by: 'service', id: (one) => one.reviewed, body: { decision: 'deny', reason: 'De outro cliente' } },
  'POST /v1/payments/{id}/resolve': { by: 'service', id: (one) => one.disputed, body: { decision: 'executed', reason: 'Conferido' } },
  'POST /v1/payments/{id}/retry': { by: 'service', id: (one) => one.forgotten, body: { reason: 'De novo' } },
  'GET /v1/payments/receipts/{id}': { by: 'service', id: (one) => one.standing },
  'POST /v1/payments/receipts/{id}/decision': {
    by: 'service',
    id: (one) => one.standing,
    body: { decision: 'give-back', reason: 'De volta' },
  },
  'GET /v1/cashflow/accounts/{accountId}/days': { by: 'service', id: (one) => one.account, query: `?from=${today}&to=${today}` },
  'GET /bff/v1/payments/{id}': { by: 'browser', id: (one) => one.payment },
  'GET /bff/v1/payments/by-key/{key}': { by: 'browser', id: (one) => one.paymentKey },
  'GET /bff/v1/comprovantes/{id}': { by: 'browser', id: (one) => one.payment },
  'GET /bff/v1/comprovantes/{id}/pdf': { by: 'browser', id: (one) => one.payment },
};

/** What an answer says once the ids asked for are taken out. */
export function saying({ status, body }: Answer, ids: readonly string[]): unknown {
  const { traceId: _traceId, ...rest } = (body ?? {}) as Record<string, unknown>;
  return { status, body: ids.reduce((text, id) => text.replaceAll(id, '<id>'), JSON.stringify(rest)) };
}
