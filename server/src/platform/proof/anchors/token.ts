import { hash, X509Certificate } from 'node:crypto';
import type * as Pki from 'pkijs';
import { sha256 } from '../merkle.ts';

/** Judges a time-stamp token (RFC 3161) over a statement; gives its time. @throws with the reason in pt-BR. */
export type CheckToken = (token: Buffer, statement: Buffer) => Promise<{ at: string }>;

const SHA256 = '2.16.840.1.101.3.4.2.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const HASH_NAMES: Record<string, string> = { [SHA256]: 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512' };
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * A judge of tokens that trusts the authorities in `trustedPem` (certificates one after the other): the token must stamp this very statement,
 * be signed by a certificate made for stamping that it names in what it signs, and whose chain leads to one of them at the stamped time.
 */
export function createTokenChecker(trustedPem: string): CheckToken {
  const trusted = (trustedPem.match(PEM) ?? []).map((pem) => new X509Certificate(pem).raw);
  return async (token, statement) => {
    if (trusted.length === 0) throw new Error('não há autoridade em que confiar');
    const pki = await import('pkijs');
    const { signed, info } = readToken(pki, token);
    const imprint = Buffer.from(info.messageImprint.hashedMessage.valueBlock.valueHexView);
    if (info.messageImprint.hashAlgorithm.algorithmId !== SHA256 || !imprint.equals(sha256(statement)))
      throw new Error('o carimbo é de outro resumo');
    const trustedCerts = trusted.map((raw) => pki.Certificate.fromBER(new Uint8Array(raw)));
    const judged = await judge(signed, { data: new Uint8Array(statement).buffer, trustedCerts });
    checkSigner(judged, signed);
    return { at: info.genTime.toISOString() };
  };
}

/** A token's signed data and what it stamps. */
export function readToken(pki: typeof Pki, token: Uint8Array): { signed: Pki.SignedData; info: Pki.TSTInfo } {
  try {
    const content = pki.ContentInfo.fromBER(new Uint8Array(token));
    if (content.contentType !== SIGNED_DATA) throw new Error('not signed data');
    const signed = new pki.SignedData({ schema: content.content });
    if (signed.encapContentInfo.eContentType !== TST_INFO || !signed.encapContentInfo.eContent || signed.signerInfos.length !== 1)
      throw new Error('not a time-stamp token');
    return { signed, info: pki.TSTInfo.fromBER(signed.encapContentInfo.eContent.getValue()) };
  } catch (cause) {
    throw new Error('o carimbo não pode ser lido', { cause });
  }
}

async function judge(signed: Pki.SignedData, known: { data: ArrayBuffer; trustedCerts: Pki.Certificate[] }): Promise<Pki.Certificate> {
  // Revocation is not asked for: the evidence must be judged years later, without a network.
  const options = { signer: 0, checkChain: true, extendedMode: true as const, passedWhenNotRevValues: true, ...known };
  const result = await signed.verify(options).catch((cause: { message?: string; code?: number }) => {
    const reason = cause.code === 5 ? 'o certificado não leva a uma autoridade dada' : 'a assinatura do carimbo não confere';
    throw new Error(`${reason} (${cause.message ?? ''})`, { cause });
  });
  if (!result.signatureVerified || !result.signerCertificate) throw new Error('a assinatura do carimbo não confere');
  return result.signerCertificate;
}

/** The certificate is for stamping, and is the one the signature names: without that, another of the same key could stand in for it. */
function checkSigner(certificate: Pki.Certificate, signed: Pki.SignedData): void {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE);
  const purposes = (usage?.parsedValue as { keyPurposes?: string[] } | undefined)?.keyPurposes ?? [];
  if (!purposes.includes(TIME_STAMPING)) throw new Error('o certificado não é de carimbo do tempo');
  const raw = Buffer.from(certificate.toSchema(true).toBER());
  const attributes = signed.signerInfos[0]?.signedAttrs?.attributes ?? [];
  const isNamed = attributes.some(({ type, values }) => {
    if (type !== SIGNING_CERTIFICATE && type !== SIGNING_CERTIFICATE_V2) return false;
    const named = namedHash(values[0] as Block, type === SIGNING_CERTIFICATE ? 'sha1' : 'sha256');
    return named !== undefined && (hash(named.name, raw, 'buffer') as Buffer).equals(named.hash);
  });
  if (!isNamed) throw new Error('a assinatura não diz com que certificado foi feita');
}

/** As much of an ASN.1 block as is looked at here. */
type Block = { idBlock?: { tagNumber: number }; valueBlock?: { value?: Block[]; valueHexView?: Uint8Array; toString(): string } };

/** First certificate hash of a SigningCertificate (RFC 2634) or SigningCertificateV2 (RFC 5035). */
function namedHash(attribute: Block, fallback: string): { name: string; hash: Buffer } | undefined {
  const fields = attribute.valueBlock?.value?.[0]?.valueBlock?.value?.[0]?.valueBlock?.value ?? [];
  const [first] = fields;
  const isAlgorithm = first?.idBlock?.tagNumber === 16;
  const name = isAlgorithm ? HASH_NAMES[first.valueBlock?.value?.[0]?.valueBlock?.toString() ?? ''] : fallback;
  const bytes = (isAlgorithm ? fields[1] : first)?.valueBlock?.valueHexView;
  return name && bytes ? { name, hash: Buffer.from(bytes) } : undefined;
}
