import { formatDecimalAmount } from './amount.ts';

type Searched = { counterparty: string | null; description: string | null; amountMinor: string };

/** Without accents, capitals and repeated spaces: "JOSÉ  Antônio" is found by "jose antonio". */
const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();

/**
 * A test for lines of a statement: every word of `search` stands in the name of the other side or in the description, or the whole of it
 * is the amount as people write it (`12,34`, `R$ 1.234,50`, `12`).
 */
export function createLineSearch(search: string): (line: Searched) => boolean {
  const words = fold(search).split(' ').filter(Boolean);
  const amount = /^(?:R\$)?\s*(\d{1,3}(?:\.?\d{3})*)(?:,(\d{2}))?$/i.exec(search.trim());
  const reais = amount?.[1]?.replaceAll('.', '');
  const isAmount = ({ amountMinor }: Searched): boolean => {
    if (reais === undefined) return false;
    const [whole, cents] = formatDecimalAmount(BigInt(amountMinor)).split('.');
    return whole === reais && (amount?.[2] === undefined || amount[2] === cents);
  };
  return (line) => {
    const text = `${fold(line.counterparty ?? '')} ${fold(line.description ?? '')}`;
    return isAmount(line) || (words.length > 0 && words.every((word) => text.includes(word)));
  };
}
