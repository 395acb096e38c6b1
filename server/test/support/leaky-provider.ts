/** Stands between Lastro and the sandbox provider. When told to, it answers by itself, and says more than it should. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Leak = { status: number; body: string } | 'hang-up';
export type LeakyProvider = {
  url: string;
  /** Where it passes on to. Until then it answers 503. */
  target: string;
  /** What is answered instead of passing on, to paths that begin like this. */
  leaks: Map<string, Leak>;
  /** Requests answered by a leak. */
  leaked(): number;
  close(): Promise<void>;
};

export async function startLeakyProvider(): Promise<LeakyProvider> {
  let leaked = 0;
  const provider: LeakyProvider = { url: '', target: '', leaks: new Map(), leaked: () => leaked, close };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, leak] = [...provider.leaks].find(([path]) => request.url!.startsWith(path)) ?? [];
    if (leak) leaked += 1;
    if (leak === 'hang-up') return request.socket.destroy();
    if (leak) return response.writeHead(leak.status, { 'content-type': 'application/json' }).end(leak.body);
    if (provider.target === '') return response.writeHead(503).end('{}');
    const { authorization = '', 'content-type': type } = request.headers;
    const answer = await fetch(provider.target + request.url, {
      method: request.method!,
      headers: { authorization, ...(type ? { 'content-type': type } : {}) },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    return response.end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function close(): Promise<void> {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  return provider;
}
