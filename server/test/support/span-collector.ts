/** Receives the spans that real processes export (OTLP over HTTP, JSON), as a collector would. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type CollectedSpan = {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: Record<string, unknown>;
  /** Trace ids of the spans it is linked to. */
  links: string[];
  /** Which process it comes from. */
  instance: string;
  failed: boolean;
};

type Attribute = { key: string; value: Record<string, unknown> };
type Exported = {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: (Omit<CollectedSpan, 'attributes' | 'links' | 'instance' | 'failed'> & {
        attributes: Attribute[];
        links?: { traceId: string }[];
        status?: { code?: number };
      })[];
    }[];
  }[];
};

const STATUS_ERROR = 2;
const plain = (attributes: Attribute[]) => Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

export type SpanCollector = {
  /** What makes a process export to here, soon after each span's end. */
  env: Record<string, string>;
  spans(): readonly CollectedSpan[];
  /** Everything received, as it came. */
  text(): string;
  close(): Promise<void>;
};

export async function startSpanCollector(): Promise<SpanCollector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    bodies.push(body);
    for (const { resource, scopeSpans } of (JSON.parse(body) as Exported).resourceSpans) {
      const instance = String(plain(resource.attributes)['service.instance.id']);
      for (const { attributes, links, status, ...span } of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({
          ...span,
          attributes: plain(attributes),
          links: (links ?? []).map(({ traceId }) => traceId),
          instance,
          failed: status?.code === STATUS_ERROR,
        });
    }
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { OTLP_TRACES_URL: `http://127.0.0.1:${port}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '100' },
    spans: () => spans,
    text: () => bodies.join('\n'),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
