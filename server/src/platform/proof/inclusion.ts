import { isIncluded, leafHashOf } from './merkle.ts';

/**
 * That a record is in a day: its line, its place among the day's records, and the path to the root. `isFinal` false: the day was not over,
 * and the root is of the tree as it stood, which no statement confirms.
 */
export type InclusionProof = {
  tenantId: string;
  day: string;
  isFinal: boolean;
  seq: number;
  /** The record's canonical line, whose hash behind a 0x00 is the leaf. */
  line: string;
  leafHash: string;
  leafIndex: number;
  treeSize: number;
  path: readonly string[];
  root: string;
};

/** What is wrong with a proof by itself, in pt-BR; undefined when it leads from its line to its root. Whether that root is the day's is for the caller. */
export function flawOfProof(proof: InclusionProof): string | undefined {
  const leaf = leafHashOf(proof.line);
  if (leaf.toString('hex') !== proof.leafHash) return 'a linha não tem o hash que a prova diz';
  let said: { seq?: unknown };
  try {
    said = JSON.parse(proof.line) as { seq?: unknown };
  } catch {
    return 'a linha não é JSON';
  }
  if (said.seq !== proof.seq) return `a linha é do registro ${String(said.seq)}, não do ${proof.seq}`;
  const path = proof.path.map((hex) => Buffer.from(hex, 'hex'));
  const isLeading = isIncluded(leaf, proof.leafIndex, proof.treeSize, path, Buffer.from(proof.root, 'hex'));
  return isLeading ? undefined : 'o caminho não leva à raiz';
}
