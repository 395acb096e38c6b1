import type { Capabilities, ProviderFact } from './facts.ts';
import { type Answer, type Ask, createAsk } from './http.ts';
import {
  type Charge,
  type DirectoryEntry,
  type Movement,
  type Receipt,
  type ReturnState,
  readMessage,
  type StatementPage,
} from './messages.ts';
import { type Asked, PIX_SANDBOX, readOrderAnswer, readQueryAnswer } from './pix-sandbox.ts';
import { codeOf } from './texts.ts';

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
export type ReturnResult = { kind: 'taken'; state: ReturnState } | { kind: 'refused'; code: string } | NoAnswer;
export type Found<T> = { kind: 'found'; value: T } | { kind: 'not-found' } | NoAnswer;

export type ProviderOptions = {
  url: string;
  apiKey: string;
  timeoutMs: number;
  /** How long a request may wait for its turn. Default: as long as one may take. */
  queueMs?: number;
  /** What differs from the adapter's own; tests want short times. */
  capabilities?: Partial<Capabilities>;
};

export type Provider = ReturnType<typeof createProvider>;

/** The payment provider over HTTP. Every operation answers with data; none throws for what the other side did or did not do. */
export function createProvider({ url, apiKey, timeoutMs, queueMs = timeoutMs, ...options }: ProviderOptions) {
  const group = (concurrency: number) => createAsk({ url, apiKey, timeoutMs, queueMs, concurrency });
  const send = group(64);
  const look = group(48);
  const directory = group(24);
  // A group of its own: what goes wrong with questions about single payments must not keep the books from being compared.
  const statement = group(4);
  const found = { ...PIX_SANDBOX, ...options.capabilities };
  // Whatever the adapter says, a request of ours may still be on its way for as long as it may wait and take.
  const { notFoundFinalAfterMs: finalMs } = found;
  const capabilities: Capabilities = { ...found, notFoundFinalAfterMs: finalMs === null ? null : Math.max(finalMs, queueMs + timeoutMs) };
  const find = createFind(look);
  const findInDirectory = createFind(directory);
  const findLines = createFind(statement);

  return {
    capabilities,
    /** True while new payments would only wait for their turn to be sent. */
    isBusy: (): boolean => send.isBusy(),
    async submitPayment(order: Order, amountMinor: bigint): Promise<ProviderFact> {
      const asked: Asked = { own: 'endToEndId', id: order.endToEndId, amountMinor };
      return readOrderAnswer(await send('POST', '/spi/payments', order), asked);
    },
    async queryPayment(endToEndId: string, amountMinor: bigint): Promise<ProviderFact> {
      return readQueryAnswer(await look('GET', `/spi/payments/${endToEndId}`), { own: 'endToEndId', id: endToEndId, amountMinor });
    },
    /** Sends money back; refused only by the closed list. A state of another return than was asked for is no answer. */
    async submitReturn(order: ReturnOrder): Promise<ReturnResult> {
      const answer = await send('POST', '/spi/returns', order);
      if (answer.kind === 'answered' && answer.status < 300) {
        const state = readMessage('ReturnState', answer.body);
        const isOurs = state?.returnId === order.returnId && state.endToEndId === order.endToEndId && state.amount === order.amount;
        return isOurs ? { kind: 'taken', state } : { kind: 'unclear', why: 'UNREADABLE_ANSWER' };
      }
      const read = readOrderAnswer(answer, { own: 'returnId', id: order.returnId, amountMinor: 0n });
      if (read.fact === 'refused') return { kind: 'refused', code: read.code };
      if (read.fact === 'not-sent' || read.fact === 'unclear') return { kind: read.fact, why: read.why };
      return { kind: 'unclear', why: read.fact === 'duplicate' ? read.code : 'UNREADABLE_ANSWER' };
    },
    /** `not-found` says nothing for ever: see `capabilities.notFoundFinalAfterMs`. */
    queryReturn: (returnId: string): Promise<Found<ReturnState>> =>
      find('GET', `/spi/returns/${returnId}`, undefined, (value) => {
        const state = readMessage('ReturnState', value);
        return state?.returnId === returnId ? state : null;
      }),
    queryReceipt: (endToEndId: string): Promise<Found<Receipt>> =>
      find('GET', `/spi/receipts/${endToEndId}`, undefined, (value) => {
        const receipt = readMessage('Receipt', value);
        return receipt?.endToEndId === endToEndId ? receipt : null;
      }),
    resolveKey: (key: string): Promise<Found<DirectoryEntry>> =>
      ask(() => findInDirectory('POST', '/dict/resolve', { key }, (value) => readMessage('DirectoryEntry', value))),
    fetchCharge: (address: string): Promise<Found<Charge>> =>
      ask(() => findInDirectory('POST', '/pix/dynamic', { url: address }, (value) => readMessage('Charge', value))),
    async registerKey(
      key: string,
      entry: { ispb: string; branch: string; account: string; owner: { name: string; taxId: string } },
    ): Promise<{ kind: 'ok' } | { kind: 'refused'; code: string } | NoAnswer> {
      const answer = await directory('PUT', `/dict/keys/${encodeURIComponent(key)}`, entry);
      if (answer.kind !== 'answered') return answer;
      return answer.status < 300 ? { kind: 'ok' } : { kind: 'refused', code: refusalOf(answer) };
    },
    /** Sandbox only: somebody sends a Pix to a key. The same `requestId` sends one. */
    requestReceipt: (payeeKey: string, amount: string, requestId: string): Promise<Found<{ endToEndId: string }>> =>
      ask(() => findInDirectory('POST', '/admin/receive', { payeeKey, amount, requestId }, (value) => readMessage('Received', value))),
    /** What the provider really did, in a period. */
    statement: (fromIso: string, toIso: string): Promise<Found<Movement[]>> =>
      find('GET', `/admin/statement?from=${fromIso}&to=${toIso}`, undefined, (value) => {
        const statement = readMessage('ProviderStatement', value);
        return statement?.lines ?? statement?.entries ?? null;
      }),
    /** One page of what the provider really did from one instant to before another. The next page has the same period, and the cursor. */
    statementPage: ({ from, to, cursor }: { from: string; to: string; cursor?: string }): Promise<Found<StatementPage>> => {
      const query = new URLSearchParams({ from, to, limit: '1000', ...(cursor === undefined ? {} : { cursor }) });
      return findLines('GET', `/spi/statement?${query}`, undefined, (value) => readMessage('StatementPage', value));
    },
    async close(): Promise<void> {
      await Promise.all([send.close(), look.close(), directory.close(), statement.close()]);
    },
  };
}

/** Reading twice is harmless: one more try when the first brought nothing. */
async function ask<T>(askOnce: () => Promise<Found<T>>): Promise<Found<T>> {
  const first = await askOnce();
  return first.kind === 'found' || first.kind === 'not-found' ? first : askOnce();
}

/** Asks for something to read, with money that went out or came in left to `readQueryAnswer`. */
const createFind =
  (via: Ask) =>
  async <T>(method: 'GET' | 'POST', path: string, body: unknown, read: (value: unknown) => T | null): Promise<Found<T>> => {
    const answer = await via(method, path, body);
    if (answer.kind !== 'answered') return answer;
    if (answer.status < 300) {
      const value = read(answer.body);
      return value === null ? { kind: 'unclear', why: 'UNREADABLE_ANSWER' } : { kind: 'found', value };
    }
    const code = refusalOf(answer);
    return answer.status === 404 && code === 'NOT_FOUND' ? { kind: 'not-found' } : { kind: 'unclear', why: code };
  };

const refusalOf = ({ body }: Extract<Answer, { kind: 'answered' }>): string => codeOf((body as { code?: unknown } | null)?.code);
