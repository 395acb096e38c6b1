type Told = {
  kind: string;
  amountMinor?: string;
  lines?: readonly { amountMinor: string }[];
  placeId: string | null;
  toPlaceId: string | null;
};

/** By how much an entry of the books changes what lies in which place. An opening may be below zero; what is owed lies nowhere. */
export function changesOf({ kind, amountMinor, lines = [], placeId, toPlaceId }: Told): { placeId: string; cashMinor: bigint }[] {
  const amount = amountMinor === undefined ? lines.reduce((sum, line) => sum + BigInt(line.amountMinor), 0n) : BigInt(amountMinor);
  const isOut = kind === 'out' || kind === 'transfer';
  const changes = [];
  if (placeId !== null) changes.push({ placeId, cashMinor: isOut ? -amount : amount });
  if (toPlaceId !== null) changes.push({ placeId: toPlaceId, cashMinor: amount });
  return changes.filter(({ cashMinor }) => cashMinor !== 0n);
}
