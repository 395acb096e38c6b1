import type { Metrics } from '#platform/telemetry/metrics.ts';
import type { Rail } from '../rails/port.ts';

/** Makes a rail tell what it answers and how long that takes, by its connection's name. */
export function watched(metrics: Metrics): (connection: string, rail: Rail) => Rail {
  const seconds = metrics.histogram('lastro_provider_seconds', 'How long a provider takes to answer, and what it says', [
    'connection',
    'operation',
    'said',
  ]);

  return (connection, rail) => {
    const timed =
      <A extends unknown[], R extends { fact: string } | { kind: string }>(operation: string, ask: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        const began = performance.now();
        const answer = await ask(...args);
        const said = 'fact' in answer ? answer.fact : answer.kind;
        seconds.observe({ connection, operation, said }, (performance.now() - began) / 1000);
        return answer;
      };
    return {
      ...rail,
      submitPayment: timed('submit-payment', rail.submitPayment),
      queryPayment: timed('query-payment', rail.queryPayment),
      submitReturn: timed('submit-return', rail.submitReturn),
      queryReturn: timed('query-return', rail.queryReturn),
      queryReceipt: timed('query-receipt', rail.queryReceipt),
      statementPage: timed('statement-page', rail.statementPage),
    };
  };
}
