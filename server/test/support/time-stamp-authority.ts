import { createHash, webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';

type Keys = { publicKey: webcrypto.CryptoKey; privateKey: webcrypto.CryptoKey };
type Party = { certificate: pki.Certificate; keys: Keys };

/** What an authority may do wrong, one thing at a time. */
export type Misdeed =
  | 'nothing'
  | 'other-imprint'
  | 'other-nonce'
  | 'refuses'
  | 'no-stamping-purpose'
  | 'expired'
  | 'unnamed-certificate'
  | 'broken-signature'
  | 'garbage'
  | 'too-much'
  | 'http-500';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

/** A time-stamping authority (RFC 3161) with a root of its own, over HTTP, made up for the test. */
export async function startAuthority(options: { signs?: 'ecdsa' | 'rsa' } = {}) {
  const root = await issue('Root', { isCa: true });
  const stamper = await issue('Stamper', { by: root, stamps: true, signs: options.signs ?? 'ecdsa' });
  const others: Partial<Record<Misdeed, Party>> = {
    'no-stamping-purpose': await issue('Other', { by: root }),
    expired: await issue('Expired', { by: root, stamps: true, endsAt: Date.now() - YEAR_MS }),
  };
  let misdeeds: Misdeed[] = [];
  let asked = 0;
  const server = createServer(async (request, response) => {
    asked++;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const misdeed = misdeeds.shift() ?? 'nothing';
    const isQuery = request.method === 'POST' && request.headers['content-type'] === 'application/timestamp-query';
    if (!isQuery || misdeed === 'http-500') return response.writeHead(500).end();
    response.setHeader('content-type', 'application/timestamp-reply');
    if (misdeed === 'garbage') return response.end('no token');
    if (misdeed === 'too-much') return response.end(Buffer.alloc(1024 * 1024));
    return response.end(await answer(Buffer.concat(parts), others[misdeed] ?? stamper, root, misdeed));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    rootPem: pem(root.certificate),
    /** What the next answers do, one each; then all is well again. */
    misbehave: (...next: Misdeed[]) => {
      misdeeds = next;
    },
    get asked() {
      return asked;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function issue(
  name: string,
  { by, isCa, stamps, endsAt, signs = 'ecdsa' }: { by?: Party; isCa?: boolean; stamps?: boolean; endsAt?: number; signs?: 'ecdsa' | 'rsa' },
): Promise<Party> {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(signs === 'rsa' ? rsa : ALGORITHM, true, ['sign', 'verify'])) as Keys;
  const certificate = new pki.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ value: Math.ceil(Math.random() * 1_000_000) });
  const subject = new pki.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1.Utf8String({ value: `Lastro test ${name}` }) });
  certificate.subject.typesAndValues.push(subject);
  certificate.issuer = by?.certificate.subject ?? certificate.subject;
  certificate.notBefore.value = new Date(Date.now() - 3 * YEAR_MS);
  certificate.notAfter.value = new Date(endsAt ?? Date.now() + YEAR_MS);
  const constraints = new pki.BasicConstraints({ cA: isCa ?? false });
  const usage = new asn1.BitString({ valueHex: new Uint8Array([isCa ? 0x06 : 0x80]).buffer, unusedBits: isCa ? 1 : 7 });
  certificate.extensions = [
    new pki.Extension({ extnID: '2.5.29.19', critical: true, extnValue: constraints.toSchema().toBER(), parsedValue: constraints }),
    new pki.Extension({ extnID: '2.5.29.15', critical: true, extnValue: usage.toBER(), parsedValue: usage }),
  ];
  if (stamps) {
    const purposes = new pki.ExtKeyUsage({ keyPurposes: ['1.3.6.1.5.5.7.3.8'] });
    const value = { extnID: '2.5.29.37', critical: true, extnValue: purposes.toSchema().toBER(), parsedValue: purposes };
    certificate.extensions.push(new pki.Extension(value));
  }
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey as never);
  await certificate.sign((by?.keys ?? keys).privateKey as never, 'SHA-256');
  return { certificate: pki.Certificate.fromBER(certificate.toSchema(true).toBER()), keys };
}

async function answer(query: Buffer, stamper: Party, root: Party, misdeed: Misdeed): Promise<Buffer> {
  if (misdeed === 'refuses') {
    const refusal = new pki.TimeStampResp({ status: new pki.PKIStatusInfo({ status: pki.PKIStatus.rejection }) });
    return Buffer.from(refusal.toSchema().toBER());
  }
  const request = pki.TimeStampReq.fromBER(new Uint8Array(query));
  const { messageImprint } = request;
  if (misdeed === 'other-imprint') messageImprint.hashedMessage = new asn1.OctetString({ valueHex: new Uint8Array(32) });
  const info = new pki.TSTInfo({
    version: 1,
    policy: '1.2.3.4.1',
    messageImprint,
    serialNumber: new asn1.Integer({ value: 7 }),
    genTime: new Date(),
    nonce: misdeed === 'other-nonce' ? new asn1.Integer({ value: 1 }) : request.nonce!,
  });
  const content = info.toSchema().toBER();
  const attributes = [
    new pki.Attribute({ type: '1.2.840.113549.1.9.3', values: [new asn1.ObjectIdentifier({ value: '1.2.840.113549.1.9.16.1.4' })] }),
    new pki.Attribute({
      type: '1.2.840.113549.1.9.4',
      values: [new asn1.OctetString({ valueHex: new Uint8Array(createHash('sha256').update(Buffer.from(content)).digest()) })],
    }),
  ];
  if (misdeed !== 'unnamed-certificate') {
    const digest = createHash('sha256')
      .update(Buffer.from(stamper.certificate.toSchema(true).toBER()))
      .digest();
    const id = new asn1.Sequence({ value: [new asn1.OctetString({ valueHex: new Uint8Array(digest) })] });
    const named = new asn1.Sequence({ value: [new asn1.Sequence({ value: [id] })] });
    attributes.push(new pki.Attribute({ type: '1.2.840.113549.1.9.16.2.47', values: [named] }));
  }
  const signed = new pki.SignedData({
    version: 3,
    encapContentInfo: new pki.EncapsulatedContentInfo({
      eContentType: '1.2.840.113549.1.9.16.1.4',
      eContent: new asn1.OctetString({ valueHex: content }),
    }),
    signerInfos: [
      new pki.SignerInfo({
        version: 1,
        sid: new pki.IssuerAndSerialNumber({ issuer: stamper.certificate.issuer, serialNumber: stamper.certificate.serialNumber }),
        signedAttrs: new pki.SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
    certificates: [stamper.certificate, root.certificate],
  });
  await signed.sign(stamper.keys.privateKey as never, 0, 'SHA-256');
  if (misdeed === 'broken-signature') {
    const bytes = signed.signerInfos[0]!.signature.valueBlock.valueHexView;
    bytes[bytes.length - 1]! ^= 1;
  }
  const token = new pki.ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: signed.toSchema(true) });
  const response = new pki.TimeStampResp({ status: new pki.PKIStatusInfo({ status: pki.PKIStatus.granted }), timeStampToken: token });
  return Buffer.from(response.toSchema().toBER());
}

function pem(certificate: pki.Certificate): string {
  const base64 = Buffer.from(certificate.toSchema(true).toBER()).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`;
}
