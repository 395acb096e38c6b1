/** Which kind of file this is, by how it begins. */

import type { Mapping } from './csv/columns.ts';
import type { Found } from './csv/find-layout.ts';
import { findLayout, HEAD_LINES } from './csv/find-layout.ts';
import type { Line } from './lines.ts';
import { BrokenFile, quote } from './statement.ts';

export type Recognised =
  | { format: 'ofx' }
  | { format: 'cnab240-statement' | 'cnab240-return' | 'cnab400-return' }
  | { format: 'csv'; found: Found };

/** @throws BrokenFile when nobody knows it, or the columns of a table must be told */
export function recognise(head: Line[], mapping?: Mapping): Recognised {
  const written = head.filter(({ text }) => text.trim() !== '');
  const first = written[0];
  if (!first) throw new BrokenFile(1, 'file-empty');
  if (written.some(({ text }) => /^\s*OFXHEADER\s*:|<OFX>|<\?OFX\b/i.test(text))) return { format: 'ofx' };
  const cnab = recogniseCnab(written);
  if (cnab) return { format: cnab };
  const found = findLayout(head, mapping);
  if (found) return { format: 'csv', found };
  const isTable = written.some(({ text }) => /[;,\t|].*[;,\t|]/.test(text));
  throw new BrokenFile(first.number, isTable ? 'columns-unknown' : 'format-unknown', quote(first.text));
}

function recogniseCnab(written: Line[]): 'cnab240-statement' | 'cnab240-return' | 'cnab400-return' | undefined {
  const first = written[0]!.text;
  if (/^02RETORNO/i.test(first)) return 'cnab400-return';
  if (!/^\d{3}00000/.test(first) || first.length > 260) return undefined;
  const lot = written.find(({ text }) => text[7] === '1');
  const service = lot?.text.slice(9, 11);
  const segments = written.filter(({ text }) => text[7] === '3').map(({ text }) => text[13]?.toUpperCase());
  if (service === '04' || segments.includes('E')) return 'cnab240-statement';
  if (segments.includes('T') || service === '01') return 'cnab240-return';
  throw new BrokenFile(written[0]!.number, 'cnab-of-another-service', service);
}

export { HEAD_LINES };
