/** After all is quiet: the committed order is played through the model, and everything anybody was told is held against it. */
import type { CommandResult } from '#ledger';
import type { Acknowledged } from './acknowledged.ts';
import { checkChain } from './chain.ts';
import { readBatches, readChainFaults, readEnd, readEventFaults } from './committed.ts';
import { Disagreement, tell } from './compare.ts';
import { Model, type Totals, type Verdict } from './model.ts';
import { type Fact, replay } from './replay.ts';
import type { Request, Requests } from './requests.ts';
import type { Stage } from './stage.ts';

/** A request with every answer it got; with none, its outcome is unknown. */
export type Sent = { request: Request; isMalformed: boolean; replies: CommandResult[][] };

/** Throws a Disagreement when something acknowledged is not there, or says something else. */
export async function checkAcknowledged(
  stage: Pick<Stage, 'query'>,
  tenantId: string,
  promised: readonly [id: string, said: string][],
): Promise<void> {
  const rows = await stage.query(
    'select id, coalesce(seq::text, code) as said from ledger.commands where tenant_id = $1 and id = any($2::uuid[])',
    [tenantId, promised.map(([id]) => id)],
  );
  const stored = new Map(rows.map((row) => [row.id!, row.said!]));
  for (const [id, said] of promised) {
    if (stored.get(id) !== said)
      throw new Disagreement(`${id} was acknowledged as ${said}, and the ledger has ${stored.get(id) ?? 'nothing'}`);
  }
}

export async function reckon(
  stage: Pick<Stage, 'query'>,
  { tenantId, accounts }: Requests,
  sent: readonly Sent[],
  acknowledged: Acknowledged,
): Promise<{ done: number; refused: number }> {
  const query = (sql: string, params: readonly unknown[]) => stage.query(sql, params);
  const model = new Model();
  for (const account of accounts) model.open(account);
  const faults = [...(await readChainFaults(query, tenantId)), ...(await readEventFaults(query, tenantId))];
  if (faults.length > 0) throw new Disagreement(faults.join('; '));
  const batches = await readBatches(query, tenantId);
  checkChain(batches);
  const wellFormed = sent.filter((one) => !one.isMalformed).map((one) => one.request);
  const { facts, verdicts } = replay(batches, wellFormed, model, tenantId);
  for (const one of sent) {
    for (const results of one.replies) checkAnswers(one.request, results, verdicts.get(one.request), model, facts);
  }
  for (const [id, said] of acknowledged.read()) {
    const fact = facts.get(id);
    const found = fact && ('seq' in fact ? String(fact.seq) : fact.code);
    if (found !== said) throw new Disagreement(`${id} was acknowledged as ${said}, and the ledger has ${found ?? 'nothing'}`);
  }
  await checkEnd(query, tenantId, model);
  let done = 0;
  for (const fact of facts.values()) if ('seq' in fact) done++;
  return { done, refused: facts.size - done };
}

function checkAnswers(
  request: Request,
  results: readonly CommandResult[],
  verdicts: readonly Verdict[] | undefined,
  model: Model,
  facts: Map<string, Fact>,
): void {
  if (results.length !== request.commands.length)
    throw new Disagreement(`${results.length} answers to ${request.commands.length} commands`);
  for (const [index, command] of request.commands.entries()) {
    const result = results[index]!;
    const verdict = verdicts?.[index] ?? { is: 'repeat', fields: model.differences(command) };
    const isMixed = result.code === 'LEDGER_BLOCK_MIXED';
    const why = isMixed ? wrongMixed(request, results, verdicts, facts) : wrong(verdict, result, facts.get(command.id));
    if (why || result.id !== command.id) throw new Disagreement(`answered ${JSON.stringify(result)}: ${why}\n${tell(request, index)}`);
  }
}

/** A block is answered as mixed if nothing of it was done with it, and what made it so is there: an id twice, or one answered apart from it. */
function wrongMixed(
  { commands, atomic }: Request,
  results: readonly CommandResult[],
  verdicts: readonly Verdict[] | undefined,
  facts: Map<string, Fact>,
): string | undefined {
  if (!atomic || commands.length === 1) return 'but it is no block';
  if (verdicts) return 'but it left something';
  if (results.some(({ outcome }) => outcome === 'done')) return 'but a part of it is told as done';
  const isTwice = new Set(commands.map(({ id }) => id)).size < commands.length;
  return isTwice || commands.some(({ id }) => facts.has(id)) ? undefined : 'but none of its ids was answered';
}

function wrong(verdict: Verdict, result: CommandResult, fact: Fact | undefined): string | undefined {
  if (verdict.is === 'repeat' && verdict.fields.length > 0) {
    if (result.code !== 'LEDGER_ID_CONFLICT') return `but it conflicts in ${verdict.fields}`;
    return verdict.fields.includes(result.field!) ? undefined : `but it conflicts in ${verdict.fields}`;
  }
  if (!fact) return 'but the ledger has nothing of it';
  if (verdict.is === 'repeat' && !result.duplicate) return 'but it repeats';
  if ('seq' in fact && fact.amount !== (result.amountMinor ?? null)) return `but ${fact.amount} was moved`;
  if (result.recordedAt !== new Date(fact.at).toISOString()) return `but it was recorded at ${new Date(fact.at).toISOString()}`;
  if ('seq' in fact) return result.outcome === 'done' && result.seq === fact.seq ? undefined : `but it is seq ${fact.seq}`;
  return result.outcome === 'rejected' && result.code === fact.code ? undefined : `but it was refused with ${fact.code}`;
}

async function checkEnd(query: Parameters<typeof readEnd>[0], tenantId: string, model: Model): Promise<void> {
  const stored = await readEnd(query, tenantId);
  for (const id of model.accounts.keys()) {
    const totals: Totals | undefined = stored.balances.get(id);
    if (String(totals) !== String(model.totals(id))) throw new Disagreement(`account ${id}: model ${model.totals(id)}, ledger ${totals}`);
  }
  for (const { id, state, overdraft, opened } of model.accounts.values()) {
    const standing = stored.standings.get(id) ?? `open ${opened}`;
    if (standing !== `${state} ${overdraft}`) throw new Disagreement(`account ${id}: model ${state} ${overdraft}, ledger ${standing}`);
  }
  if (stored.closedUntil !== model.closedUntil)
    throw new Disagreement(`closed until: model ${model.closedUntil}, ledger ${stored.closedUntil}`);
  for (const [id, hold] of model.holds) {
    const expected = `${hold.state} ${hold.state === 'open' ? hold.amount : hold.settled}`;
    if (stored.holds.get(id) !== expected) throw new Disagreement(`hold ${id}: model ${expected}, ledger ${stored.holds.get(id)}`);
  }
  if (stored.holds.size !== model.holds.size)
    throw new Disagreement(`${stored.holds.size} holds in the ledger, ${model.holds.size} in the model`);
}
