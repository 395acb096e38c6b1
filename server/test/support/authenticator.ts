import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

type Flags = { userVerified?: boolean; counter?: number };
const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const UP = 0x01;
const UV = 0x04;
const BACKED = 0x18;
const ATTESTED = 0x40;

/** CBOR (RFC 8949) of what an authenticator says: small whole numbers, bytes, texts and maps. */
function cbor(value: number | Buffer | string | Map<unknown, unknown>): Buffer {
  const head = (major: number, count: number): Buffer => {
    if (count < 24) return Buffer.of((major << 5) | count);
    return count < 256 ? Buffer.of((major << 5) | 24, count) : Buffer.of((major << 5) | 25, count >> 8, count & 255);
  };
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, one]) => [cbor(key as string), cbor(one as string)])]);
}

/** A passkey in software (ES256, no attestation), for tests of what no browser would send. */
export function createAuthenticator(origin: string, rpId = new URL(origin).hostname) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = sha256(publicKey.export({ type: 'spki', format: 'der' }));
  let userHandle = '';
  const key: KeyObject = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));

  const authData = (flags: number, counter: number, more = Buffer.alloc(0)): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.of(flags), count, more]);
  };
  const clientData = (type: string, challenge: string, from: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }));

  return {
    id: id.toString('base64url'),
    /** Answers `navigator.credentials.create`. */
    create(options: { challenge: string; user: { id: string } }, over: Flags & { origin?: string; rk?: boolean } = {}) {
      userHandle = options.user.id;
      const { x, y } = publicKey.export({ format: 'jwk' });
      const cose = new Map<unknown, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x!, 'base64url')],
        [-3, Buffer.from(y!, 'base64url')],
      ]);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, cbor(cose)]);
      const flags = UP | BACKED | ATTESTED | (over.userVerified === false ? 0 : UV);
      const data = authData(flags, over.counter ?? 0, attested);
      const attestation = new Map<unknown, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data],
      ]);
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: { credProps: { rk: over.rk ?? true } },
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, over.origin ?? origin).toString('base64url'),
          attestationObject: cbor(attestation).toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    /** Answers `navigator.credentials.get`. */
    get(options: { challenge: string }, over: Flags & { origin?: string; userHandle?: string } = {}) {
      const data = authData(UP | BACKED | (over.userVerified === false ? 0 : UV), over.counter ?? 0);
      const client = clientData('webauthn.get', options.challenge, over.origin ?? origin);
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', Buffer.concat([data, sha256(client)]), key).toString('base64url'),
          userHandle: over.userHandle ?? userHandle,
        },
      };
    },
  };
}
