import { Pool } from 'undici';
import { type Answer, createAsk } from './http.ts';
import {
  type Charge,
  type DirectoryEntry,
  type Movement,
  type PaymentState,
  type Receipt,
  type ReturnState,
  readMessage,
} from './messages.ts';

/** A payment order as the provider takes it. The same end-to-end id always comes with the same content. */
export type Order = {
  endToEndId: string;
  amount: string;
  payer: { ispb: string; branch: string; account: string; taxId: string; name: string };
  payee: { key?: string; ispb: string; branch: string; account: string };
  txid?: string;
  remittance?: string;
};

/** A return (devolução) of all that arrived under `endToEndId`. The same return id always comes with the same content. */
export type ReturnOrder = { returnId: string; endToEndId: string; amount: string; reason: 'BE08' };

/** Not carried out for reasons that say nothing about the matter itself. `why` is a code, for steps and logs. */
export type NoAnswer = { kind: 'not-sent' | 'unclear'; why: string };
export type SendResult = { kind: 'accepted' } | { kind: 'refused'; code: string } | NoAnswer;
export type ReturnResult = { kind: 'taken'; state: ReturnState } | { kind: 'refused'; code: string } | NoAnswer;
export type Found<T> = { kind: 'found'; value: T } | { kind: 'not-found' } | NoAnswer;

export type ProviderOptions = { url: string; apiKey: string; timeoutMs: number };

export type Provider = ReturnType<typeof createProvider>;

/** The payment provider over HTTP. Every operation answers with data; none throws for what the other side did or did not do. */
export function createProvider(options: ProviderOptions) {
  const pool = new Pool(options.url, { connections: 64, pipelining: 1, connectTimeout: Math.min(options.timeoutMs, 2_000) });
  const group = (concurrency: number, queue: number) =>
    createAsk({ pool, apiKey: options.apiKey, timeoutMs: options.timeoutMs, concurrency, queue });
  const send = group(48, 2_000);
  const look = group(24, 2_000);
  const directory = group(24, 500);

  /** Reading twice is harmless: one more try when the first brought nothing. */
  async function ask<T>(askOnce: () => Promise<Found<T>>): Promise<Found<T>> {
    const first = await askOnce();
    return first.kind === 'found' || first.kind === 'not-found' ? first : askOnce();
  }
  async function find<T>(
    via: typeof look,
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    read: (value: unknown) => T | null,
  ): Promise<Found<T>> {
    const answer = await via(method, path, body);
    if (answer.kind === 'ok') {
      const value = read(answer.body);
      return value === null ? { kind: 'unclear', why: 'UNREADABLE_ANSWER' } : { kind: 'found', value };
    }
    if (answer.kind !== 'refused') return answer;
    return answer.code === 'NOT_FOUND' ? { kind: 'not-found' } : { kind: 'unclear', why: answer.code };
  }

  return {
    /** Sends a payment. Only a refusal of the order itself is `refused`; a refusal of us (wrong key, conflict) is not the payment's end. */
    async submitPayment(order: Order): Promise<SendResult> {
      const answer = await send('POST', '/spi/payments', order);
      if (answer.kind === 'ok')
        return readMessage('PaymentState', answer.body) ? { kind: 'accepted' } : { kind: 'unclear', why: 'UNREADABLE_ANSWER' };
      return noSuccess(answer);
    },
    /** `not-found` is authoritative: the provider never received it. */
    queryPayment: (endToEndId: string): Promise<Found<PaymentState>> =>
      find(look, 'GET', `/spi/payments/${endToEndId}`, undefined, (value) => {
        const state = readMessage('PaymentState', value);
        return state?.endToEndId === endToEndId ? state : null;
      }),
    /** Sends money back; refused and unclear as for a payment. A state of another return than was asked for is no answer. */
    async submitReturn(order: ReturnOrder): Promise<ReturnResult> {
      const answer = await send('POST', '/spi/returns', order);
      if (answer.kind !== 'ok') return noSuccess(answer);
      const state = readMessage('ReturnState', answer.body);
      const isOurs = state?.returnId === order.returnId && state.endToEndId === order.endToEndId && state.amount === order.amount;
      return isOurs ? { kind: 'taken', state } : { kind: 'unclear', why: 'UNREADABLE_ANSWER' };
    },
    /** `not-found` is authoritative here, too. */
    queryReturn: (returnId: string): Promise<Found<ReturnState>> =>
      find(look, 'GET', `/spi/returns/${returnId}`, undefined, (value) => {
        const state = readMessage('ReturnState', value);
        return state?.returnId === returnId ? state : null;
      }),
    queryReceipt: (endToEndId: string): Promise<Found<Receipt>> =>
      find(look, 'GET', `/spi/receipts/${endToEndId}`, undefined, (value) => {
        const receipt = readMessage('Receipt', value);
        return receipt?.endToEndId === endToEndId ? receipt : null;
      }),
    resolveKey: (key: string): Promise<Found<DirectoryEntry>> =>
      ask(() => find(directory, 'POST', '/dict/resolve', { key }, (value) => readMessage('DirectoryEntry', value))),
    fetchCharge: (url: string): Promise<Found<Charge>> =>
      ask(() => find(directory, 'POST', '/pix/dynamic', { url }, (value) => readMessage('Charge', value))),
    async registerKey(
      key: string,
      entry: { ispb: string; branch: string; account: string; owner: { name: string; taxId: string } },
    ): Promise<{ kind: 'ok' } | { kind: 'refused'; code: string } | NoAnswer> {
      const answer = await directory('PUT', `/dict/keys/${encodeURIComponent(key)}`, entry);
      if (answer.kind === 'ok') return { kind: 'ok' };
      return answer.kind === 'refused' ? { kind: 'refused', code: answer.code } : answer;
    },
    /** Sandbox only: somebody sends a Pix to a key. The same `requestId` sends one. */
    requestReceipt: (payeeKey: string, amount: string, requestId: string): Promise<Found<{ endToEndId: string }>> =>
      ask(() => find(directory, 'POST', '/admin/receive', { payeeKey, amount, requestId }, (value) => readMessage('Received', value))),
    /** What the provider really did, in a period. */
    statement: (fromIso: string, toIso: string): Promise<Found<Movement[]>> =>
      find(look, 'GET', `/admin/statement?from=${fromIso}&to=${toIso}`, undefined, (value) => {
        const statement = readMessage('ProviderStatement', value);
        return statement?.lines ?? statement?.entries ?? null;
      }),
    close: () => pool.destroy(),
  };
}

/** What becomes of an order that was not answered with success. */
function noSuccess(answer: Exclude<Answer, { kind: 'ok' }>): { kind: 'refused'; code: string } | NoAnswer {
  if (answer.kind !== 'refused') return answer;
  if (answer.status === 422) return { kind: 'refused', code: answer.code };
  // 401, 403, 404: it was turned away at the door. 409 and the rest: something of that id is there, and only a query can tell what.
  return answer.status === 401 || answer.status === 403 || answer.status === 404
    ? { kind: 'not-sent', why: answer.code }
    : { kind: 'unclear', why: answer.code };
}
