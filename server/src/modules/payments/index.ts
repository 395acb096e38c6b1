import { hostname } from 'node:os';
import type { Face } from '#platform/face/contract.ts';
import { newId } from '#platform/id.ts';
import type { ModuleInstance } from '#platform/module.ts';
import { createAccountBook } from './account-book.ts';
import { createAccountViews, createOpening, openingSubscription } from './accounts.ts';
import { createAsking } from './asked-of-account.ts';
import { measureStatements } from './connections/measure.ts';
import type { SecretOf } from './connections/open.ts';
import { createRails } from './connections/rails.ts';
import { type PaymentsContract, paymentsContract } from './contract.ts';
import { createPaymentCreation } from './create.ts';
import { createDecode } from './decode.ts';
import type { PaymentsDeps } from './deps.ts';
import { createDevolucaoCreation } from './devolucao/create.ts';
import { createReturner } from './devolucao/returner.ts';
import { createDevolucaoViews } from './devolucao/views.ts';
import { createPaymentMachine } from './drive/machine.ts';
import { createFourEyes } from './four-eyes.ts';
import { paymentRoutes } from './http.ts';
import { receiptRoutes } from './http-receipts.ts';
import { returnRoutes } from './http-returns.ts';
import { createAnnouncements } from './incoming/announcements.ts';
import { createArrivalJobs } from './incoming/arrival-jobs.ts';
import { createReceiptDecision } from './incoming/decide.ts';
import { announcementRoutes } from './incoming/door.ts';
import { createReceiptViews } from './incoming/receipt-views.ts';
import { createReceiver } from './incoming/receive.ts';
import { lookupsBackSubscription, lookupsJob } from './lookups.ts';
import { createMeasures } from './measure.ts';
import { createAccountOpener } from './opening/opener.ts';
import { createAllowance } from './payer/allowance.ts';
import { createPayerGuard } from './payer/guard.ts';
import { newDeviceSpendingsJob } from './payer/spendings-job.ts';
import { createPersonalData } from './personal-data.ts';
import { createPixNameOf } from './pix-name.ts';
import { quotesJob } from './quotes-job.ts';
import { openDirectory } from './rails/pix-sandbox/directory.ts';
import { createReceiveCode } from './receive-code.ts';
import { createReconciliationJob } from './reconciler.ts';
import { createResolutions } from './resolve.ts';
import { createReview, createReviewIn } from './review.ts';
import { findOldestReceipts } from './store/receipt-list.ts';
import { createTestReceipt } from './test-receipt.ts';
import { createComprovanteView } from './views/comprovante.ts';
import { createDifferencesView } from './views/differences.ts';
import { createOpenPaymentsView } from './views/open-payments.ts';
import { createPaymentViews } from './views/payment.ts';
import { createSearch } from './views/search.ts';
import { createStatementView } from './views/statement.ts';

export type { Account, Balance, Decoded, Payment, PaymentsContract, StatementLine, Step } from './contract.ts';
export { paymentsContract } from './contract.ts';
export type { PaymentsConfig, PaymentsDeps } from './deps.ts';

/** An end-to-end id is good for twelve hours (Manual de Fluxos do Pix); beyond it an order must not be on its way any more. */
const LONGEST_LIFE_MS = 12 * 3_600_000;

