import { instantMs } from '#platform/dates.ts';
import { KeyDestroyed } from '#platform/vault/vault.ts';
import type { Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import { parseDecimalAmount } from '../domain/amount.ts';
import { makeReturnId } from '../domain/end-to-end-id.ts';
import { keyHash } from '../key-hash.ts';
import { findInStatement } from '../rails/find-in-statement.ts';
import type { Movement } from '../rails/port.ts';
import { MAX_PERIOD_MS } from '../rails/read-statement.ts';
import { PAYER_PURPOSE } from '../record.ts';
import type { ReceiptRecord } from '../store/receipts.ts';
import { createOwnerFinder } from './find-owner.ts';
import type { ReceiptFact } from './receipt.ts';

export const DAY_MS = 86_400_000;
/** How long money for nobody's key waits for its owner before it goes back by itself, unless the configuration says otherwise. */
export const UNMATCHED_LIMIT_MS = 3 * DAY_MS;
/** Nothing arrived before. */
export const PIX_BEGAN_MS = Date.UTC(2020, 10, 3);
/** Around the instant at which something arrived: where its line is looked for. */
const MARGIN_MS = 10 * 60_000;
const TXID = /^[0-9A-Za-z]{1,35}$/;

/** Asks the provider what really arrived, and finds whose it is. What a person decided about an arrival is carried out here, too. */
export function createReceiptAsker(deps: PaymentsDeps, rails: Pick<Rails, 'of'>) {
  const { clock, vault, config } = deps;
  const findOwner = createOwnerFinder(deps);
  const sendHome = (receipt: ReceiptRecord, code: string): ReceiptFact => ({
    type: 'sent-home',
    code,
    returnId: makeReturnId(config.ispb, clock.now(), receipt.id),
  });

  /** A return of ours cannot be returned; people decide about it. */
  const isOverdue = ({ status, returnOf, statusSinceMs }: ReceiptRecord): boolean =>
    status === 'unmatched' && returnOf === null && clock.now() - statusSinceMs >= (config.unmatchedReturnAfterMs ?? UNMATCHED_LIMIT_MS);

  return async (receipt: ReceiptRecord): Promise<ReceiptFact> => {
    if (receipt.decision === 'give-back') return sendHome(receipt, 'PAYMENTS_DECIDED');
    if (receipt.status === 'mismatched') return { type: receipt.decision === 'match' ? 'accepted' : 'nothing-learned' };
    const rail = await rails.of(receipt.connection);
    const answer = await rail.queryReceipt(receipt.endToEndId);
    // "Not found" about something the provider itself announced is not believed either: the announcement may be ahead of its books.
    if (answer.kind !== 'found') return { type: 'nothing-learned' };
    const { payeeKey, payer, amount } = answer.value;
    const returnOf = answer.value.returnOf ?? null;
    const amountMinor = parseDecimalAmount(amount);
    const receivedAtMs = instantMs(answer.value.receivedAt);
    if (amountMinor === null) return { type: 'nothing-learned' };
    const payeeKeyHash = payeeKey === undefined ? null : keyHash(vault, payeeKey);
    const { decidedTenantId, decidedSubjectId } = receipt;
    const subject = decidedTenantId && decidedSubjectId ? { tenantId: decidedTenantId, subjectId: decidedSubjectId } : null;
    const found = await findOwner({ returnOf, keyHash: payeeKeyHash, subject, amountMinor });
    if (found === 'later') return { type: 'nothing-learned' };
    // A date that cannot be is not the provider's word on when; the money is here all the same.
    const isPlausible = receivedAtMs >= PIX_BEGAN_MS && receivedAtMs <= clock.now() + DAY_MS;
    const txid = answer.value.txid !== undefined && TXID.test(answer.value.txid) ? answer.value.txid : null;
    const told = { amountMinor, txid, receivedAtMs: isPlausible ? receivedAtMs : clock.now(), returnOf };
    const nobodys = (): ReceiptFact => ({
      type: 'found-nobodys',
      ...told,
      payeeKeyHash,
      payerSealed: sealNobodys({ ...payer, payeeKey, returnOf }),
    });
    const forPeople = () => (isOverdue(receipt) ? sendHome(receipt, 'PAYMENTS_UNMATCHED') : nobodys());
    if (found === 'nobody') return forPeople();
    const saidMinor = receipt.announcedMinor ?? (await tellByStatement(receipt, told.receivedAtMs));
    if (saidMinor === null) return { type: 'nothing-learned' };
    const { owner, limitMinor } = found;
    const payerSealed = await vault.seal(owner.tenantId, owner.subjectId, PAYER_PURPOSE, JSON.stringify(payer)).catch((error: unknown) => {
      if (error instanceof KeyDestroyed) return null;
      throw error;
    });
    // Who paid what came back was erased meanwhile: nobody could take it, so people decide.
    if (payerSealed === null) return forPeople();
    const fact = { type: 'found-ours' as const, ...owner, ...told, saidMinor, payerSealed };
    return limitMinor === null ? fact : { ...fact, limit: { amountMinor: limitMinor, otherwise: nobodys() } };
  };

  /** What arrived by the statement, where no announcement named an amount: one word alone is not credited. Null until it tells. */
  async function tellByStatement({ endToEndId, createdAtMs, connection }: ReceiptRecord, receivedAtMs: number): Promise<bigint | null> {
    const fromMs = Math.min(createdAtMs, receivedAtMs) - MARGIN_MS;
    const toMs = Math.min(Math.max(createdAtMs, receivedAtMs) + MARGIN_MS, fromMs + MAX_PERIOD_MS);
    const isIt = (line: Movement) => line.direction === 'in' && line.status !== 'reversed' && line.endToEndId === endToEndId;
    const search = await findInStatement(await rails.of(connection), isIt, { fromMs, toMs, untilMs: toMs });
    return search.found === 'there' ? parseDecimalAmount(search.line.amount) : null;
  }

  function sealNobodys(what: object): Buffer {
    return vault.sealOwn(PAYER_PURPOSE, JSON.stringify(what));
  }
}
