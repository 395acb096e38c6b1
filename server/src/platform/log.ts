import { context, trace } from '@opentelemetry/api';
import pino from 'pino';
import { redactJson } from './redact.ts';

export { redact } from './redact.ts';

export type Logger = pino.Logger;

/** The line as parsed JSON, redacted, as JSON again: texts are judged as they are meant and not as they are escaped. */
function redactLine(line: string): string {
  try {
    return `${JSON.stringify(redactJson(JSON.parse(line)))}\n`;
  } catch {
    return '{"level":"error","msg":"a log line could not be read and was dropped"}\n';
  }
}

/** JSON lines with the trace id of the span they were written in, personal data removed. */
export function createLogger(options: { level?: string; name?: string; write?: (line: string) => void } = {}): Logger {
  const write = options.write ?? ((line: string) => process.stdout.write(line));
  return pino(
    {
      level: options.level ?? 'info',
      base: { name: options.name ?? 'lastro', pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin() {
        const span = trace.getSpan(context.active())?.spanContext();
        return span ? { traceId: span.traceId, spanId: span.spanId } : {};
      },
    },
    { write: (line: string) => write(redactLine(line)) },
  );
}
