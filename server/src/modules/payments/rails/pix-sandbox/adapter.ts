import { Type } from 'typebox';
import { decodeUtf8 } from '#platform/text.ts';
import { type Adapter, type Opening, withinReach } from '../adapter.ts';
import { createAsk } from '../line.ts';
import type { Announcement, AnnouncementCall, ProviderFact, Rail } from '../port.ts';
import { find, type ReadRefusal } from '../reading.ts';
import { codeOf, parseClean } from '../texts.ts';
import { readMessage } from './messages.ts';
import { PIX_SANDBOX, readOrderAnswer, readQueryAnswer } from './read-answer.ts';
import { isProved } from './signature.ts';

/** The provider of the sandbox: our own end-to-end ids in the body, a key in the header, signed announcements. */
export const pixSandbox: Adapter = {
  id: PIX_SANDBOX.id,
  about: 'a direct participant, as the sandbox plays one',
  settings: Type.Object({ url: Type.String({ pattern: '^https?://' }) }, { additionalProperties: false }),
  secrets: { needed: ['apiKey', 'webhookSecret'], taken: [] },
  open: openPixSandbox,
};

export const refusalOf: ReadRefusal = ({ status, body }) => {
  const code = codeOf((body as { code?: unknown } | null)?.code);
  return status === 404 && code === 'NOT_FOUND' ? null : { why: code };
};

function openPixSandbox(opening: Opening): Rail {
  const { secrets, timeoutMs, queueMs } = opening;
  const headers = { authorization: `Bearer ${secrets.apiKey}` };
  const line = (concurrency: number, retry: boolean) => {
    const ask = createAsk({ url: String(opening.settings.url), timeoutMs, queueMs, concurrency, retry });
    return Object.assign((...[method, path, body]: Parameters<typeof ask>) => ask(method, path, body, headers), ask);
  };
  const send = line(64, false);
  const look = line(48, true);
  // A group of its own: what goes wrong with questions about single payments must not keep the books from being compared.
  const statement = line(4, true);

  return {
    capabilities: withinReach(PIX_SANDBOX, opening),
    isBusy: send.isBusy,
    async submitPayment(order, amountMinor): Promise<ProviderFact> {
      return readOrderAnswer(await send('POST', '/spi/payments', order), { own: 'endToEndId', id: order.endToEndId, amountMinor });
    },
    async queryPayment(id, amountMinor): Promise<ProviderFact> {
      return readQueryAnswer(await look('GET', `/spi/payments/${id}`), { own: 'endToEndId', id, amountMinor });
    },
    async submitReturn(order, amountMinor): Promise<ProviderFact> {
      const { returnId: id, endToEndId: of } = order;
      return readOrderAnswer(await send('POST', '/spi/returns', order), { own: 'returnId', id, of, amountMinor });
    },
    async queryReturn({ returnId: id, endToEndId: of }, amountMinor): Promise<ProviderFact> {
      return readQueryAnswer(await look('GET', `/spi/returns/${id}`), { own: 'returnId', id, of, amountMinor });
    },
    queryReceipt: (endToEndId) =>
      find(
        look,
        ['GET', `/spi/receipts/${endToEndId}`],
        (value) => {
          const receipt = readMessage('Receipt', value);
          return receipt?.endToEndId === endToEndId ? receipt : null;
        },
        refusalOf,
      ),
    statementPage({ from, to, cursor }) {
      const query = new URLSearchParams({ from, to, limit: '1000', ...(cursor === undefined ? {} : { cursor }) });
      return find(statement, ['GET', `/spi/statement?${query}`], (value) => readMessage('StatementPage', value), refusalOf);
    },
    readAnnouncements: (call) => readAnnouncements(secrets.webhookSecret!, call),
    async close(): Promise<void> {
      await Promise.all([send.close(), look.close(), statement.close()]);
    },
  };
}

/** One a call, signed over its raw bytes. */
function readAnnouncements(secret: string, { headers, body, nowMs }: AnnouncementCall): Announcement[] | 'unproved' | 'malformed' {
  const { 'x-sandbox-timestamp': timestamp, 'x-sandbox-signature': signature } = headers;
  if (!isProved(secret, { timestamp, signature }, body, nowMs)) return 'unproved';
  const announcement = readMessage('Announcement', parseClean(decodeUtf8(body, false) ?? ''));
  return announcement ? [announcement] : 'malformed';
}
