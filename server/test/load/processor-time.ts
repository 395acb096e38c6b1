import { readdirSync, readFileSync } from 'node:fs';
import type { TestDatabase } from '../support/test-database.ts';

/** Microseconds of processor time that work took in this process and in all of Postgres, its background writers included. */
export type ProcessorTime = { node: number; postgres: number };

/**
 * Unlike a rate, it hardly depends on what else the machine does. Postgres' part is read from /proc, in hundredths of a second, and is zero
 * where there is none.
 */
export async function createProcessorClock(database: TestDatabase): Promise<{ read(): ProcessorTime }> {
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
      const { user, system } = process.cpuUsage();
      return { node: user + system, postgres: [...seen.values()].reduce((sum, one) => sum + one, 0) };
    },
  };
}

function statOf(pid: string): { parent: string; micros: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { parent: fields[1]!, micros: (Number(fields[11]) + Number(fields[12])) * 10_000 };
  } catch {
    return undefined;
  }
}
