import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../backoff.ts';
import { createHttpClient, type HttpClient } from '../../http-client.ts';
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
  const { origin, pathname, search } = new URL(url);
  const client = createHttpClient({ url: origin, connections: 2, queue: 100, mostBytes: MAX_ANSWER_BYTES });
  return {
    driver: 'rfc3161',
    async anchor(day) {
      const statement = dayStatementText(day);
      for (let attempt = 1; ; attempt++) {
        try {
          // Positive, and so one byte more in DER never looks negative.
          const nonce = randomBytes(16);
          nonce[0] = (nonce[0]! & 0x7f) | 0x40;
          const answer = await post(client, pathname + search, await stampRequest(statement, nonce), timeoutMs);
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

async function post(client: HttpClient, path: string, body: Buffer, timeoutMs: number): Promise<Buffer> {
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' };
  const sent = await client.send({ method: 'POST', path, headers, body }, timeoutMs);
  if (sent.kind !== 'answered')
    throw new Error('the time-stamping authority did not answer, or more than any token is', { cause: sent.cause });
  if (sent.status !== 200) throw new Error(`the time-stamping authority answered ${sent.status}`);
  return sent.body;
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
