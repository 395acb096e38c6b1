import type { Directory } from './directory.ts';
import { endToEndIdOf } from './events.ts';
import { bytesOf, personOf } from './people.ts';
import type { GivenBackOrder, Receipt, SentOrder } from './records.ts';

/** A Pix to a key that the platform itself registered comes back to it, under the same id. */
export function arrivalOf(order: SentOrder, directory: Directory, atMs: number): Receipt | undefined {
  const { payer, payee, endToEndId, amount, txid } = order;
  if (payee.key === undefined || !directory.resolve(payee.key)?.isRegistered) return undefined;
  const { name, taxId, ispb } = payer;
  return { endToEndId, amount, payeeKey: payee.key, payer: { name, taxId, ispb }, txid, atMs };
}

/** A return of what the platform itself sent comes back to it, from whoever was paid. */
export function arrivalOfReturn(
  { returnId, rtrId = returnId, endToEndId, amount }: GivenBackOrder,
  sent: SentOrder | undefined,
  directory: Directory,
  atMs: number,
): Receipt | undefined {
  const key = sent?.payee.key;
  if (key === undefined) return undefined;
  // The key may be gone by now, the money is not: then a made-up name stands for the owner of before.
  const owner = directory.resolve(key)?.owner ?? personOf(bytesOf(key));
  return { endToEndId: rtrId, returnOf: endToEndId, amount, payer: { ...owner, ispb: rtrId.slice(1, 9) }, atMs };
}

/** What was decided to come back of a payment, part by part. */
export function comingBack({ endToEndId, payee, payer, comesBack }: SentOrder, directory: Directory, atMs: number): Receipt[] | undefined {
  return comesBack?.map((amount, nth) => {
    const bytes = bytesOf(`back/${endToEndId}/${nth}`);
    const from = (payee.key && directory.resolve(payee.key)) || { owner: personOf(bytes), ispb: payer.ispb };
    const id = `D${endToEndIdOf(from.ispb, atMs, bytes).slice(1)}`;
    return { endToEndId: id, returnOf: endToEndId, amount, payer: { ...from.owner, ispb: from.ispb }, atMs };
  });
}
