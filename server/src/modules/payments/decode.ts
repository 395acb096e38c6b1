import { createBatcher } from '#platform/batcher.ts';
import type { CallContext } from '#platform/context.ts';
import { instantMs } from '#platform/dates.ts';
import { isUnstorable } from '#platform/db/unstorable.ts';
import { assert } from '#platform/errors.ts';
import { newId, publicId } from '#platform/id.ts';
import type { Decoded } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { readWrittenAmount } from './domain/amount.ts';
import { type BrCode, BrCodeError, parseBrCode } from './domain/br-code.ts';
import { maskPixKey, parsePixKey } from './domain/pix-key.ts';
import { readTypedKey } from './domain/typed-key.ts';
import { refuseBrCode, refusePayments, refuseSlip } from './errors.ts';
import { keyHash } from './key-hash.ts';
import { createLookups, lookerOf } from './lookups.ts';
import type { Charge, Directory, DirectoryEntry, Found } from './rails/port.ts';
import { PAYEE_PURPOSE, type Payee, QUOTE_PREFIX } from './record.ts';
import { findByKeyHash } from './store/accounts.ts';
import { insertQuotes, type Quote } from './store/quotes.ts';

const QUOTE_LIFE_MS = 10 * 60_000;

/** What the code itself says, before anybody is asked. */
type Read = {
  kind: Decoded['kind'];
  key: string;
  amountMinor: bigint | null;
  amountEditable: boolean;
  city: string | null;
  txid: string | null;
  description: string | null;
  expiresAt: string | null;
};

/**
 * Reads what a person pasted, asks the directory whose key it is, and keeps the answer for ten minutes as a quote: sealed, and payable
 * once from that account. @throws PIX_* (PIX_LOOKUPS_EXHAUSTED among them), PAYMENTS_TO_SELF.
 */
export function createDecode(deps: PaymentsDeps, directory: Directory) {
  const { db, clock, vault, config } = deps;
  const lookUp = createLookups(deps);

  const quotes = createBatcher<Quote, void>(
    async (batch) => {
      const tenants = [...new Set(batch.map(({ tenantId }) => tenantId))];
      await db.tx({ module: 'payments', tenants }, (tx) => insertQuotes(tx, batch));
      return batch.map(() => undefined);
    },
    {
      maxBatch: 200,
      maxBacklog: 10_000,
      isolate: isUnstorable,
      overloaded: () => refusePayments('PAYMENTS_OVERLOADED', { retryAfterSeconds: 1 }),
    },
  );

  async function read(text: string): Promise<Read> {
    const typed = readTypedKey(text);
    if (typed && 'key' in typed) {
      const nothing = { amountMinor: null, amountEditable: true, city: null, txid: null, description: null, expiresAt: null };
      return { kind: 'key', key: typed.key.value, ...nothing };
    }
    if (typed && !text.includes('000201')) throw refuseSlip(typed.slip);
    const code = parse(text);
    if (code.kind === 'static') {
      const { key, amountMinor, payeeCity, txid, description } = code;
      const amountEditable = amountMinor === null;
      return { kind: 'static', key: key.value, amountMinor, amountEditable, city: payeeCity, txid, description, expiresAt: null };
    }
    const charge = asked(await directory.fetchCharge(code.url), 'PIX_CHARGE_NOT_FOUND');
    // The code's own city, name and amount are to be disregarded: the charge counts.
    return { kind: 'dynamic', city: null, description: null, amountEditable: false, ...readCharge(charge) };
  }

  function readCharge(charge: Charge): Pick<Read, 'key' | 'amountMinor' | 'txid' | 'expiresAt'> {
    const amountMinor = readWrittenAmount(charge.amount);
    if (charge.withdrawal !== undefined) throw refusePayments('PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED');
    if (charge.recurrence !== undefined) throw refusePayments('PIX_BR_CODE_RECURRENCE_UNSUPPORTED');
    const expiresAtMs = instantMs(charge.expiresAt);
    if (!amountMinor || Number.isNaN(expiresAtMs) || !parsePixKey(charge.key)) throw refusePayments('PIX_CHARGE_NOT_FOUND');
    if (charge.status !== 'ATIVA') throw refusePayments('PIX_CHARGE_PAID');
    if (expiresAtMs <= clock.now()) throw refusePayments('PIX_CHARGE_EXPIRED');
    return { key: charge.key, amountMinor, txid: charge.txid, expiresAt: new Date(expiresAtMs).toISOString() };
  }

  /** Our own account behind the key, when it is one of this tenant's. Another tenant's is paid over the provider like any other bank's. */
  async function findOnUs(tenantId: string, entry: DirectoryEntry) {
    if (entry.ispb !== config.ispb) return undefined;
    return db.tx({ module: 'payments', tenants: [tenantId], single: true }, (tx) => findByKeyHash(tx, keyHash(vault, entry.key)));
  }

  return async (ctx: CallContext, input: { accountId: string; code: string }): Promise<Decoded> => {
    const found = await read(input.code);
    // However many accounts and companies a person has, the directory's rule is for whoever asks.
    const who = { tenantId: ctx.tenantId, subjectId: lookerOf(ctx.actor, input.accountId) };
    const entry = asked(await lookUp(who, () => directory.resolveKey(found.key)), 'PIX_KEY_NOT_FOUND');
    const own = await findOnUs(ctx.tenantId, entry);
    if (own?.subjectId === input.accountId) throw refusePayments('PAYMENTS_TO_SELF');
    const key = parsePixKey(found.key);
    assert(key, 'a code carries a well-formed key');
    const payee: Payee = {
      name: entry.owner.name,
      taxIdMasked: entry.owner.taxIdMasked,
      bankName: entry.bankName,
      ispb: entry.ispb,
      branch: entry.branch,
      account: entry.account,
      key: key.value,
      txid: found.txid,
    };
    const quote: Quote = {
      tenantId: ctx.tenantId,
      id: newId(),
      subjectId: input.accountId,
      route: own ? 'on-us' : 'pix',
      amountMinor: found.amountMinor,
      amountEditable: found.amountEditable,
      payeeSealed: await vault.seal(ctx.tenantId, input.accountId, PAYEE_PURPOSE, JSON.stringify(payee)),
      payeeHash: vault.lookupHash(ctx.tenantId, 'payments.payee', `${entry.ispb}/${entry.branch}/${entry.account}`),
      payeeAccountId: own?.ledgerAccountId ?? null,
      payeeSubjectId: own?.subjectId ?? null,
      expiresAtMs: Math.min(clock.now() + QUOTE_LIFE_MS, found.expiresAt ? instantMs(found.expiresAt) : Number.POSITIVE_INFINITY),
    };
    await quotes.submit(quote);
    const { name, taxIdMasked, bankName } = payee;
    return {
      kind: found.kind,
      payee: { name, taxIdMasked, bankName, keyMasked: maskPixKey(key), city: found.city },
      amountMinor: found.amountMinor?.toString() ?? null,
      amountEditable: found.amountEditable,
      txid: found.txid,
      description: found.description,
      expiresAt: found.expiresAt,
      quoteId: publicId(QUOTE_PREFIX, quote.id),
    };
  };
}

function parse(text: string): BrCode {
  try {
    return parseBrCode(text);
  } catch (error) {
    throw error instanceof BrCodeError ? refuseBrCode(error) : error;
  }
}

function asked<T>(found: Found<T>, notFound: 'PIX_KEY_NOT_FOUND' | 'PIX_CHARGE_NOT_FOUND'): T {
  if (found.kind === 'found') return found.value;
  if (found.kind === 'not-found') throw refusePayments(notFound);
  throw refusePayments('PIX_DIRECTORY_UNAVAILABLE', { retryAfterSeconds: 2 });
}
