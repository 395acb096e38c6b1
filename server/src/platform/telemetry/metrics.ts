import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from what a cache answers in to what a person gives up at. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

export type Metrics = ReturnType<typeof createMetrics>;

/** The process's metrics, named after what users feel. Modules ask for theirs by name; asking twice gives the same one. */
export function createMetrics(options: { defaults?: boolean } = {}) {
  const registry = new Registry();
  if (options.defaults) collectDefaultMetrics({ register: registry });
  return {
    registry,
    counter(name: string, help: string, labels: string[] = []): Counter<string> {
      return (
        (registry.getSingleMetric(name) as Counter<string> | undefined) ??
        new Counter({ name, help, labelNames: labels, registers: [registry] })
      );
    },
    histogram(name: string, help: string, labels: string[] = []): Histogram<string> {
      return (
        (registry.getSingleMetric(name) as Histogram<string> | undefined) ??
        new Histogram({ name, help, labelNames: labels, buckets: BUCKETS, registers: [registry] })
      );
    },
    /** A gauge whose value is read when scraped. */
    gauge(name: string, help: string, read: () => number): Gauge<string> {
      return (
        (registry.getSingleMetric(name) as Gauge<string> | undefined) ??
        new Gauge({
          name,
          help,
          registers: [registry],
          collect() {
            this.set(read());
          },
        })
      );
    },
    /**
     * A gauge with one value a label, all of them read when scraped. What cannot be read then is left out, so that a database that is
     * away does not take the other metrics with it.
     */
    gauges(name: string, help: string, label: string, read: () => Promise<Iterable<readonly [string, number]>>): Gauge<string> {
      return (
        (registry.getSingleMetric(name) as Gauge<string> | undefined) ??
        new Gauge({
          name,
          help,
          labelNames: [label],
          registers: [registry],
          async collect() {
            this.reset();
            for (const [value, number] of await read().catch(() => [])) this.set({ [label]: value }, number);
          },
        })
      );
    },
    /** The same with several labels a value. What reads must not fail as a whole because a part of it cannot be read. */
    labelled(
      name: string,
      help: string,
      labels: string[],
      read: () => Promise<Iterable<readonly [Record<string, string>, number]>>,
    ): Gauge<string> {
      return (
        (registry.getSingleMetric(name) as Gauge<string> | undefined) ??
        new Gauge({
          name,
          help,
          labelNames: labels,
          registers: [registry],
          async collect() {
            this.reset();
            for (const [values, number] of await read().catch(() => [])) this.set(values, number);
          },
        })
      );
    },
  };
}
