import { hostname } from 'node:os';
import { context, isSpanContextValid, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const tracer = () => trace.getTracer('lastro');

export type TracingOptions = {
  serviceName: string;
  /** OTLP/HTTP endpoint, e.g. `http://collector:4318/v1/traces`. Without it spans still carry ids into logs, but go nowhere. */
  otlpUrl?: string;
  /** Extra processors; tests collect spans with one. */
  processors?: SpanProcessor[];
};

/** Sets up tracing for the process. Spans are made by hand at the edge, at faces and at batches, where they say something. */
export async function startTracing(options: TracingOptions): Promise<{ stop(): Promise<void> }> {
  const processors = [...(options.processors ?? [])];
  if (options.otlpUrl) {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    processors.push(new BatchSpanProcessor(new OTLPTraceExporter({ url: options.otlpUrl })));
  }
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.serviceName, 'service.instance.id': `${hostname()}/${process.pid}` }),
    spanProcessors: processors,
    // Where spans go nowhere they only lend their ids, and are not worth recording unless a caller that keeps its own asks for it.
    ...(processors.length === 0 ? { sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) } : {}),
  });
  provider.register();
  return { stop: () => provider.shutdown() };
}

export type SpanOptions = {
  attributes?: Record<string, string | number | boolean>;
  /** W3C traceparent of the parent when it is not the active span. */
  parent?: string | null;
  /** Traceparents of the requests a batch serves. */
  links?: readonly (string | null | undefined)[];
};

/** Runs `work` inside a span; an exception marks the span and goes on. */
export function withSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = options.parent ? contextOf(options.parent) : context.active();
  const links = (options.links ?? []).flatMap((link) => {
    const linked = link ? trace.getSpanContext(contextOf(link)) : undefined;
    return linked ? [{ context: linked }] : [];
  });
  return tracer().startActiveSpan(name, { attributes: options.attributes ?? {}, links }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as { code?: string }).code ?? (error as Error).name });
      throw error;
    } finally {
      span.end();
    }
  });
}

export type OpenSpan = {
  /** Runs `work` with the span active: what it does and logs belongs to it. */
  within<T>(work: () => T): T;
  fail(code: string): void;
  /** Ends it, once. */
  end(attributes?: Record<string, string | number>): void;
  /** Undefined where nobody set up tracing. */
  readonly traceId: string | undefined;
};

/** A span that lives as long as something that no single function waits for, such as a request with all its hooks. */
export function openSpan(name: string, options: Omit<SpanOptions, 'links'>): OpenSpan {
  const parent = options.parent ? contextOf(options.parent) : context.active();
  const span = tracer().startSpan(name, { attributes: options.attributes ?? {} }, parent);
  const inside = trace.setSpan(parent, span);
  const own = span.spanContext();
  let ended = false;
  return {
    within: (work) => context.with(inside, work),
    fail: (code) => span.setStatus({ code: SpanStatusCode.ERROR, message: code }),
    end(attributes = {}) {
      if (ended) return;
      ended = true;
      span.setAttributes(attributes).end();
    },
    traceId: isSpanContextValid(own) ? own.traceId : undefined,
  };
}

function contextOf(traceparent: string) {
  return propagation.extract(context.active(), { traceparent });
}

/** W3C traceparent of the active span, or undefined outside of one. */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Trace id of the active span, for answers and logs. */
export function currentTraceId(): string | undefined {
  return trace.getSpan(context.active())?.spanContext().traceId;
}
