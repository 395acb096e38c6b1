import { createServer } from 'node:net';

/** Whether a TCP port of 127.0.0.1 can be listened on now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * A free port from 20000 to 31999: below the range from which systems take the ports of outgoing connections,
 * so that a remembered port is still free at the next start. Throws when 200 tries found none.
 */
export async function pickFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isPortFree(port)) return port;
  }
  throw new Error('no free TCP port found between 20000 and 31999');
}

/** The first free port from `first` upwards, at most `tries` of them. Throws when all are taken. */
export async function firstFreePort(first: number, tries = 50): Promise<number> {
  for (let port = first; port < first + tries; port++) if (await isPortFree(port)) return port;
  throw new Error(`no free TCP port found between ${first} and ${first + tries - 1}`);
}
