import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can fall silent: both ends stay connected, nothing that is sent arrives any more. A failover or a dead NAT entry looks so. */
export type SilentLine = {
  port: number;
  /** The same database through this line. */
  through(url: string): string;
  /** From here on nothing passes; connections made later are taken and stay silent, too. */
  fallSilent(): void;
  /** New connections work again; those that fell silent stay so. */
  recover(): void;
  close(): Promise<void>;
};

export async function openSilentLine(target: string): Promise<SilentLine> {
  const { hostname, port: targetPort, searchParams } = new URL(target);
  // The tests' own Postgres listens on a socket in its folder.
  const folder = searchParams.get('host');
  const reach = () =>
    folder?.startsWith('/') ? connect(`${folder}/.s.PGSQL.${targetPort}`) : connect(Number(targetPort), folder ?? hostname);
  const sockets = new Set<Socket>();
  let silence = { isSilent: false };
  const server = createServer((near) => {
    const own = silence;
    const far = reach();
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('data', (chunk) => {
        if (!own.isSilent) to.write(chunk);
      });
      from.on('close', () => {
        if (!own.isSilent) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    through(url) {
      const other = new URL(url);
      other.hostname = '127.0.0.1';
      other.searchParams.delete('host');
      other.port = String(port);
      return other.href;
    },
    fallSilent() {
      silence.isSilent = true;
    },
    recover() {
      silence = { isSilent: false };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
