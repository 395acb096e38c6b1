import type { PixKey } from './pix-key.ts';

interface AnyBrCode {
  /** Field 01 is `12`: the payee means the code to be paid once. */
  readonly oneTime: boolean;
}

/** Carries the payee's key itself. A withdrawal (Pix Saque, field 26-03) is refused while it is read: paying it would be a purchase. */
export interface StaticBrCode extends AnyBrCode {
  readonly kind: 'static';
  readonly key: PixKey;
  /** Field 26-02. */
  readonly description: string | null;
  /** Field 54 in centavos; `null` leaves the amount to the payer. Never zero. */
  readonly amountMinor: bigint | null;
  /** Field 59, at most 25 characters. Written by whoever made the code: the directory's owner is the one to trust. */
  readonly payeeName: string;
  /** Field 60, at most 15 characters. */
  readonly payeeCity: string;
  /** Field 61, eight digits. */
  readonly postalCode: string | null;
  /** Field 52, four digits, mostly `0000`. */
  readonly categoryCode: string;
  /** Field 62-05; `null` stands for `***`, "none given". */
  readonly txid: string | null;
}

/**
 * Carries where the charge (cobrança) is to be fetched; that answer, not this code, has the key, the amount, the txid and the payee. What
 * else the code says is to be disregarded (Manual de Padrões para Iniciação do Pix, QR Code dinâmico), so it is neither checked nor kept.
 */
export interface DynamicBrCode extends AnyBrCode {
  readonly kind: 'dynamic';
  /** Field 26-25: host and path without scheme, at most 77 characters. To be fetched over https. */
  readonly url: string;
}

export type BrCode = StaticBrCode | DynamicBrCode;

/** The globally unique identifier of Pix in the templates of a code; compared without regard to case. */
export const PIX_GUI = 'br.gov.bcb.pix';
