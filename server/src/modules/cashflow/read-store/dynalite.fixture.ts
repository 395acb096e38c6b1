import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { openDynamoStore } from './dynamodb.ts';
import type { ReadStore } from './port.ts';

/** A server that speaks DynamoDB's protocol, in this process: https://github.com/architect/dynalite. */
export async function startDynalite() {
  const server = dynalite({ createTableMs: 0 }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    open: (table: string): Promise<ReadStore> =>
      openDynamoStore({ table, region: 'sa-east-1', endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
