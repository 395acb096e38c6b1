import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { backoffMs } from '../../backoff.ts';
import { dayStatementText } from '../chain.ts';
import { sha256 } from '../merkle.ts';
import type { Anchor } from './anchor.ts';
import { createTokenChecker, readToken } from './token.ts';

const SHA256 = '2.16.840.1.101.3.4.2.1';
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
const MAX_ANSWER_BYTES = 256 * 1024;
/** granted, and granted with modifications. */
const GRANTED = new Set([0, 1]);

export type TimeStampOptions = {
  /** Where the authority takes requests. */
  url: string;
  /** Certificates to whom a token must lead, PEM. */
  trustedPem: string;
  timeoutMs?: number;
  attempts?: number;
};

/** Has each statement stamped by a time-stamping authority (RFC 3161). A token is kept only after it was judged. */
export function timeStampAnchor({ url, trustedPem, timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS }: TimeStampOptions): Anchor {
  const checkToken = createTokenChecker(trustedPem);
  return {
    driver: 'rfc3161',
    async anchor(day) {
      const statement = dayStatementText(day);
      for (let attempt = 1; ; attempt++) {
        try {
          // Positive, and so one byte more in DER never looks negative.
          const nonce = randomBytes(16);
          nonce[0] = (nonce[0]! & 0x7f) | 0x40;
          const answer = await post(url, await stampRequest(statement, nonce), timeoutMs);
          const evidence = await tokenOf(answer, nonce);
          return { evidence, ...(await checkToken(evidence, statement)) };
        } catch (error) {
          if (attempt >= attempts) throw error;
          await sleep(backoffMs(attempt, 250, 5_000));
        }
      }
    },
  };
}

/** The TimeStampReq for a statement, DER; asks for the certificates to be in the token. */
export async function stampRequest(statement: Buffer, nonce: Buffer): Promise<Buffer> {
  const [pki, asn1] = await Promise.all([import('pkijs'), import('asn1js')]);
  const messageImprint = new pki.MessageImprint({
    hashAlgorithm: new pki.AlgorithmIdentifier({ algorithmId: SHA256, algorithmParams: new asn1.Null() }),
    hashedMessage: new asn1.OctetString({ valueHex: new Uint8Array(sha256(statement)) }),
  });
  const fields = { version: 1, messageImprint, certReq: true, nonce: new asn1.Integer({ valueHex: new Uint8Array(nonce) }) };
  return Buffer.from(new pki.TimeStampReq(fields).toSchema().toBER());
}

async function post(url: string, body: Buffer, timeoutMs: number): Promise<Buffer> {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer.body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the time-stamping authority answered more than any token is');
    parts.push(part);
  }
  if (answer.statusCode !== 200) throw new Error(`the time-stamping authority answered ${answer.statusCode}`);
  return Buffer.concat(parts);
}

/** The token of a TimeStampResp, if it was granted and answers this request. */
async function tokenOf(answer: Buffer, nonce: Buffer): Promise<Buffer> {
  const pki = await import('pkijs');
  const response = pki.TimeStampResp.fromBER(new Uint8Array(answer));
  const { status } = response.status;
  if (!GRANTED.has(status) || !response.timeStampToken) throw new Error(`the time-stamping authority refused with status ${status}`);
  const token = Buffer.from(response.timeStampToken.toSchema().toBER());
  const { info } = readToken(pki, token);
  const said = Buffer.from(info.nonce?.valueBlock.valueHexView ?? []);
  if (!said.equals(nonce)) throw new Error('the token answers another request: its nonce differs');
  return token;
}
