/** A process that writes to the ledger as its parent tells it: meant to be killed, paused and cut off at any moment. */
import { flushCompileCache } from 'node:module';
import type { CommandInput, CommandResult, NewAccount } from '#ledger';
import { systemContext } from '#platform/context.ts';
import { createDb } from '#platform/db/db.ts';
import { releaseExpired } from '../../../src/modules/ledger/expiry.ts';
import { log, openLedger } from '../../../src/modules/ledger/test-support/fixture.ts';
import type { Request } from './requests.ts';

export type ToWriter =
  | { type: 'submit'; no: number; tenantId: string; request: Request; delayMs: number }
  /** Milliseconds that this process's clock is ahead of the machine's. */
  | { type: 'clock'; aheadMs: number }
  | { type: 'open'; no: number; tenantId: string; accounts: NewAccount[] }
  | { type: 'expire'; no: number };
export type FromWriter =
  | { type: 'ready' }
  | { type: 'answer'; no: number; results: CommandResult[] }
  | { type: 'error'; no: number; code: string; detail: string };

const url = process.env.SIMULATION_DATABASE_URL;
if (!url || !process.send) throw new Error('started by the simulator only');
const db = createDb({ url, poolSize: 4, applicationName: 'lastro-simulated-writer', log });
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs };
const ledger = openLedger(db, { clock, checked: false });

const tell = (message: FromWriter): void => {
  if (process.connected) process.send!(message);
};

async function submit({ tenantId, request, delayMs }: ToWriter & { type: 'submit' }): Promise<CommandResult[]> {
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  const { commands, atomic } = request;
  const { results } = await ledger.submit(systemContext(tenantId, 'simulator'), { commands: commands as CommandInput[], atomic });
  return results;
}

async function work(message: Exclude<ToWriter, { type: 'clock' }>): Promise<CommandResult[]> {
  if (message.type === 'submit') return submit(message);
  if (message.type === 'expire') await releaseExpired({ db, clock, log, face: ledger });
  else await ledger.createAccounts(systemContext(message.tenantId, 'simulator'), { accounts: message.accounts });
  return [];
}

process.on('message', (message: ToWriter) => {
  if (message.type === 'clock') {
    aheadMs = message.aheadMs;
    return;
  }
  const { no } = message;
  work(message).then(
    (results) => tell({ type: 'answer', no, results }),
    (error: { code?: string; message: string }) => tell({ type: 'error', no, code: error.code ?? 'none', detail: error.message }),
  );
});
// Compiled code is kept only by a process that ends in good order, and this one will be killed: the next shall start as fast.
flushCompileCache();
// Without its parent it has nothing to do.
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });
