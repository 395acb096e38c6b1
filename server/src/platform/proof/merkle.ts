import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962 (and RFC 9162), section 2.1, with SHA-256: leaves hashed behind a 0x00, inner nodes behind a 0x01, a tree of n
 * leaves split at the largest power of two below n. Hashes are 32 bytes.
 */
const NODE_PREFIX = Buffer.from([1]);

/** Root of the tree without leaves: the hash of nothing. */
export const EMPTY_ROOT = sha256('');

export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer') as Buffer;
}

/** The hash of a leaf whose content is this text in UTF-8. */
export function leafHashOf(line: string): Buffer {
  return sha256(`\0${line}`);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([NODE_PREFIX, left, right]));
}

/** Grows a tree leaf by leaf and keeps one hash a level: the memory of a tree of any size is a few dozen hashes. */
export class MerkleBuilder {
  /** Roots of full subtrees, largest first; their sizes are the bits of `size`. */
  readonly #roots: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leafHash: Buffer): void {
    let node = leafHash;
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) node = nodeHash(this.#roots.pop()!, node);
    this.#roots.push(node);
    this.#size++;
  }

  root(): Buffer {
    return this.#roots.reduceRight<Buffer | undefined>((right, left) => (right ? nodeHash(left, right) : left), undefined) ?? EMPTY_ROOT;
  }
}

export function merkleRoot(leafHashes: Iterable<Buffer>): Buffer {
  const builder = new MerkleBuilder();
  for (const leaf of leafHashes) builder.add(leaf);
  return builder.root();
}

/** The audit path of the leaf at `index` (from 0): the siblings on the way to the root, lowest first. */
export function inclusionPath(leafHashes: readonly Buffer[], index: number): Buffer[] {
  if (!Number.isInteger(index) || index < 0 || index >= leafHashes.length) throw new RangeError(`no leaf ${index} in ${leafHashes.length}`);
  const path: Buffer[] = [];
  let [from, to] = [0, leafHashes.length];
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from);
    const isLeft = index < middle;
    path.push(merkleRoot(isLeft ? leafHashes.slice(middle, to) : leafHashes.slice(from, middle)));
    if (isLeft) to = middle;
    else from = middle;
  }
  return path.reverse();
}

/** The root that a leaf, its place and its path lead to (RFC 9162, 2.1.3.2); undefined when the path cannot belong to such a tree. */
export function rootFromPath(leafHash: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let [place, last] = [index, size - 1];
  let root = leafHash;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return undefined;
    if (place % 2 === 1 || place === last) {
      root = nodeHash(sibling, root);
      // On the right edge a level without a sibling is passed over.
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else root = nodeHash(root, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

export function isIncluded(leafHash: Buffer, index: number, size: number, path: readonly Buffer[], root: Buffer): boolean {
  return rootFromPath(leafHash, index, size, path)?.equals(root) ?? false;
}

function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
