import { SandboxError } from './errors.ts';
import type { GivenBackOrder, Receipt } from './records.ts';
import type { ReturnOrder } from './schemas.ts';

/** Money given back. */
export interface Return {
  readonly order: GivenBackOrder;
  readonly atMs: number;
  /** Set until it is on disk: no one may be told of it before. */
  durable: Promise<void> | null;
}

const minorOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** The returns there are, and what each incoming Pix has given back so far. */
export class Returns {
  #byId = new Map<string, Return>();
  #givenBackMinor = new Map<string, bigint>();

  find(returnId: string): Return | undefined {
    return this.#byId.get(returnId);
  }

  /** @throws SandboxError when nothing arrived under that id, or less than would then be given back in all. */
  refuse({ endToEndId, amount }: ReturnOrder, receipt: Receipt | undefined): void {
    if (!receipt) throw new SandboxError(422, 'RECEIPT_UNKNOWN', 'no Pix arrived under this endToEndId');
    if (receipt.returnOf !== undefined) throw new SandboxError(422, 'RETURN_OF_RETURN', 'what came back is not given back again');
    const wouldBe = (this.#givenBackMinor.get(endToEndId) ?? 0n) + minorOf(amount);
    if (wouldBe > minorOf(receipt.amount)) throw new SandboxError(422, 'RETURN_EXCEEDS_RECEIPT', 'more would be given back than arrived');
  }

  /** What was given back of a Pix that arrived. */
  of(endToEndId: string): Return[] {
    return [...this.#byId.values()].filter(({ order }) => order.endToEndId === endToEndId);
  }

  add(order: GivenBackOrder, atMs: number): Return {
    const { returnId, endToEndId, amount } = order;
    const added: Return = { order, atMs, durable: null };
    this.#byId.set(returnId, added);
    this.#givenBackMinor.set(endToEndId, (this.#givenBackMinor.get(endToEndId) ?? 0n) + minorOf(amount));
    return added;
  }
}
