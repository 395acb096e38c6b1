import { context, trace } from '@opentelemetry/api';
import pino from 'pino';

export type Logger = pino.Logger;

/** CPF and CNPJ, bare or punctuated, wherever they hide in a text; e-mails likewise. */
const CPF = /\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b/g;
const CNPJ = /\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}\/?[0-9A-Z]{4}-?\d{2}\b/g;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;
const CARD = /\b(?:\d[ -]?){13,19}\b/g;

/** Removes what identifies a person from a text. The last line of defence: nothing should hand it over in the first place. */
export function redact(text: string): string {
  return text
    .replace(CNPJ, (match) => (/\d{8,}/.test(match) || /[./-]/.test(match) ? '[doc]' : match))
    .replace(CPF, '[doc]')
    .replace(EMAIL, '[email]')
    .replace(CARD, '[number]');
}

/** UUIDs, trace ids (hex with at least one letter) and times are digits, too: their shapes are left alone so that logs stay useful. */
const KEEP =
  /\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{16,64}|\d{4}-\d\d-\d\dT[\d:.]+Z?)\b/g;
/** A bare JSON number long enough to be a document or a card. */
const LONG_NUMBER = /(?<=[:,[])\d{11,19}(?=[,}\]])/g;

function redactLine(line: string): string {
  const kept: string[] = [];
  const masked = line.replace(KEEP, (match) => `\uE000${kept.push(match) - 1}\uE001`).replace(LONG_NUMBER, '"[number]"');
  return redact(masked).replace(/\uE000(\d+)\uE001/g, (_, index) => kept[Number(index)]!);
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
