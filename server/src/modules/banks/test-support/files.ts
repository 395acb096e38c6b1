/** Files for tests: the samples of the repository, and files made of text or bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Preview, previewFile } from '../domain/preview.ts';
import type { ReadOptions } from '../domain/read-statement.ts';
import type { OpenFile } from '../domain/statement.ts';

export const SAMPLES = path.join(import.meta.dirname, '../samples');

export const sampleNames = (): string[] => readdirSync(SAMPLES).filter((name) => !name.endsWith('.json') && !name.endsWith('.md'));
export const sample = (name: string): Buffer => readFileSync(path.join(SAMPLES, name));

/** The bytes in pieces, so that pieces end inside lines, characters and line ends. */
export function fromBytes(bytes: Uint8Array, size = 997): OpenFile {
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
}

export const preview = async (content: string | Uint8Array, options?: ReadOptions): Promise<Preview> =>
  (await previewFile(fromBytes(typeof content === 'string' ? Buffer.from(content) : content), options)).preview;

/** An OFX file of the usual form around these movements. */
export const ofx = (rows: string, { bank = '001', balance = '', end = '20260331', kind = 'account', currency = 'BRL' } = {}): string => {
  const [messages, response, statement] =
    kind === 'card' ? ['CREDITCARDMSGSRSV1', 'CCSTMTTRNRS', 'CCSTMTRS'] : ['BANKMSGSRSV1', 'STMTTRNRS', 'STMTRS'];
  return `OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\nCHARSET:1252\n\n<OFX>\n<${messages}>\n<${response}>\n<${statement}>\n<CURDEF>${currency}\n<BANKACCTFROM>\n<BANKID>${bank}\n<ACCTID>1\n</BANKACCTFROM>\n<BANKTRANLIST>\n<DTSTART>20260301\n<DTEND>${end}\n${rows}</BANKTRANLIST>\n${balance}</${statement}>\n</${response}>\n</${messages}>\n</OFX>\n`;
};

export const row = (date: string, amount: string, id: string, text: string, type = 'OTHER'): string =>
  `<STMTTRN>\n<TRNTYPE>${type}\n<DTPOSTED>${date}\n<TRNAMT>${amount}\n<FITID>${id}\n<MEMO>${text}\n</STMTTRN>\n`;
