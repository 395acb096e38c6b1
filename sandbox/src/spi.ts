import { publicEntry } from './directory.ts';
import { SandboxError } from './errors.ts';
import type { Payment } from './institution.ts';
import { maskTaxId } from './people.ts';
import type { Return } from './returns.ts';
import { applyFaults, injectedError, notFound, type SandboxApp, type Services } from './sandbox-app.ts';
import { EndToEndIdParam, PaymentOrder, ReceiptIdParam, ReturnIdParam, ReturnOrder } from './schemas.ts';

/** How long an answer waits for a webhook that is to arrive before it. */
const BEFORE_ANSWER_PATIENCE_MS = 2_000;

/** Payments: sending one, asking about one, asking about one that arrived, giving one back. */
export function spiRoutes(app: SandboxApp, services: Services): void {
  const { institution, directory, faults, pause, hang } = services;
  app.post('/spi/payments', { schema: { body: PaymentOrder } }, async ({ body }, reply) => {
    if (!body.endToEndId.startsWith(`E${body.payer.ispb}`)) {
      throw new SandboxError(422, 'E2E_ISPB_MISMATCH', "the endToEndId does not begin with the payer's ISPB");
    }
    if (faults.strikes('error500')) throw injectedError();
    const announceFirst = faults.strikes('webhook.beforeAnswer');
    const { payment, isNew } = await institution.accept(body, announceFirst);
    if (announceFirst) {
      const { firstTry } = await institution.execute(payment);
      await Promise.race([firstTry, pause(BEFORE_ANSWER_PATIENCE_MS)]);
    }
    if (faults.strikes('timeoutAfterExecute')) return hang(reply);
    if (faults.strikes('error500AfterExecute')) throw injectedError();
    // The latency delays the answer only: a caller that gave up and then hears 404 would rightly believe that nothing happened.
    await pause(faults.config.latencyMs);
    const acceptedAt = new Date(payment.acceptedAtMs).toISOString();
    return reply.code(isNew ? 201 : 200).send({ endToEndId: payment.order.endToEndId, status: 'accepted', acceptedAt });
  });

  app.get('/spi/payments/:endToEndId', { schema: { params: EndToEndIdParam } }, async ({ params }) => {
    await applyFaults(services, faults.config.query?.latencyMs, 'query.error500');
    const payment = await institution.findPayment(params.endToEndId);
    if (!payment) throw notFound('payment');
    const { order, status, plan, finishedAtMs } = payment;
    const settledAt = status === 'settled' && finishedAtMs !== null ? new Date(finishedAtMs).toISOString() : undefined;
    const reason = status === 'rejected' ? plan.reason : undefined;
    return { endToEndId: order.endToEndId, status, reason, settledAt, amount: order.amount, payee: publicPayee(payment) };
  });

  app.get('/spi/receipts/:endToEndId', { schema: { params: ReceiptIdParam } }, async ({ params }) => {
    await applyFaults(services, faults.config.query?.latencyMs, 'query.error500');
    const receipt = institution.findReceipt(params.endToEndId);
    if (!receipt) throw notFound('receipt');
    const { endToEndId, returnOf, amount, payeeKey, payer, txid, atMs } = receipt;
    return { endToEndId, returnOf, amount, payeeKey, payer, txid, receivedAt: new Date(atMs).toISOString() };
  });

  // The switches of sending hold here too: to the caller a return is an order like any other.
  app.post('/spi/returns', { schema: { body: ReturnOrder } }, async ({ body }, reply) => {
    if (faults.strikes('error500')) throw injectedError();
    const { done, isNew } = await institution.giveBack(body);
    if (faults.strikes('timeoutAfterExecute')) return hang(reply);
    if (faults.strikes('error500AfterExecute')) throw injectedError();
    await pause(faults.config.latencyMs);
    return reply.code(isNew ? 201 : 200).send(publicReturn(done));
  });

  app.get('/spi/returns/:returnId', { schema: { params: ReturnIdParam } }, async ({ params }) => {
    await applyFaults(services, faults.config.query?.latencyMs, 'query.error500');
    const found = await institution.findReturn(params.returnId);
    if (!found) throw notFound('return');
    return publicReturn(found);
  });

  function publicReturn({ order, atMs }: Return) {
    return { ...order, status: 'settled', settledAt: new Date(atMs).toISOString() };
  }

  function publicPayee({ order: { payee } }: Payment) {
    const entry = payee.key === undefined ? null : directory.resolve(payee.key);
    if (entry) {
      const { key, owner, ispb, bankName, branch, account } = publicEntry(entry);
      return { key, ...owner, ispb, bankName, branch, account };
    }
    const { key, name, taxId, ispb, branch, account } = payee;
    return { key, name, taxIdMasked: taxId === undefined ? undefined : maskTaxId(taxId), ispb, branch, account };
  }
}
