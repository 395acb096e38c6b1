import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { createDb, type Db } from './db.ts';

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const LAST_WORDS = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'));

/** Something that greets like Postgres and is gone: `farewell` says in how many packets. */
async function dyingPostgres(t: TestContext, farewell: (socket: Socket) => void): Promise<Db> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => farewell(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const db = createDb({ url: `postgres://anyone@127.0.0.1:${port}/any`, log: pino({ level: 'silent' }) });
  t.after(async () => {
    await db.close();
    server.close();
  });
  return db;
}

// An 'error' event that nobody hears would end the process, and this test with it.
test('a connection that dies in the packet that made it ready fails its query, not the process', async (t) => {
  const db = await dyingPostgres(t, (socket) => socket.end(Buffer.concat([AUTHENTICATED, READY, LAST_WORDS])));
  await assert.rejects(db.tx({ module: 'box', tenants: [] }, async () => undefined));
  await assert.rejects(db.ping());
});

test('a connection that dies between two statements fails the next one, not the process', async (t) => {
  const db = await dyingPostgres(t, (socket) => {
    socket.write(Buffer.concat([AUTHENTICATED, READY]));
    socket.once('data', () => {
      socket.write(Buffer.concat([message('C', Buffer.from('SET\0')), READY]));
      setTimeout(() => socket.end(LAST_WORDS), 20);
    });
  });
  const work = db.tx({ module: 'box', tenants: [] }, async (tx) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await tx.query('select 1');
  });
  await assert.rejects(work);
});
