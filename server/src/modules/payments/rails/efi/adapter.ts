import { Type } from 'typebox';
import { parseEndToEndId } from '../../domain/end-to-end-id.ts';
import { type Adapter, type Opening, withinReach } from '../adapter.ts';
import { type Answer, createAsk, type Method } from '../line.ts';
import type { Arrival, Found, Order, ProviderFact, Rail } from '../port.ts';
import { type CertificateProof, readAnnouncements } from './announcements.ts';
import { type Received, readReceived } from './messages.ts';
import { codeOfRefusal, EFI, nameOf, RECEIPT_NOT_FOUND, readOrderAnswer, readQueryAnswer } from './read-answer.ts';
import { findComeBack, type ReadList, readStatementPage } from './statement.ts';
import { createTokens } from './token.ts';

const Settings = Type.Object(
  {
    url: Type.String({ pattern: '^https?://' }),
    /** The Pix key of our account there, from which is paid and at which announcements are registered. */
    payerKey: Type.String({ minLength: 1, maxLength: 77 }),
    /** Orders on their way at once. Efí asks for one; more may meet at the balance. */
    maxInFlight: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
    /** Where a proxy looks at certificates: the header by which it says so, and its value. */
    certificate: Type.Optional(
      Type.Object({ header: Type.String({ pattern: '^[a-zA-Z0-9-]{1,60}$' }), value: Type.String({ minLength: 1, maxLength: 200 }) }),
    ),
  },
  { additionalProperties: false },
);
type Settings = { url: string; payerKey: string; maxInFlight?: number; certificate?: CertificateProof };

/** Efí (formerly Gerencianet): OAuth and a client certificate, our id in the path, answers that come later, the end-to-end id theirs. */
export const efi: Adapter = {
  id: EFI.id,
  about: 'an account at Efí, by its API Pix',
  settings: Settings,
  secrets: { needed: ['clientId', 'clientSecret', 'webhookHmac'], taken: ['certificate', 'privateKey'] },
  open: openEfi,
};

function openEfi(opening: Opening): Rail {
  const { secrets, timeoutMs, queueMs } = opening;
  const { url, payerKey, maxInFlight = EFI.maxInFlightPerAccount!, certificate } = opening.settings as Settings;
  const { certificate: cert, privateKey: key } = secrets;
  const line = (concurrency: number, retry: boolean) =>
    createAsk({ url, timeoutMs, queueMs, concurrency, retry, ...(cert && key ? { tls: { cert, key } } : {}) });
  const [tokenLine, send, look, statement] = [line(2, true), line(maxInFlight, false), line(48, true), line(4, true)];
  const tokens = createTokens(tokenLine, { clientId: secrets.clientId!, clientSecret: secrets.clientSecret! });
  const ask = (via: typeof send, method: Method, path: string, body?: unknown) => tokens.ask(via, method, path, body);
  const capabilities = { ...withinReach(EFI, opening), maxInFlightPerAccount: maxInFlight };
  const readList =
    (via: typeof send): ReadList =>
    async (path) =>
      readFound(await ask(via, 'GET', path));

  return {
    capabilities,
    isBusy: send.isBusy,
    async submitPayment(order, amountMinor): Promise<ProviderFact> {
      const flaw = flawOf(order);
      // Nothing was sent and nothing ever will be.
      if (flaw) return { fact: 'refused', code: flaw };
      const { endToEndId: id, amount: valor, payee, remittance } = order;
      const pagador = { chave: payerKey, ...(remittance === undefined ? {} : { infoPagador: remittance }) };
      const answer = await ask(send, 'PUT', `/v3/gn/pix/${id}`, { valor, pagador, favorecido: { chave: payee.key } });
      return readOrderAnswer(answer, { what: 'payment', id, amountMinor });
    },
    async queryPayment(id, amountMinor): Promise<ProviderFact> {
      return readQueryAnswer(await ask(look, 'GET', `/v2/gn/pix/enviados/id-envio/${id}`), { what: 'payment', id, amountMinor });
    },
    async submitReturn({ returnId: id, endToEndId, amount: valor }, amountMinor): Promise<ProviderFact> {
      const answer = await ask(send, 'PUT', `/v2/pix/${endToEndId}/devolucao/${id}`, { valor });
      return readOrderAnswer(answer, { what: 'return', id, amountMinor });
    },
    async queryReturn({ returnId: id, endToEndId }, amountMinor): Promise<ProviderFact> {
      return readQueryAnswer(await ask(look, 'GET', `/v2/pix/${endToEndId}/devolucao/${id}`), { what: 'return', id, amountMinor });
    },
    async queryReceipt(endToEndId): Promise<Found<Arrival>> {
      if (endToEndId.startsWith('D')) return findReturned(readList(look), endToEndId);
      const answer = await ask(look, 'GET', `/v2/pix/${endToEndId}`);
      if (answer.kind === 'answered' && RECEIPT_NOT_FOUND.has(nameOf(answer))) return { kind: 'not-found' };
      const found = readFound(answer);
      if (found.kind !== 'found') return found;
      const received = readReceived(found.value);
      return received?.endToEndId === endToEndId ? { kind: 'found', value: arrivalOf(received) } : UNREADABLE;
    },
    async statementPage(query) {
      const nowMs = await tokens.nowMs();
      if (nowMs === null) return { kind: 'not-sent', why: 'NO_TOKEN' };
      return readStatementPage(readList(statement), query, { nowMs, lagMs: capabilities.statementLagMs });
    },
    readAnnouncements: (call) => readAnnouncements({ secret: secrets.webhookHmac!, certificate }, call),
    async registerWebhook(address) {
      const webhookUrl = `${address}?hmac=${encodeURIComponent(secrets.webhookHmac!)}&ignorar=`;
      const headers = { 'x-skip-mtls-checking': String(certificate === undefined) };
      const answer = await tokens.ask(look, 'PUT', `/v2/webhook/${encodeURIComponent(payerKey)}`, { webhookUrl }, headers);
      if (answer.kind !== 'answered') return { kind: answer.kind, why: answer.why };
      return answer.status < 300 ? { kind: 'ok' } : { kind: 'refused', code: codeOfRefusal(answer) };
    },
    async close(): Promise<void> {
      await Promise.all([tokenLine, send, look, statement].map((one) => one.close()));
    },
  };
}

