/**
 * `npm run demo -- --profile risk`: two questions of another system of the house, on the internal port, and the decisions as operators read
 * them, on the public one. Exits non-zero when a step fails.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DEVELOPMENT_TENANTS } from '../server/src/modules/identity/seed.ts';
import { type Decision, riskContract } from '../server/src/modules/risk/contract.ts';
import { connectFace } from '../server/src/platform/face/call.ts';
import { createServiceTokens } from '../server/src/platform/face/service-token.ts';
import { newId } from '../server/src/platform/id.ts';
import { call, demoUrl, serviceToken, step } from './lib/demo-steps.ts';
import { makeFolders } from './supervisor/folders.ts';
import { INTERNAL_OFFSET } from './supervisor/ports.ts';
import { readSecrets } from './supervisor/secrets.ts';

const secret = process.env.LASTRO_INTERNAL_SECRET ?? readSecrets(makeFolders().state).LASTRO_INTERNAL_SECRET;
const internalPort = process.env.INTERNAL_PORT ?? String(Number(process.env.PORT ?? 3000) + INTERNAL_OFFSET);
const now = (): number => Date.now();
const risk = connectFace(riskContract, `http://127.0.0.1:${internalPort}`, createServiceTokens(Buffer.from(secret, 'base64'), now), now);
const ctx = { tenantId: DEVELOPMENT_TENANTS[0]!.id, actor: { kind: 'system', id: 'demo' } } as const;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const ask = (payeeKey: string, amountMinor: string) =>
  risk.assess(ctx, {
    paymentId: newId(),
    subjectId: newId(),
    accountId: newId(),
    amountMinor,
    currency: 'BRL',
    method: 'pix',
    payeeHash: sha256(`demo ${payeeKey}`),
    payeeKeyHash: sha256(payeeKey),
    payeeTaxIdHash: null,
    createdAt: new Date().toISOString(),
    channel: 'web',
    sessionAgeMs: 60_000,
  });

console.log(`\nLastro, a análise de risco, em ${demoUrl}\n`);
const token = await step('um token para quem lê decisões', () => serviceToken('risk:read'));
const good = await step('R$ 42,50 para alguém sem nada contra: aprovado', async () => {
  const answer = await ask('maria@exemplo.com.br', '4250');
  assert.equal(answer.decision, 'approve', JSON.stringify(answer.reasons));
  return answer;
});
const bad = await step('o mesmo valor para uma chave denunciada: recusado, com o motivo', async () => {
  const answer = await ask('golpe@exemplo.com.br', '4250');
  assert.equal(answer.decision, 'deny', JSON.stringify(answer.reasons));
  assert.ok(
    answer.reasons.some(({ code }) => code.includes('BLOCK')),
    JSON.stringify(answer.reasons),
  );
  return answer;
});
await step('cada decisão, com tudo em que se apoiou', async () => {
  for (const { decisionId, decision } of [good, bad]) {
    const kept = await call<Decision>(200, 'GET', `/v1/risk/decisions/${decisionId}`, { token });
    assert.equal(kept.decision, decision);
    assert.ok(Object.keys(kept.inputs).length > 0);
  }
});
await risk.close();
console.log('\n  tudo certo\n');
