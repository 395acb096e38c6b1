import { type Lastro, must, pages } from '@lastro/client';
import type { Command } from 'commander';
import { EXIT, Refusal, type Shell } from './shell.ts';
import type { Words } from './words.ts';

/** Items of a list up to a limit. */
async function* upTo<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  if (left <= 0) return;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}

function countOf(text: string, words: Words): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refusal(`--limit: ${text}. ${words.usage}`, EXIT.usage);
  return Number(text);
}

const present = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

type Ask = { limit: string };

/** What looks at the ledger and changes nothing. */
export function readCommands(program: Command, words: Words, shell: () => Shell): void {
  accounts(program, words, shell);
  transfers(program, words, shell);
  statement(program, words, shell);
  balance(program, words, shell);
}

function accounts(program: Command, words: Words, shell: () => Shell): void {
  type Options = Ask & { subject?: string; code?: string; asset?: string };
  program
    .command('accounts')
    .description(words.accounts)
    .option('--subject <id>', words.subject)
    .option('--code <code>', words.code)
    .option('--asset <asset>', words.asset)
    .option('--limit <n>', words.limit, '50')
    .action(async ({ subject: subjectId, code, asset, limit }: Options) => {
      const out = shell();
      const { api } = out.lastro();
      const wanted = countOf(limit, words);
      const items = pages(
        (cursor) =>
          must(api.GET('/v1/ledger/accounts', { params: { query: present({ subjectId, code, asset, cursor, limit: pageOf(wanted) }) } })),
        (page) => page.accounts,
      );
      await out.rows(upTo(items, wanted), ['accountId', 'code', 'asset', 'state', 'postedMinor', 'heldMinor', 'availableMinor']);
    });
}

const pageOf = (wanted: number): string => String(Math.min(200, wanted));

function transfers(program: Command, words: Words, shell: () => Shell): void {
  type Options = Ask & {
    account?: string;
    key?: string;
    value?: string;
    block?: string;
    from?: string;
    to?: string;
    effective?: true;
    oldestFirst?: true;
  };
  program
    .command('transfers')
    .description(words.transfers)
    .option('--account <id>', words.account)
    .option('--key <name>', words.key)
    .option('--value <text>', words.value)
    .option('--block <id>', words.block)
    .option('--from <instant>', words.from)
    .option('--to <instant>', words.to)
    .option('--effective', words.effective)
    .option('--oldest-first', words.oldestFirst)
    .option('--limit <n>', words.limit, '50')
    .action(async ({ account: accountId, key, value, block: blockId, from, to, effective, oldestFirst, limit }: Options) => {
      const out = shell();
      const { api } = out.lastro();
      const wanted = countOf(limit, words);
      const [by, order] = [effective && ('effective' as const), oldestFirst && ('asc' as const)];
      const criteria = { accountId, key, value, blockId, from, to, by, order, limit: pageOf(wanted) };
      const items = pages(
        (cursor) => must(api.GET('/v1/ledger/transfers', { params: { query: present({ ...criteria, cursor }) } })),
        (page) => page.transfers,
      );
      await out.rows(upTo(items, wanted), [
        'seq',
        'id',
        'kind',
        'debitAccountId',
        'creditAccountId',
        'amountMinor',
        'effectiveAt',
        'recordedAt',
        'metadata',
      ]);
    });
}

function statement(program: Command, words: Words, shell: () => Shell): void {
  type Options = Ask & { from?: string; to?: string; all?: true; effective?: true; knownAt?: string };
  program
    .command('statement')
    .description(words.statement)
    .argument('<account>', words.account)
    .option('--from <instant>', words.from)
    .option('--to <instant>', words.to)
    .option('--all', words.all)
    .option('--effective', words.effective)
    .option('--known-at <instant>', words.knownAt)
    .option('--limit <n>', words.limit, '50')
    .action(async (id: string, { from, to, all, effective, knownAt, limit }: Options) => {
      const out = shell();
      const { api } = out.lastro();
      const wanted = countOf(limit, words);
      const [include, order] = [all && ('all' as const), effective && ('effective' as const)];
      const query = { from, to, include, order, knownAt, limit: pageOf(wanted) };
      const items = pages(
        (cursor) => must(api.GET('/v1/ledger/accounts/{id}/entries', { params: { path: { id }, query: present({ ...query, cursor }) } })),
        (page) => page.lines,
      );
      await out.rows(upTo(items, wanted), [
        'seq',
        'kind',
        'direction',
        'amountMinor',
        'postedMinor',
        'availableMinor',
        'effectiveAt',
        'transferId',
      ]);
    });
}

function balance(program: Command, words: Words, shell: () => Shell): void {
  program
    .command('balance')
    .description(words.balance)
    .argument('<account>', words.account)
    .option('--at <instant>', words.at)
    .option('--effective-at <instant>', words.effectiveAt)
    .action(async (id: string, asOf: { at?: string; effectiveAt?: string }) => {
      const out = shell();
      const { api }: Lastro = out.lastro();
      const account = await must(api.GET('/v1/ledger/accounts/{id}', { params: { path: { id }, query: asOf } }));
      if (out.json) out.print(JSON.stringify(account));
      else for (const [name, value] of Object.entries(account)) if (value !== null) out.print(`${name}\t${String(value)}`);
    });
}