const UNREADABLE = { kind: 'unclear', why: 'UNREADABLE_ANSWER' } as const;

/** Why an order cannot go this way at all; what cannot be told to the provider is not left out. */
function flawOf({ endToEndId, payee, txid }: Order): string | null {
  if (!EFI.ownId.pattern.test(endToEndId)) return 'OWN_ID_MALFORMED';
  if (payee.key === undefined) return 'PAYEE_NEEDS_KEY';
  return txid === undefined ? null : 'CHARGES_NOT_CARRIED';
}

function readFound(answer: Answer): Found<unknown> {
  if (answer.kind !== 'answered') return { kind: answer.kind, why: answer.why };
  return answer.status < 300 ? { kind: 'found', value: answer.body } : { kind: 'unclear', why: codeOfRefusal(answer) };
}

function arrivalOf({ endToEndId, valor: amount, chave, txid, horario: receivedAt, gnExtras }: Received): Arrival {
  const { nome: name = '', cpf, cnpj } = gnExtras?.pagador ?? {};
  return {
    endToEndId,
    amount,
    ...(chave === undefined ? {} : { payeeKey: chave }),
    payer: { name, taxId: (cpf ?? cnpj ?? '').replace(/[^0-9A-Z]/g, ''), ispb: endToEndId.slice(1, 9) },
    ...(txid === undefined ? {} : { txid }),
    receivedAt,
  };
}

/** A payment of ours that came back. */
async function findReturned(read: ReadList, rtrId: string): Promise<Found<Arrival>> {
  const aroundMs = parseEndToEndId(rtrId)?.atMs;
  if (aroundMs === undefined) return { kind: 'unclear', why: 'RETURN_ID_MALFORMED' };
  const found = await findComeBack(read, rtrId, aroundMs);
  if (found.kind !== 'found') return found;
  const { sent, amount, at } = found.value;
  const payer = { name: '', taxId: '', ispb: rtrId.slice(1, 9) };
  return { kind: 'found', value: { endToEndId: rtrId, amount, returnOf: sent.idEnvio ?? sent.endToEndId, payer, receivedAt: at } };
}
