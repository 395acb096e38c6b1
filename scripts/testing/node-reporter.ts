import { inspect } from 'node:util';
import type { NodeTestLine } from './node-report.ts';

type Event = { type: string; data: Record<string, unknown> & { details?: { type?: string; error?: Error & { failureType?: string } } } };

/** Reporter of node:test that writes one JSON line for each finished test; read back by `node-report.ts`. */
export default async function* report(source: AsyncIterable<Event>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    const line = lineOf(type, data);
    if (line) yield `${JSON.stringify(line)}\n`;
  }
}

function lineOf(type: string, data: Event['data']): NodeTestLine | undefined {
  if (type === 'test:summary') return { kind: 'summary' };
  if (type !== 'test:pass' && type !== 'test:fail') return undefined;
  const error = data.details?.error;
  return {
    kind: type === 'test:pass' ? 'pass' : 'fail',
    name: String(data.name),
    line: typeof data.line === 'number' ? data.line : undefined,
    isSuite: data.details?.type === 'suite',
    isSkipped: data.skip !== undefined || data.todo !== undefined,
    failureType: error?.failureType,
    details: error ? inspect(error.cause ?? error, { depth: 6, colors: false }) : undefined,
  };
}
