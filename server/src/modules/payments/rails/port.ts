/**
 * The port to a rail: what the machines of payments ask of a provider, and the facts they get. An adapter turns a provider's wire into
 * these words and back; no status of HTTP, no code of a provider's own and no wording of it comes further than the adapter. What is
 * decided over money asks an adapter's capabilities, never which adapter it is.
 */

/** What a provider is believed about an order, a payment or a return: the only words that cross to the machines. */
export type ProviderFact =
  /** Certainly nothing arrived. */
  | { fact: 'not-sent'; why: string; retryAfterMs?: number }
  | { fact: 'accepted' | 'awaiting-approval' | 'held'; endToEndId?: string }
  /**
   * Executed. The own id is the order's by construction; an amount that is not told is null. `endToEndId`: the name it has in the whole
   * country, from a provider that gives it that name.
   */
  | { fact: 'settled'; amountMinor: bigint | null; atMs: number | null; endToEndId?: string }
  /** Said of an order: refused before execution. Said of a payment that was asked about: it ended unexecuted. */
  | { fact: 'refused'; code: string }
  | { fact: 'cancelled'; code: string }
  /** No answer that may be acted upon. `isStrange`: it was an answer, and one that the adapter does not know. */
  | { fact: 'unclear'; why: string; isStrange?: boolean; retryAfterMs?: number }
  /** Says nothing for ever: see `notFoundFinalAfterMs`. */
  | { fact: 'not-found' }
  /** Each "there is one already": ask. Never a failure, never a reason for another id. */
  | { fact: 'duplicate'; code: string }
  | { fact: 'returned'; amountMinor: bigint | null; endToEndId?: string }
  | { fact: 'settlement-revoked'; code: string }
  /** Something else stands under our id there. */
  | { fact: 'differs'; code: string };

/** What an adapter can do, how its wire speaks, and how far its words go. */
export type Capabilities = {
  /** The adapter's name. */
  id: string;
  /** Where the id travels that we give an order, what it must look like, and whether it is the end-to-end id itself; otherwise the provider makes that one. */
  ownId: { where: 'body' | 'path'; pattern: RegExp; isEndToEndId: boolean };
  /** An order can be asked about by our own id, whether or not an answer to it ever came. Without it nothing unclear ends by itself. */
  queryByOwnId: boolean;
  /**
   * From so long after the last send on "not found" counts, in milliseconds; null: never. Longer than a request may be on its way and
   * than its replicas lag.
   */
  notFoundFinalAfterMs: number | null;
  /** An order has to be released by a second call. */
  twoStep: boolean;
  /** Orders that may be on their way at once for one account there; null: as many as we like. */
  maxInFlightPerAccount: number | null;
  /**
   * `order`: whether later pages hold later lines, so that reading may go on where it ended. `returns`: under which instant the line of a
   * return stands, its own or that of the money that came first.
   */
  statement: { by: 'cursor' | 'page'; order: 'oldest-first' | 'none'; returns: 'own-instant' | 'arrivals-instant'; longestMs: number };
  /** So long after it happened a movement is on the statement for certain. */
  statementLagMs: number;
  /** What of an arrival can be given back. */
  refund: 'whole-or-parts' | 'whole' | 'none';
  /** An order names the charge that it pays. Without it only keys can be paid. */
  paysCharges: boolean;
  /** How amounts are written on the wire; here they are always minor units. */
  money: 'decimal-text' | 'minor-integer' | 'json-number';
  /** In which zone times on the wire are where they do not say so. */
  zone: 'UTC' | 'America/Sao_Paulo';
  /** An announcement is a reason to ask, never acted upon by itself. `repeatsForMs`: for so long the same one may come again. */
  webhook: { is: 'trigger'; proofs: readonly ('signature' | 'secret-in-url' | 'client-certificate')[]; repeatsForMs: number };
  hours: 'always';
  /** An own id may be sent this long after it was made. */
  ownIdGoodForMs: number;
};

/** A payment order. The same own id always comes with the same content. */
export type Order = {
  /** Our own name for it; where the provider takes one, its end-to-end id. */
  endToEndId: string;
  /** Reais, a dot, two decimals. */
  amount: string;
  payer: { ispb: string; branch: string; account: string; taxId: string; name: string };
  payee: { key?: string; ispb: string; branch: string; account: string };
  txid?: string;
  remittance?: string;
};

/** Why money goes back (pacs.004): it could not be credited, or its receiver gives it back. */
export type ReturnReason = 'BE08' | 'MD06';
/** A return (devolução) of what arrived under `endToEndId`, or of a part. The same return id always comes with the same content. */
export type ReturnOrder = { returnId: string; endToEndId: string; amount: string; reason: ReturnReason };

