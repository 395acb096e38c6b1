import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeUtf8 } from '#platform/text.ts';
import type { Announcement, AnnouncementCall } from '../port.ts';
import { codeOf, parseClean } from '../texts.ts';

/** What the proxy in front of us says once it has seen Efí's certificate. It must drop that header from whatever comes in. */
export type CertificateProof = { header: string; value: string };

const MOST = 1_000;
const AMOUNT = /^[0-9]{1,10}\.[0-9]{2}$/;
const PIX_ID = /^[ED][0-9A-Za-z]{31}$/;
const TYPES: Readonly<Record<string, string>> = { REALIZADO: 'pix.settled', NAO_REALIZADO: 'pix.rejected' };
type Fields = { [name: string]: unknown };
const fieldsOf = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};

/**
 * Proves a call by the secret in its address and, where a proxy looks at certificates, by what that says; both must be right. Efí signs
 * nothing and gives no ids: what names an announcement is all of its content.
 */
export function readAnnouncements(
  { secret, certificate }: { secret: string; certificate: CertificateProof | undefined },
  { headers, query, body }: AnnouncementCall,
): Announcement[] | 'unproved' | 'malformed' {
  if (!isSame(query.hmac, secret)) return 'unproved';
  if (certificate && !isSame(headers[certificate.header.toLowerCase()], certificate.value)) return 'unproved';
  const told = fieldsOf(parseClean(decodeUtf8(body, false) ?? ''));
  // Registering the address sends something else there, to see whether it answers.
  if (told.pix === undefined && typeof told.evento === 'string') return [];
  if (!Array.isArray(told.pix) || told.pix.length > MOST) return 'malformed';
  const read = told.pix.map(readOne);
  return read.every((one) => one !== null) ? read.flat() : 'malformed';
}

function readOne(value: unknown): Announcement[] | null {
  const one = fieldsOf(value);
  const { idEnvio, erro } = fieldsOf(one.gnExtras);
  if (one.tipo === undefined && one.status === undefined) return received(one.endToEndId, one.valor, one.horario, one);
  const back = Array.isArray(one.devolucoes) ? one.devolucoes.map(fieldsOf) : [];
  const returns = back.map((each) =>
    received(each.rtrId, each.valor, fieldsOf(each.horario).liquidacao ?? fieldsOf(each.horario).solicitacao, each),
  );
  if (returns.some((each) => each === null)) return null;
  if (typeof idEnvio !== 'string' || !PIX_ID.test(idEnvio)) return null;
  const isKnown = one.tipo === 'SOLICITACAO';
  const type = (isKnown && typeof one.status === 'string' && TYPES[one.status]) || 'pix.unknown';
  const { codigo } = fieldsOf(erro);
  const sent: Announcement = {
    id: nameOf(one),
    type,
    at: textOf(one.horario),
    data: { endToEndId: idEnvio, ...amountOf(one.valor), ...(codigo === undefined ? {} : { reason: codeOf(codigo) }) },
  };
  return [sent, ...returns.flatMap((each) => each ?? [])];
}

function received(id: unknown, valor: unknown, horario: unknown, all: Fields): Announcement[] | null {
  if (typeof id !== 'string' || !PIX_ID.test(id)) return null;
  return [{ id: nameOf(all), type: 'pix.received', at: textOf(horario), data: { endToEndId: id, ...amountOf(valor) } }];
}

/** An amount that cannot be read is none: the answer to the question is what counts. */
const amountOf = (valor: unknown): { amount?: string } => (typeof valor === 'string' && AMOUNT.test(valor) ? { amount: valor } : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 40) : '');
const nameOf = (content: Fields): string => createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 40);

function isSame(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const [one, other] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}