/** The payments module: outgoing Pix as a persisted state machine, incoming Pix, and people's accounts. See README.md. */
export function createPayments(deps: PaymentsDeps): ModuleInstance<PaymentsContract> {
  const { config, db, clock } = deps;
  const owner = `${hostname()}/${process.pid}/${newId()}`;
  const limits = { timeoutMs: config.providerTimeoutMs, queueMs: config.providerQueueMs ?? config.providerTimeoutMs };
  const directory = openDirectory({ url: config.providerUrl, apiKey: config.providerApiKey, ...limits });
  const rails = createRails(deps, limits, secretsOf(config));
  const mustEndWithinMs = Math.min(config.mustEndWithinMs ?? LONGEST_LIFE_MS, LONGEST_LIFE_MS);
  const book = createAccountBook(db);
  const measures = createMeasures(deps.metrics, clock);
  const machine = createPaymentMachine(deps, { rails, book, measures });
  const receiver = createReceiver(deps, rails, measures);
  const opener = createAccountOpener(deps, directory);
  const returner = createReturner(deps, rails);
  const pixNameOf = createPixNameOf(deps, rails);
  const accounts = createAccountViews(deps, book);
  const views = createPaymentViews(deps, pixNameOf);
  const hear = createAnnouncements({ deps, measures, receiver, wakePayments: machine.wake });
  const reviews = createReviewIn(deps, machine);
  const resolutions = createResolutions(deps, machine);
  const fourEyes = createFourEyes(deps, { resolutions, reviews, receiver });
  const allow = createAllowance(deps, createPayerGuard(deps));
  measureStatements(deps);

  deps.metrics.gauges(
    'lastro_pix_oldest_arrival_seconds',
    'How long the oldest arrival has been in each status that is not over',
    'status',
    () => db.tx({ module: 'payments', system: true, single: true }, findOldestReceipts),
  );

  const { acts, reads, readsOwn } = createAsking(deps.accounts, createOpening(deps, opener));
  const devolucoes = createDevolucaoViews(deps, book);
  const impl: Face<PaymentsContract> = {
    getAccount: reads('see', accounts.getAccount),
    getBalance: reads('see', accounts.getBalance),
    getStatement: reads('see', createStatementView(deps, accounts, book)),
    decode: acts('pay', createDecode(deps, directory)),
    // These two ask by themselves: what they spend counts against limits, and the person may have to prove themself.
    createPayment: createPaymentCreation(deps, { machine, views, book, rails, allow, mustEndWithinMs }),
    createDevolucao: createDevolucaoCreation(deps, { machine: returner, rails, allow, mustEndWithinMs }),
    getPayment: readsOwn('see', views.getPayment),
    getPaymentByKey: reads('see', views.getPaymentByKey),
    getComprovante: reads('see', createComprovanteView(deps, book, pixNameOf)),
    getReceiveCode: reads('receive', createReceiveCode(deps, accounts)),
    getReceived: reads('see', devolucoes.getReceived),
    getDevolucao: readsOwn('see', devolucoes.getDevolucao),
    getSteps: readsOwn('see', views.getSteps),
    listOpenPayments: createOpenPaymentsView(deps),
    resolvePayment: resolutions.resolvePayment,
    retryPayment: resolutions.retryPayment,
    searchPayments: createSearch(deps),
    askApproval: fourEyes.askApproval,
    listApprovals: fourEyes.listApprovals,
    decideApproval: fourEyes.decideApproval,
    reviewPayment: createReview(deps, reviews, fourEyes.ask),
    ...createReceiptViews(deps),
    decideReceipt: createReceiptDecision(deps, receiver),
    ...createPersonalData(deps),
    listDifferences: createDifferencesView(deps),
    requestTestReceipt: acts('receive', createTestReceipt(deps, directory, accounts)),
  };
  return {
    name: 'payments',
    face: { contract: paymentsContract, impl },
    routes: (app) => {
      paymentRoutes(app, impl);
      receiptRoutes(app, impl);
      returnRoutes(app, impl);
      announcementRoutes(app, deps, rails, hear);
    },
    subscriptions: [openingSubscription(deps, opener), lookupsBackSubscription(deps)],
    workers: [machine.worker, receiver.worker, opener.worker, returner.worker],
    jobs: [
      quotesJob(clock),
      lookupsJob,
      newDeviceSpendingsJob(clock),
      ...createArrivalJobs(deps, { rails, owner, measures, receiver }),
      createReconciliationJob(deps, { rails, owner }),
      fourEyes.job,
    ],
    async close() {
      await Promise.all([machine.close(), opener.close(), receiver.close(), returner.close()]);
      await Promise.all([directory.close(), rails.close()]);
    },
  };
}

/** What the environment's own settings keep, by the names of those, and whatever else is kept under a name. */
function secretsOf({ providerApiKey, webhookSecret, secretOf }: PaymentsDeps['config']): SecretOf {
  const own: Record<string, string> = { PIX_PROVIDER_API_KEY: providerApiKey, PIX_WEBHOOK_SECRET: webhookSecret };
  return (name) => (Object.hasOwn(own, name) ? own[name] : secretOf?.(name));
}
