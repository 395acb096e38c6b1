import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { SandboxError } from './errors.ts';
import type { AnswerGroup, AnswerName, DoorName, FaultName, Oddity } from './fault-schema.ts';
import { ODDITIES } from './fault-schema.ts';
import type { FaultSet } from './faults.ts';
import { twist, type Words } from './oddities.ts';

const PAGE = '<!DOCTYPE html><html><head><title>Manutenção</title></head><body><h1>Voltamos já</h1><p>Código: 8f3a</p></body></html>';
const DEFAULT_RETRY_AFTER_S = 1;
const DOOR: readonly (readonly [DoorName, number, string])[] = [
  ['error400', 400, 'INVALID_REQUEST'],
  ['error401', 401, 'UNAUTHORIZED'],
  ['error403', 403, 'FORBIDDEN'],
  ['error429', 429, 'TOO_MANY_REQUESTS'],
];

/** Turns a call away before it is looked at, when a switch says so. Orders have these switches at the top, other calls in their group. */
export function turnAway(faults: FaultSet, group: AnswerGroup, reply: FastifyReply): void {
  const prefix = group === 'answer' ? '' : `${group}.`;
  for (const [name, status, code] of DOOR) {
    if (!faults.strikes(`${prefix}${name}` as FaultName)) continue;
    const { retryAfterS } = group === 'answer' ? faults.config : (faults.config[group] ?? {});
    if (status !== 400) reply.header('retry-after', String(retryAfterS ?? DEFAULT_RETRY_AFTER_S));
    throw new SandboxError(status, code, 'a fault switch asked for this refusal');
  }
}

/** Sends the answer, in the manner that the switches of the group ask for. `words`: how the wire calls what the switches are about. */
export async function answer(
  reply: FastifyReply,
  { faults, group, words }: { faults: FaultSet; group: AnswerGroup; words: Words },
  status: number,
  body: object,
): Promise<FastifyReply> {
  const strikes = (name: AnswerName) => faults.strikes(`${group}.${name}` as FaultName);
  if (strikes('html200')) return sendPage(reply, 200);
  if (strikes('html502')) return sendPage(reply, 502);
  if (strikes('unknownCode')) throw new SandboxError(422, 'ZZ99', 'a fault switch asked for a code that nobody knows');
  if (strikes('failureInside')) return reply.code(status).send({ success: false, error: { code: 'QIT000500', message: 'falha interna' } });
  const isOdd = (oddity: Oddity) => oddity !== 'typeUnknown' && strikes(oddity);
  const twisted = twist(body, ODDITIES.filter(isOdd), words);
  if (strikes('cutOff')) return cutOff(reply, status, twisted);
  const dripMs = faults.config[group]?.dripMs;
  return dripMs ? drip(reply, status, twisted, dripMs) : reply.code(status).send(twisted);
}

const sendPage = (reply: FastifyReply, status: number) => reply.code(status).type('text/html; charset=utf-8').send(PAGE);

/** Promises all bytes, sends half of them, and hangs up. */
function cutOff(reply: FastifyReply, status: number, body: object): FastifyReply {
  const bytes = begin(reply, status, body);
  reply.raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => reply.raw.destroy());
  return reply;
}

/** Sends byte after byte; ends when the caller hangs up. */
async function drip(reply: FastifyReply, status: number, body: object, dripMs: number): Promise<FastifyReply> {
  const bytes = begin(reply, status, body);
  for (let at = 0; at < bytes.length && !reply.raw.destroyed; at++) {
    reply.raw.write(bytes.subarray(at, at + 1));
    // Unreferenced: it does not keep a stopping process alive.
    await sleep(dripMs, undefined, { ref: false });
  }
  reply.raw.end();
  return reply;
}

function begin(reply: FastifyReply, status: number, body: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(body));
  reply.hijack();
  reply.raw.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
  return bytes;
}
