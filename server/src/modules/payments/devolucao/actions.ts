import type { CallContext } from '#platform/context.ts';
import { instantMs } from '#platform/dates.ts';
import { assert } from '#platform/errors.ts';
import type { Action, Actions } from '#platform/machine/driver.ts';
import type { Rails } from '../connections/rails.ts';
import type { LedgerFace, PaymentsDeps } from '../deps.ts';
import { isDateRefused } from '../incoming/receipt.ts';
import { clearingAccountId, devolucaoCommandId, devolucaoName } from '../record.ts';
import { createReturnSender } from '../returning.ts';
import type { DevolucaoRecord } from '../store/devolucoes.ts';
import type { DevolucaoAction, DevolucaoFact } from './devolucao.ts';

/** pacs.004: its receiver gives it back. */
export const GIVEN_BACK = 'MD06';

/** After so many the send before was at least four seconds ago, and each of those before it longer. A person waits for the money meanwhile. */
const ROUNDS_OF_DOUBT = 6;

/** The ledger's refusals as a person is told of them; any other is PAYMENTS_LEDGER_REFUSED. */
const REFUSALS: Readonly<Record<string, string>> = {
  LEDGER_INSUFFICIENT_FUNDS: 'PAYMENTS_INSUFFICIENT_FUNDS',
  LEDGER_ACCOUNT_FROZEN: 'PAYMENTS_ACCOUNT_FROZEN',
  LEDGER_ACCOUNT_CLOSED: 'PAYMENTS_ACCOUNT_CLOSED',
};

type Command = Parameters<LedgerFace['submit']>[1]['commands'][number];
type Act = Action<DevolucaoRecord, DevolucaoFact>;

/** The steps of a devolução: one call each, harmless to repeat, under an id that run and step give it. */
export function devolucaoActions(
  { ledger, clock, log }: PaymentsDeps,
  rails: Pick<Rails, 'of'>,
): Actions<DevolucaoRecord, DevolucaoFact, DevolucaoAction> {
  const returns = createReturnSender(rails, clock);

  async function submit(ctx: CallContext, command: Command): Promise<{ refusal: string } | { refusal: null; atMs: number }> {
    const { results } = await ledger.submit(ctx, { commands: [command] });
    const [result] = results;
    assert(result, 'the ledger answers each command');
    if (result.outcome !== 'done') return { refusal: result.code ?? 'LEDGER_REFUSED' };
    return { refusal: null, atMs: result.recordedAt ? instantMs(result.recordedAt) : clock.now() };
  }

  /** Takes the money off the account: held until the provider's word, or moved at once. */
  const take = (commandOf: (run: DevolucaoRecord) => Command, done: 'funds-held' | 'moved-on-us'): Act => ({
    async run(run, { ctx }) {
      const answer = await submit(ctx, commandOf(run));
      if (answer.refusal === null) return { fact: { type: done, atMs: answer.atMs } };
      const code = REFUSALS[answer.refusal] ?? 'PAYMENTS_LEDGER_REFUSED';
      return { fact: { type: 'funds-refused', code }, outcome: { code: answer.refusal } };
    },
  });

  /** Books the end. A refused day is no refused booking: each way has an id, and only one of them ever moves the money. */
  const end = (commandsOf: (run: DevolucaoRecord) => [Command, undated?: Command], done: 'posted' | 'released'): Act => ({
    async run(run, { ctx }) {
      const [command, undated] = commandsOf(run);
      let { refusal } = await submit(ctx, command);
      if (refusal !== null && undated && isDateRefused(refusal)) ({ refusal } = await submit(ctx, undated));
      if (refusal === null) return { fact: { type: done } };
      log.error({ devolucaoId: run.id, code: refusal, step: done }, 'the ledger refused to end a devolução');
      return { fact: { type: 'booking-refused', code: refusal }, outcome: { code: refusal } };
    },
  });

  return {
    hold: take(holdOf, 'funds-held'),
    transfer: take(transferOf, 'moved-on-us'),
    'send-return': {
      async run({ connection, returnId, endToEndId, amountMinor, openSends, attempt }) {
        const order = { returnId, endToEndId, amountMinor, reason: GIVEN_BACK } as const;
        const fact = await returns.send(connection, order, { mayBeThere: openSends > 1, doubtsLeft: ROUNDS_OF_DOUBT - attempt });
        return {
          fact: fact ?? { type: 'return-not-sent' },
          input: { openSends },
          outcome: fact && 'code' in fact ? { code: fact.code } : {},
        };
      },
    },
    'query-return': {
      async run({ connection, returnId, endToEndId, amountMinor }) {
        const fact = (await returns.ask(connection, { returnId, endToEndId, amountMinor })) ?? ({ type: 'nothing-learned' } as const);
        return { fact, outcome: 'code' in fact ? { code: fact.code } : {} };
      },
    },
    post: end(postOf, 'posted'),
    release: end(releaseOf, 'released'),
  };
}

const metadataOf = ({ id }: DevolucaoRecord) => ({ devolucaoId: devolucaoName(id) });

const holdOf = (run: DevolucaoRecord): Command => ({
  id: devolucaoCommandId(run.id, 'hold'),
  kind: 'hold',
  debitAccountId: run.accountId,
  creditAccountId: clearingAccountId(run.tenantId),
  amountMinor: run.amountMinor.toString(),
  // Without expiry: while it is not known whether the money went out, nothing but the provider's word may free it.
  expiresAt: null,
  metadata: metadataOf(run),
});

const transferOf = (run: DevolucaoRecord): Command => ({
  id: devolucaoCommandId(run.id, 'transfer'),
  kind: 'transfer',
  debitAccountId: run.accountId,
  creditAccountId: run.payerAccountId!,
  amountMinor: run.amountMinor.toString(),
  metadata: metadataOf(run),
});

/** Dated as the provider executed it, so that clearing's business day is that of the provider's statement. */
function postOf(run: DevolucaoRecord): [Command, undated?: Command] {
  const { id, bookRound, accountId, tenantId, amountMinor, returnedAtMs, heldAtMs } = run;
  const metadata = metadataOf(run);
  // The hold could not be settled: what it held is taken from the account anew.
  if (bookRound > 1) {
    const [debitAccountId, creditAccountId] = [accountId, clearingAccountId(tenantId)];
    const commandId = devolucaoCommandId(id, 'post', bookRound);
    return [{ id: commandId, kind: 'transfer', debitAccountId, creditAccountId, amountMinor: amountMinor.toString(), metadata }];
  }
  const settle = { kind: 'settle', holdId: devolucaoCommandId(id, 'hold'), metadata } as const;
  const undated = { ...settle, id: devolucaoCommandId(id, 'post-undated') };
  if (returnedAtMs === null) return [undated];
  const effectiveAt = new Date(Math.max(returnedAtMs, heldAtMs ?? 0)).toISOString();
  return [{ ...settle, id: devolucaoCommandId(id, 'post'), effectiveAt }, undated];
}

const releaseOf = (run: DevolucaoRecord): [Command] => [
  {
    id: devolucaoCommandId(run.id, 'release', run.bookRound),
    kind: 'release',
    holdId: devolucaoCommandId(run.id, 'hold'),
    reason: 'rejected',
    metadata: metadataOf(run),
  },
];
