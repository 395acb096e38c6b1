import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { blobContract } from './contract-test.ts';
import { folderDriver } from './folder.ts';

const root = await mkdtemp(path.join(tmpdir(), 'lastro-blobs-'));
after(() => rm(root, { recursive: true }));

blobContract('a folder', async () => ({
  driver: folderDriver(root),
  kind: 'folder',
  where: root,
  async bytes() {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return Buffer.concat(
      await Promise.all(entries.filter((one) => one.isFile()).map((one) => readFile(path.join(one.parentPath, one.name)))),
    );
  },
  async alter({ tenantId, key }, version, offset) {
    const file = await open(path.join(root, 'probe', tenantId, key, `@${version}`), 'r+');
    const { buffer } = await file.read(Buffer.alloc(1), { position: offset });
    buffer[0]! ^= 1;
    await file.write(buffer, 0, 1, offset);
    await file.close();
  },
}));