/** Not carried out for reasons that say nothing about the matter itself. `why` is a code, for steps and logs. */
export type NoAnswer = { kind: 'not-sent' | 'unclear'; why: string };
export type Found<T> = { kind: 'found'; value: T } | { kind: 'not-found' } | NoAnswer;

/** Money that came in, as the provider tells it when asked. */
export type Arrival = {
  endToEndId: string;
  amount: string;
  /** Our own id of the payment that came back; such an arrival goes to whoever paid that, and names no key. */
  returnOf?: string;
  payeeKey?: string;
  /** Empty where the provider does not say who paid; the ISPB is part of the end-to-end id. */
  payer: { name: string; taxId: string; ispb: string };
  txid?: string;
  receivedAt: string;
};

/** What happened to money there, by the provider's statement. */
export type Movement = {
  /** The name under which our books have it: of a payment its own id, of an arrival its end-to-end id. */
  endToEndId: string;
  /** Of a return; `endToEndId` is then that of what was given back. */
  returnId?: string;
  direction: 'out' | 'in';
  amount: string;
  /** `settled`, `returned` (out); `received`, `reversed` (in). */
  status: string;
  /** An instant, RFC 3339. */
  at: string;
};
/** `asOf`: up to when, by the provider's clock, everything is told; absent where it does not say. */
export type StatementPage = { lines: Movement[]; nextCursor?: string | null; asOf?: string };
/** From one instant to before another; the next page has the same period, and the cursor. */
export type StatementQuery = { from: string; to: string; cursor?: string };

/** What a provider says unasked. */
export type Announcement = {
  /** Names this very announcement at this provider: the same one again has the same. */
  id: string;
  /** `pix.settled`, `pix.rejected` (of payments), `pix.received`, or the provider's own word for what nobody knows. */
  type: string;
  at: string;
  /** `endToEndId`: of a payment our own id, of an arrival its end-to-end id. */
  data: { endToEndId: string; amount?: string; reason?: string };
};
/** A call at our door for announcements. Header names are in lower case. */
export type AnnouncementCall = { headers: Record<string, unknown>; query: Record<string, unknown>; body: Buffer; nowMs: number };

/** A connection to a provider. Every operation answers with data; none throws for what the other side did or did not do. */
export type Rail = {
  capabilities: Capabilities;
  /** True while new payments would only wait for their turn to be sent. */
  isBusy(): boolean;
  submitPayment(order: Order, amountMinor: bigint): Promise<ProviderFact>;
  queryPayment(ownId: string, amountMinor: bigint): Promise<ProviderFact>;
  /** Sends money back; refused only by the closed list. */
  submitReturn(order: ReturnOrder, amountMinor: bigint): Promise<ProviderFact>;
  queryReturn(asked: Pick<ReturnOrder, 'returnId' | 'endToEndId'>, amountMinor: bigint): Promise<ProviderFact>;
  queryReceipt(endToEndId: string): Promise<Found<Arrival>>;
  statementPage(query: StatementQuery): Promise<Found<StatementPage>>;
  /** Proves a call at the door and reads it. An empty list: proved, and nothing in it is about money. */
  readAnnouncements(call: AnnouncementCall): Announcement[] | 'unproved' | 'malformed';
  /** Tells the provider where to announce; the same address again changes nothing. Absent where it is set up by hand. */
  registerWebhook?(url: string): Promise<{ kind: 'ok' } | { kind: 'refused'; code: string } | NoAnswer>;
  close(): Promise<void>;
};

/** Whose a key is (DICT), what a dynamic code asks for, and under which key a customer is found. Not every rail has one. */
export type Directory = {
  resolveKey(key: string): Promise<Found<DirectoryEntry>>;
  fetchCharge(address: string): Promise<Found<Charge>>;
  registerKey(
    key: string,
    entry: { ispb: string; branch: string; account: string; owner: { name: string; taxId: string } },
  ): Promise<{ kind: 'ok' } | { kind: 'refused'; code: string } | NoAnswer>;
  /** Sandbox only: somebody sends a Pix to a key. The same `requestId` sends one. */
  requestReceipt(payeeKey: string, amount: string, requestId: string): Promise<Found<{ endToEndId: string }>>;
  close(): Promise<void>;
};
export type DirectoryEntry = {
  key: string;
  owner: { name: string; taxIdMasked: string };
  ispb: string;
  bankName: string;
  branch: string;
  account: string;
};
export type Charge = {
  txid: string;
  /** As receiving institutions write it, `39.9` and `2` among it: one meaning each, and the payer sees it before paying. */
  amount: string;
  key: string;
  status: string;
  expiresAt: string;
  /** Cash that the payee hands out for it (Pix Saque, Pix Troco), or an authorisation of more to come: what we do not do is not dropped. */
  withdrawal?: unknown;
  recurrence?: unknown;
};
