import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_ROOT, inclusionPath, isIncluded, leafHashOf, MerkleBuilder, merkleRoot, nodeHash, rootFromPath, sha256 } from './merkle.ts';

/** The leaves and roots of the reference implementation of RFC 6962 (certificate-transparency, merkletree tests). */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) =>
  sha256(Buffer.concat([Buffer.from([0]), Buffer.from(hex, 'hex')])),
);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PATHS: [index: number, size: number, path: string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
const hex = (buffers: readonly Buffer[]) => buffers.map((buffer) => buffer.toString('hex'));

test('roots and paths are those of the reference vectors of RFC 6962', () => {
  for (const [size, root] of ROOTS.entries()) assert.equal(merkleRoot(LEAVES.slice(0, size)).toString('hex'), root, `${size} leaves`);
  for (const [index, size, path] of PATHS) assert.deepEqual(hex(inclusionPath(LEAVES.slice(0, size), index)), path, `${index} of ${size}`);
});

/** Section 2.1 of the RFC word for word, for sizes the vectors do not reach. */
function rootByDefinition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)));
}

test('for every size to 70 the builder follows the definition, and every leaf is proved, in its place and size only', () => {
  const leaves = Array.from({ length: 70 }, (_, n) => leafHashOf(`leaf ${n}`));
  const builder = new MerkleBuilder();
  for (let size = 1; size <= leaves.length; size++) {
    builder.add(leaves[size - 1]!);
    const some = leaves.slice(0, size);
    const root = rootByDefinition(some);
    assert.equal(builder.root().toString('hex'), root.toString('hex'));
    for (let index = 0; index < size; index++) {
      const path = inclusionPath(some, index);
      assert.ok(isIncluded(some[index]!, index, size, path, root), `${index} of ${size}`);
      assert.ok(!isIncluded(leafHashOf('other'), index, size, path, root), 'another leaf');
      if (size > 1) assert.ok(!isIncluded(some[index]!, (index + 1) % size, size, path, root), 'another place');
      assert.ok(!isIncluded(some[index]!, index, size, [...path, root], root), 'a path too long');
      if (path.length > 0) assert.ok(!isIncluded(some[index]!, index, size, path.slice(1), root), 'a path too short');
    }
  }
});

test('what is no place in a tree has no root', () => {
  for (const [index, size] of [
    [0, 0],
    [1, 1],
    [-1, 2],
    [0.5, 2],
  ] as const)
    assert.equal(rootFromPath(LEAVES[0]!, index, size, []), undefined);
  assert.throws(() => inclusionPath(LEAVES, 8), RangeError);
});
