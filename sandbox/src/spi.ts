import { publicEntry } from './directory.ts';
import { SandboxError } from './errors.ts';
import type { FaultSet } from './faults.ts';
import { ownWords } from './oddities.ts';
import { answerOrder, answerQuery, type Taken, takePayment } from './orders.ts';
import type { Payment } from './payment.ts';
import { maskTaxId } from './people.ts';
import type { Return } from './returns.ts';
import { notFound, type SandboxApp, type Services } from './sandbox-app.ts';
import { EndToEndIdParam, PaymentOrder, ReceiptIdParam, ReturnIdParam, ReturnOrder } from './schemas.ts';

/** Payments: sending one, asking about one, asking about one that arrived, giving one back. */
export function spiRoutes(app: SandboxApp, services: Services): void {
  const { institution, directory, faults } = services;
  app.post('/spi/payments', { schema: { body: PaymentOrder } }, async ({ body }, reply) => {
    const { endToEndId, payer, payee } = body;
    if (!endToEndId.startsWith(`E${payer.ispb}`)) {
      throw new SandboxError(422, 'E2E_ISPB_MISMATCH', "the endToEndId does not begin with the payer's ISPB");
    }
    faults.name(endToEndId, payee.key);
    const pretend = () => ({ endToEndId, status: 'accepted', acceptedAt: new Date().toISOString() });
    return answerOrder(services, reply, { id: endToEndId, words: ownWords('endToEndId'), take: (own) => takeOwn(body, own), pretend });
  });

  app.get('/spi/payments/:endToEndId', { schema: { params: EndToEndIdParam } }, async ({ params: { endToEndId } }, reply) =>
    answerQuery(services, reply, { id: endToEndId, words: ownWords('endToEndId'), missing: () => notFound('payment') }, async () => {
      const payment = await institution.findPayment(endToEndId);
      return payment && { sinceMs: payment.acceptedAtMs, body: publicPayment(payment) };
    }),
  );

  app.get('/spi/receipts/:endToEndId', { schema: { params: ReceiptIdParam } }, async ({ params }, reply) =>
    answerQuery(services, reply, { id: params.endToEndId, words: ownWords('endToEndId'), missing: () => notFound('receipt') }, async () => {
      const receipt = institution.findReceipt(params.endToEndId);
      if (!receipt) return null;
      const { endToEndId, returnOf, amount, payeeKey, payer, txid, atMs } = receipt;
      const body = { endToEndId, returnOf, amount, payeeKey, payer, txid, receivedAt: new Date(atMs).toISOString() };
      return { sinceMs: atMs, body };
    }),
  );

  // The switches of sending hold here too: to the caller a return is an order like any other.
  app.post('/spi/returns', { schema: { body: ReturnOrder } }, async ({ body }, reply) => {
    faults.name(body.returnId, faults.subjectOf(body.endToEndId));
    const take = async (): Promise<Taken> => {
      const { done, isNew } = await institution.giveBack(body);
      return { isNew, body: publicReturn(done) };
    };
    return answerOrder(services, reply, { id: body.returnId, words: ownWords('returnId'), take, pretend: null });
  });

  app.get('/spi/returns/:returnId', { schema: { params: ReturnIdParam } }, async ({ params: { returnId } }, reply) =>
    answerQuery(services, reply, { id: returnId, words: ownWords('returnId'), missing: () => notFound('return') }, async () => {
      const found = await institution.findReturn(returnId);
      return found && { sinceMs: found.atMs, body: publicReturn(found) };
    }),
  );

  async function takeOwn(order: PaymentOrder, own: FaultSet): Promise<Taken> {
    const { payment, isNew, isFinal } = await takePayment(services, order, own);
    const acceptedAt = new Date(payment.acceptedAtMs).toISOString();
    return { isNew, body: isFinal ? publicPayment(payment) : { endToEndId: order.endToEndId, status: 'accepted', acceptedAt } };
  }

  function publicPayment(payment: Payment) {
    const { order, status, reason, finishedAtMs } = payment;
    const settledAt = status === 'settled' && finishedAtMs !== null ? new Date(finishedAtMs).toISOString() : undefined;
    return { endToEndId: order.endToEndId, status, reason, settledAt, amount: order.amount, payee: publicPayee(payment) };
  }

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
