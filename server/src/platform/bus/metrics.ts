import type { Clock } from '../clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { rememberBriefly } from '../telemetry/remember.ts';
import type { Bus, GroupStatus } from './bus.ts';

/**
 * How far each consumer group is behind, and what it put aside. Read from the database when scraped, so that a group which no process
 * works on at all shows, too; every process tells the same.
 */
export function measureBus(bus: Pick<Bus, 'status'>, metrics: Metrics, clock: Clock): void {
  const status = rememberBriefly(() => bus.status());
  const each = (name: string, help: string, value: (one: GroupStatus) => number): void => {
    metrics.gauges(name, help, 'group', async () => (await status()).map((one) => [one.group, value(one)] as const));
  };
  each('lastro_bus_lag_events', 'Events of the log that a consumer group has not passed yet', ({ lag }) => Number(lag));
  each('lastro_bus_lag_seconds', 'How long the oldest event that a consumer group has not passed waits', ({ waitingSinceMs }) =>
    waitingSinceMs === null ? 0 : Math.max(0, clock.now() - waitingSinceMs) / 1000,
  );
  each(
    'lastro_bus_dead_letters',
    'Events a consumer group has put aside, those that are still tried again included',
    (one) => one.deadLetters,
  );
  each('lastro_bus_retrying', 'Events put aside that are still tried again by themselves', (one) => one.retrying);
  each('lastro_bus_halted', '1 while a consumer group stands still because most of its events fail', ({ halted }) =>
    halted === null ? 0 : 1,
  );
  each('lastro_bus_paused', '1 while an operator holds a consumer group still', ({ paused }) => (paused ? 1 : 0));
}
