import { Type } from 'typebox';
import { request } from 'undici';
import { twist } from '../oddities.ts';
import type { WebhookEvent } from '../records.ts';
import { Key, strict } from '../schemas.ts';
import type { FormOf } from '../webhooks.ts';
import { refusal } from './errors.ts';
import { type EfiOptions, type EfiRoutes, sentWords } from './messages.ts';

const PATIENCE_MS = 5_000;
/** Says what went wrong there, as SPI does. */
const REASONS: Readonly<Record<string, string>> = {
  AC03: 'Número da agência e/ou conta transacional do usuário recebedor inexistente ou inválido',
};

/** Where announcements go. A platform that takes a call without Efí's certificate is refused, unless it asks not to be tried. */
export const webhookRoutes: EfiRoutes = (app, { institution }, { certificateHeaders = {} }) => {
  const Body = strict({ webhookUrl: Type.String({ pattern: '^https?://', maxLength: 2_000 }) });
  app.put('/v2/webhook/:chave', { schema: { params: strict({ chave: Key }), body: Body } }, async ({ params, body, headers }, reply) => {
    const { webhookUrl } = body;
    const isTried = headers['x-skip-mtls-checking'] !== 'true';
    if (isTried && (await knock(webhookUrl, {})) < 400)
      throw refusal(400, 'webhook_invalido', 'A autenticação de TLS mútuo não está configurada na URL informada');
    const status = await knock(webhookUrl, certificateHeaders);
    if (status < 200 || status >= 300) throw refusal(400, 'webhook_invalido', `A URL informada respondeu com o código HTTP ${status}`);
    await institution.setWebhookUrl(withPix(webhookUrl), 'efi');
    return reply.code(201).send({ webhookUrl, chave: params.chave, criacao: new Date().toISOString() });
  });
};

async function knock(url: string, headers: Record<string, string>): Promise<number> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ evento: 'teste_webhook', data_criacao: new Date().toISOString() }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    throw refusal(400, 'webhook_invalido', 'A URL informada está inacessível');
  }
}

/** What is announced goes to the address with `/pix` behind it, unless that ends in a parameter which swallows it. */
const withPix = (url: string): string => (url.endsWith('ignorar=') ? url : `${url}/pix`);

/** Efí's form of an event. There is no id of it and no signature: the address and the certificate are the proof. */
export const efiForm =
  ({ certificateHeaders = {} }: EfiOptions): FormOf =>
  (event, oddities) => {
    const isTypeUnknown = oddities.includes('typeUnknown');
    const one = messageOf(event, isTypeUnknown);
    const ofOne = oddities.filter((oddity) => oddity !== 'typeUnknown');
    // Of a payment, the id that we know it by stands in the extras.
    const words = event.type === 'pix.received' ? { ...sentWords, own: 'endToEndId' } : sentWords;
    const { gnExtras, ...rest } = one;
    const flat = twist({ ...rest, idEnvio: gnExtras.idEnvio }, ofOne, words);
    const { idEnvio, motivo, ...told } = flat as Record<string, unknown>;
    const erro = motivo === undefined ? gnExtras.erro : { ...gnExtras.erro, motivo };
    return { body: JSON.stringify({ pix: [{ ...told, gnExtras: { ...gnExtras, idEnvio, erro } }] }), headers: { ...certificateHeaders } };
  };

interface Message {
  readonly gnExtras: { readonly idEnvio?: string; readonly erro?: object };
  readonly [field: string]: unknown;
}

function messageOf({ type, at, data, about = {} }: WebhookEvent, isTypeUnknown: boolean): Message {
  const { endToEndId, amount: valor, reason, txid } = data;
  if (type === 'pix.received' && about.returnOf) {
    const { ownId, endToEndId: of, amount } = about.returnOf;
    const devolucoes = [{ rtrId: endToEndId, valor, horario: { solicitacao: at, liquidacao: at }, status: 'DEVOLVIDO' }];
    const sent = { endToEndId: of, tipo: 'SOLICITACAO', status: 'REALIZADO', valor: amount, horario: at, devolucoes };
    return { ...sent, gnExtras: { idEnvio: ownId } };
  }
  if (type === 'pix.received')
    return { endToEndId, txid, chave: about.key, valor, horario: at, ...(isTypeUnknown ? { tipo: 'LIQUIDACAO' } : {}), gnExtras: {} };
  const isSettled = type === 'pix.settled';
  return {
    endToEndId,
    chave: about.key,
    tipo: isTypeUnknown ? 'LIQUIDACAO' : 'SOLICITACAO',
    status: isSettled ? 'REALIZADO' : 'NAO_REALIZADO',
    valor,
    horario: isSettled ? at : null,
    gnExtras: {
      idEnvio: about.ownId,
      ...(isSettled ? {} : { erro: { codigo: reason, origem: 'PSP do usuário recebedor', motivo: REASONS[reason ?? ''] ?? 'Recusado' } }),
    },
  };
}
