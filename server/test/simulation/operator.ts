/** How people decide about payments at a crash stage: a service asks over HTTP with its token, and where it takes two an operator approves. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Approval } from '#platform/approvals/contract.ts';
import { AppError } from '#platform/errors.ts';
import { connectFace } from '#platform/face/call.ts';
import { createServiceTokens } from '#platform/face/service-token.ts';
import { newId } from '#platform/id.ts';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../src/modules/identity/seed.ts';
import { paymentsContract } from '../../src/modules/payments/contract.ts';
import { LASTRO } from '../support/identity-server.ts';
import { INTERNAL_SECRET } from '../support/running-platform.ts';
import type { CrashStage } from './crash-stage.ts';
import { whileDown } from './money-checks.ts';

const APPROVER = { kind: 'operator', id: newId() } as const;

/** Asks until the server is there: the same key each time, so that it is done once; and approves what was only asked for. */
export async function decide(
  { baseUrl, internalUrl }: Pick<CrashStage, 'baseUrl' | 'internalUrl'>,
  {
    id,
    route,
    scope,
    body,
  }: { id: string; route: 'resolve' | 'retry' | 'review'; scope: 'payments:resolve' | 'payments:review'; body: object },
): Promise<void> {
  const key = randomUUID();
  const asked = await whileDown(() => post(baseUrl, { target: `/v1/payments/${id}/${route}`, scope, body, key }), true);
  if (asked.status === 202) await approve(internalUrl, asked.body as Approval);
}

/** Approved once, also when the process died before it could say so: whoever comes too late then hears that it is over. */
async function approve(internalUrl: string, { id, seal, reason }: Approval): Promise<void> {
  const tokens = createServiceTokens(Buffer.from(INTERNAL_SECRET, 'base64'), Date.now);
  const face = connectFace(paymentsContract, internalUrl, tokens, Date.now);
  const ctx = { tenantId: LASTRO, actor: APPROVER };
  try {
    await whileDown(
      () =>
        face.decideApproval(ctx, { approvalId: id, decision: 'approve', seal, reason }).catch((error: unknown) => {
          if (error instanceof AppError && error.code === 'PLATFORM_APPROVAL_OVER') return;
          throw error;
        }),
      true,
    );
  } finally {
    await face.close();
  }
}

async function post(
  baseUrl: string,
  { target, scope, body, key }: { target: string; scope: string; body: object; key: string },
): Promise<{ status: number; body: unknown }> {
  const token = await serviceToken(baseUrl, scope);
  const answer = await fetch(`${baseUrl}${target}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, text);
  return { status: answer.status, body: JSON.parse(text) };
}

async function serviceToken(baseUrl: string, scope: string): Promise<string> {
  const basic = Buffer.from(`${DEMO_CLIENT_ID}:${DEMO_CLIENT_SECRET}`).toString('base64');
  const grant = await fetch(`${baseUrl}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  return ((await grant.json()) as { access_token: string }).access_token;
}
