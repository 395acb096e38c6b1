import { createAsk } from '../line.ts';
import type { Directory } from '../port.ts';
import { askTwice, find } from '../reading.ts';
import { codeOf } from '../texts.ts';
import { refusalOf } from './adapter.ts';
import { readMessage } from './messages.ts';

export type DirectoryOptions = { url: string; apiKey: string; timeoutMs: number; queueMs: number };

/** The directory of keys and the charges behind dynamic codes, with connections of their own: what hangs elsewhere stops no look-up. */
export function openDirectory({ apiKey, ...line }: DirectoryOptions): Directory {
  const headers = { authorization: `Bearer ${apiKey}` };
  const ask = createAsk({ ...line, concurrency: 24, retry: true });
  const via = Object.assign((...[method, path, body]: Parameters<typeof ask>) => ask(method, path, body, headers), ask);

  return {
    resolveKey: (key) =>
      askTwice(() => find(via, ['POST', '/dict/resolve', { key }], (value) => readMessage('DirectoryEntry', value), refusalOf)),
    fetchCharge: (url) => askTwice(() => find(via, ['POST', '/pix/dynamic', { url }], (value) => readMessage('Charge', value), refusalOf)),
    async registerKey(key, entry) {
      const answer = await via('PUT', `/dict/keys/${encodeURIComponent(key)}`, entry);
      if (answer.kind !== 'answered') return answer;
      return answer.status < 300 ? { kind: 'ok' } : { kind: 'refused', code: codeOf((answer.body as { code?: unknown } | null)?.code) };
    },
    requestReceipt: (payeeKey, amount, requestId) =>
      askTwice(() =>
        find(via, ['POST', '/admin/receive', { payeeKey, amount, requestId }], (value) => readMessage('Received', value), refusalOf),
      ),
    close: ask.close,
  };
}
