import { readdirSync, readFileSync } from 'node:fs';
import type { TestDatabase } from '../support/test-database.ts';

/** Microseconds of processor time that work took in this process and in all of Postgres, its background writers included. */
export type ProcessorTime = { node: number; postgres: number };

/** Linux counts in hundredths of a second. */
const TICK_MICROS = 10_000;

/**
 * Unlike a rate, it hardly depends on what else the machine does. Postgres' part is read from /proc, in hundredths of a second, and is zero
 * where there is none.
 */
export async function createProcessorClock(database: TestDatabase): Promise<{ read(): ProcessorTime }> {
  const postgres = await createPostgresClock(database);
  return {
    read() {
      const { user, system } = process.cpuUsage();
      return { node: user + system, postgres: postgres.read() };
    },
  };
}

/** Microseconds of processor time of all that Postgres' postmaster started, connections that have ended among them. */
export async function createPostgresClock(database: TestDatabase): Promise<{ read(): number }> {
  const [row] = await database.admin<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = statOf(String(row!.pid))?.parent;
  // What ended in between is kept: a connection closed does not take its work back.
  const seen = new Map<string, number>();
  return {
    read() {
      if (postmaster !== undefined) {
        for (const pid of readdirSync('/proc')) {
          const stat = /^\d+$/.test(pid) ? statOf(pid) : undefined;
          if (stat?.parent === postmaster) seen.set(pid, stat.micros);
        }
      }
      return [...seen.values()].reduce((sum, one) => sum + one, 0);
    },
  };
}

/** Microseconds of processor time of a process so far, all its threads; zero where there is no /proc. */
export const microsOf = (pid: number): number => statOf(String(pid))?.micros ?? 0;

/** Microseconds that all processors have been at work, and that a host kept from this machine. */
export function readMachineTime(): { busy: number; stolen: number } {
  try {
    const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
      .split('\n')[0]!
      .split(/\s+/)
      .slice(1)
      .map(Number);
    const busy = user! + nice! + system! + irq! + softirq!;
    return { busy: busy * TICK_MICROS, stolen: steal! * TICK_MICROS };
  } catch {
    return { busy: 0, stolen: 0 };
  }
}

function statOf(pid: string): { parent: string; micros: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { parent: fields[1]!, micros: (Number(fields[11]) + Number(fields[12])) * TICK_MICROS };
  } catch {
    return undefined;
  }
}
