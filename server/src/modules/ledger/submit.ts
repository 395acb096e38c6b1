import type { CallContext } from '#platform/context.ts';
import { instant } from '#platform/db/arrays.ts';
import type { Face } from '#platform/face/contract.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { currentTraceparent } from '#platform/telemetry/tracing.ts';
import type { BalanceAfter, CommandResult, ledgerContract } from './contract.ts';
import type { Outcome } from './domain/model.ts';
import { readCommand } from './domain/read-command.ts';
import { refuseLedger } from './errors.ts';
import { readAfter } from './views/after.ts';
import type { Submission } from './writer/attempt.ts';
import { rehearse } from './writer/rehearse.ts';
import type { Writers } from './writer/writers.ts';

/** Commands that may ride in one piece; more are cut, unless they are all or none. */
const PIECE = 250;
const MAX_TOGETHER = 1_000;

type Submit = Face<typeof ledgerContract>['submit'];

/** Commands to the tenant's writer, or through a dry run, and their answers. */
export async function submit(deps: PlatformDeps, writers: Writers, ctx: CallContext, input: Parameters<Submit>[1]): ReturnType<Submit> {
  const by = `${ctx.actor.kind}:${ctx.actor.id}`;
  const commands = input.commands.map((command, index) => readCommand(command, index, by));
  const atomic = input.atomic ?? false;
  if ((atomic || input.dryRun) && commands.length > MAX_TOGETHER) throw tooMany(atomic);
  const origin = { tenantId: ctx.tenantId, actor: ctx.actor, traceparent: ctx.traceparent ?? currentTraceparent() };
  if (input.dryRun) return { results: await dryRun(deps, { commands, atomic, origin }, input.balances ?? false) };
  const rest = { atomic, origin, ...(ctx.deadlineMs === undefined ? {} : { deadlineMs: ctx.deadlineMs }) };
  const outcomes = await write(writers, ctx.tenantId, { commands, ...rest });
  const after = input.balances ? await afterOf(deps, ctx.tenantId, outcomes) : undefined;
  return { results: outcomes.map((outcome) => toResult(outcome, after)) };
}

async function write(writers: Writers, tenantId: string, { commands, ...rest }: Submission): Promise<Outcome[]> {
  const writer = writers.of(tenantId);
  if (rest.atomic || commands.length <= PIECE) return writer.submit({ commands, ...rest });
  const pieces: Promise<Outcome[]>[] = [];
  for (let i = 0; i < commands.length; i += PIECE) pieces.push(writer.submit({ commands: commands.slice(i, i + PIECE), ...rest }));
  return (await Promise.all(pieces)).flat();
}

type After = Map<string, BalanceAfter[]>;

/** What is committed does not change: balances right after it are read once the answers are known, and are the same for a repetition. */
function afterOf({ db }: PlatformDeps, tenantId: string, outcomes: readonly Outcome[]): Promise<After> {
  const ids = outcomes.filter(({ outcome }) => outcome === 'done').map(({ id }) => id);
  return db.tx({ module: 'ledger', tenants: [tenantId], single: true }, (tx) => readAfter(tx, tenantId, ids));
}

/** The place of what would be written is not told: somebody else may take it. */
async function dryRun(deps: PlatformDeps, submission: Submission, withBalances: boolean): Promise<CommandResult[]> {
  const { tenantId } = submission.origin;
  const { outcomes, after } = await rehearse(deps.db, tenantId, submission, deps.clock.now());
  const repeated = outcomes.filter(({ duplicate }) => duplicate);
  const known = withBalances && repeated.length > 0 ? await afterOf(deps, tenantId, repeated) : undefined;
  return outcomes.map((outcome) => {
    const balances: After = known?.has(outcome.id) ? known : after;
    const { seq, recordedAt, ...result } = toResult(outcome, withBalances ? balances : undefined);
    return outcome.duplicate
      ? { ...result, ...(seq === undefined ? {} : { seq }), ...(recordedAt === undefined ? {} : { recordedAt }) }
      : result;
  });
}

function toResult(outcome: Outcome, after: After | undefined): CommandResult {
  const recordedAt = instant(outcome.recordedAt);
  if (outcome.outcome === 'rejected') {
    const { detail, ...rest } = outcome;
    return { ...rest, recordedAt, detail: detail.pt, detailEn: detail.en };
  }
  const { amount, ...rest } = outcome;
  const balances = after?.get(outcome.id);
  return { ...rest, recordedAt, ...(amount === undefined ? {} : { amountMinor: amount.toString() }), ...(balances ? { balances } : {}) };
}

function tooMany(atomic: boolean): Error {
  const [pt, en] = atomic ? ['Um bloco atômico', 'An atomic block'] : ['Uma simulação', 'A dry run'];
  const detail = { pt: `${pt} leva até ${MAX_TOGETHER} comandos.`, en: `${en} takes up to ${MAX_TOGETHER} commands.` };
  return refuseLedger('LEDGER_COMMAND_MALFORMED', { detail });
}
