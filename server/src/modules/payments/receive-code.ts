import { randomBytes } from 'node:crypto';
import type { CallContext } from '#platform/context.ts';
import type { AccountViews } from './accounts.ts';
import type { PaymentsDeps } from './deps.ts';
import { BrCodeError, formatBrCode } from './domain/br-code.ts';
import { parsePixKey } from './domain/pix-key.ts';
import { refuseBrCode, refusePayments } from './errors.ts';
import { HOLDER_PURPOSE, type Holder } from './record.ts';

/** Field 59 and field 60 of a BR Code hold so many characters. */
const NAME_LENGTH = 25;
const CITY_LENGTH = 15;
const TXID_LENGTH = 25;
/** What is left for it in field 26 beside a random key. */
export const DESCRIPTION_LENGTH = 37;

/** What field 62-05 takes: 25 letters and digits, 128 random bits, so that no two codes are ever taken for one another. */
const newTxid = (): string =>
  BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString(36)
    .padStart(TXID_LENGTH, '0');

/** Plain ASCII of at most `length` characters, cut between words where that leaves more than half. */
function shorten(text: string, length: number): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (plain.length <= length) return plain;
  const space = plain.lastIndexOf(' ', length);
  return plain.slice(0, space > length / 2 ? space : length).trim();
}

export type ReceiveCodeInput = { accountId: string; amountMinor?: string; description?: string };
export type ReceiveCode = { code: string; txid: string; pixKey: string; payeeName: string; amountMinor: string | null };

/**
 * A static BR Code to the account's key, to be shown as a QR code: any bank's app pays it. Nothing is stored: the Pix that pays it
 * brings `txid` back, and that is how it is recognised. Each call gives another txid.
 *
 * @throws PAYMENTS_ACCOUNT_OPENING, PIX_BR_CODE_FIELD_INVALID when the description does not fit into the code
 */
export function createReceiveCode({ vault, config }: PaymentsDeps, accounts: AccountViews) {
  return async (ctx: CallContext, { accountId, amountMinor, description }: ReceiveCodeInput): Promise<ReceiveCode> => {
    const [account, { pixKey }] = await Promise.all([accounts.find(ctx, accountId), accounts.getAccount(ctx, { accountId })]);
    const key = pixKey === null ? null : parsePixKey(pixKey);
    if (!key || !account.holderSealed) throw refusePayments('PAYMENTS_ACCOUNT_OPENING', { retryAfterSeconds: 1 });
    const holder = await vault.open(ctx.tenantId, accountId, HOLDER_PURPOSE, account.holderSealed);
    if (holder === null) throw refusePayments('PAYMENTS_NO_ACCOUNT');
    const payeeName = shorten((JSON.parse(holder) as Holder).name, NAME_LENGTH) || 'RECEBEDOR';
    const txid = newTxid();
    try {
      const code = formatBrCode({
        kind: 'static',
        key,
        description: shorten(description ?? '', DESCRIPTION_LENGTH) || null,
        oneTime: false,
        amountMinor: amountMinor === undefined ? null : BigInt(amountMinor),
        payeeName,
        payeeCity: shorten(config.city, CITY_LENGTH),
        postalCode: null,
        categoryCode: '0000',
        txid,
      });
      return { code, txid, pixKey: key.value, payeeName, amountMinor: amountMinor ?? null };
    } catch (error) {
      throw error instanceof BrCodeError ? refuseBrCode(error) : error;
    }
  };
}
