import { blobContract } from './contract-test.ts';
import { postgresDriver } from './postgres.ts';

blobContract('Postgres', async (database) => ({
  driver: postgresDriver(database.db),
  kind: 'postgres',
  where: database.appUrl,
  async bytes() {
    const rows = await database.admin<{ bytes: Buffer }>('select bytes from blob.chunks union all select sealed from blob.versions');
    return Buffer.concat(rows.map((row) => row.bytes));
  },
  async alter(_at, version, offset) {
    await database.admin(
      'update blob.chunks set bytes = set_byte(bytes, $2::int, get_byte(bytes, $2::int) # 1) where version = $1 and nth = 0',
      [version, offset],
    );
  },
}));
