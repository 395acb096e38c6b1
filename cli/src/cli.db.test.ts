/** The command `lastro` as people run it: a process of its own against a running platform. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../server/src/modules/identity/seed.ts';
import { newId } from '../../server/src/platform/id.ts';
import { startWholePlatform, type WholePlatform } from '../../server/test/support/whole-platform.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const BIN = path.join(ROOT, 'cli/bin/lastro.mjs');
const [house, customer] = [newId(), newId()];

let platform: WholePlatform;
let folder: string;
let env: Record<string, string>;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'lastro-cli-'));
  platform = await startWholePlatform();
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  env = {
    PATH,
    NODE_COMPILE_CACHE,
    LANG: 'pt_BR.UTF-8',
    LASTRO_URL: platform.baseUrl,
    LASTRO_CLIENT_ID: DEMO_CLIENT_ID,
    LASTRO_CLIENT_SECRET: DEMO_CLIENT_SECRET,
    DATABASE_ADMIN_URL: platform.database.adminUrl,
  };
});
after(async () => {
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Run = { code: number | null; out: string; err: string };

function run(args: string[], extra: Record<string, string> = {}, command: [string, ...string[]] = [process.execPath, BIN]): Promise<Run> {
  const [file, ...first] = command;
  const child = spawn(file, [...first, ...args], { cwd: ROOT, env: { ...env, ...extra }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, out, err })));
}

async function succeed(...args: string[]): Promise<Run> {
  const done = await run(args);
  assert.equal(done.code, 0, `${args.join(' ')}: ${done.out}${done.err}`);
  return done;
}
const file = (name: string, text?: string): string => {
  const full = path.join(folder, name);
  if (text !== undefined) writeFileSync(full, text);
  return full;
};
const transfer = (amountMinor: string, extra: object = {}) => ({
  id: newId(),
  kind: 'transfer',
  debitAccountId: house,
  creditAccountId: customer,
  amountMinor,
  ...extra,
});
const jsonLines = (items: object[]) => items.map((item) => JSON.stringify(item)).join('\n');

test('import: accounts and commands, line by line; again repeats nothing; what is wrong is named by its line', async () => {
  const accounts = [
    { account: { id: house, code: 'clearing', asset: 'BRL', normalSide: 'debit' } },
    { account: { id: customer, code: 'customer', asset: 'BRL', normalSide: 'credit', debitsMustNotExceedCredits: true } },
  ];
  const commands = Array.from({ length: 40 }, (_, i) => transfer('10', i % 2 ? { metadata: { order: `o-${i}` } } : {}));
  const good = file('good.jsonl', jsonLines([...accounts, ...commands]));
  const first = await succeed('import', good);
  assert.match(first.err, /aceitas: 42 \(repetidas: 0\), recusadas: 0, malformadas: 0/);
  assert.match((await succeed('import', good)).err, /aceitas: 42 \(repetidas: 42\)/);
  const bad = file(
    'bad.jsonl',
    `${jsonLines([transfer('1', { debitAccountId: customer, creditAccountId: house, amountMinor: '99999' })])}\n{"id":\n`,
  );
  const refused = await run(['import', bad]);
  assert.equal(refused.code, 3);
  assert.match(refused.out, /bad\.jsonl:1\tLEDGER_INSUFFICIENT_FUNDS/);
  assert.match(refused.out, /bad\.jsonl:2\tmalformed\tnão é JSON/);
  const rows = Array.from({ length: 5_003 }, () => `${newId()},transfer,${house},${customer},1`);
  const csv = await run(['import', file('more.csv', `id,kind,debitAccountId,creditAccountId,amountMinor\n${rows.join('\n')}\nx,transfer`)]);
  assert.match(csv.err, /aceitas: 5003/);
  assert.match(csv.out, /more\.csv:5005\tmalformed/, 'lines are counted through the pieces');
});

test('accounts, transfers, statement, balance: tables for people, lines of JSON for programs', async () => {
  assert.match((await succeed('accounts', '--code', 'clearing')).out, new RegExp(`^accountId\\t.*\\n${house}\\tclearing\\tBRL`));
  const listed = (await succeed('transfers', '--account', customer, '--limit', '230', '--json')).out.trimEnd().split('\n');
  assert.equal(listed.length, 230, 'past the first page');
  assert.equal(JSON.parse(listed[0]!).seq - JSON.parse(listed[229]!).seq, 229);
  const oldest = (await succeed('transfers', '--oldest-first', '--effective', '--account', house, '--limit', '1', '--json')).out;
  assert.equal(JSON.parse(oldest).amountMinor, '10');
  const statement = (await succeed('statement', customer, '--limit', '2')).out.trimEnd().split('\n');
  assert.deepEqual([statement.length, statement[1]!.split('\t').slice(1, 6)], [3, ['transfer', 'in', '1', '5403', '5403']]);
  assert.match((await succeed('balance', customer)).out, /availableMinor\t5403\n/);
  const early = JSON.parse((await succeed('balance', customer, '--at', '2020-01-01T00:00:00Z', '--json')).out);
  assert.equal(early.availableMinor, '0');
});

test('how it ends: 1 for what failed, 2 for wrong use, in the language of the environment', async () => {
  const unknown = await run(['balance', newId()]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /LEDGER_ACCOUNT_NOT_FOUND \(404\).*Confira/);
  const away = await run(['accounts', '--url', 'http://127.0.0.1:9'], {});
  assert.deepEqual([away.code, away.err.startsWith('O servidor não respondeu')], [1, true], away.err);
  const stranger = await run(['accounts'], { LASTRO_CLIENT_SECRET: 'wrong' });
  assert.deepEqual([stranger.code, stranger.out], [1, '']);
  for (const args of [['nothing'], ['balance'], ['accounts', '--limit', '0'], ['accounts', '--what']])
    assert.equal((await run(args)).code, 2, args.join(' '));
  const nobody = await run(['accounts'], { LASTRO_CLIENT_ID: '', LANG: 'en_US.UTF-8' });
  assert.deepEqual([nobody.code, nobody.err.trim()], [2, 'LASTRO_CLIENT_ID and LASTRO_CLIENT_SECRET (or LASTRO_TOKEN) are missing.']);
  assert.match((await succeed('--help')).out, /Linha de comando/);
  const npm = await run(['exec', 'lastro', '--', '--help'], { LC_ALL: 'en_GB.UTF-8', HOME: folder }, ['npm']);
  assert.equal(npm.code, 0, npm.err);
  assert.match(npm.out, /verifies an export/);
});

test('export, verify from the file alone, and an export that was cut off goes on to be the same', async () => {
  const whole = file('whole.jsonl');
  assert.match((await succeed('export', '-o', whole)).err, /feito: \d+ registros/);
  const alone = { LASTRO_URL: 'http://127.0.0.1:9', LASTRO_CLIENT_ID: '', DATABASE_ADMIN_URL: '' };
  const verified = await run(['verify', whole], alone);
  assert.equal(verified.code, 0, verified.out + verified.err);
  assert.match(verified.err, /Confere\./);
  const text = readFileSync(whole, 'utf8');
  const { toSeq } = JSON.parse(text.slice(0, text.indexOf('\n')));
  assert.ok(toSeq > 5_000);
  const changed = await run(['verify', '--json', file('changed.jsonl', text.replace('"amountMinor":"10"', '"amountMinor":"11"'))], alone);
  const { problems } = JSON.parse(changed.out);
  assert.deepEqual([changed.code, problems[0].code], [3, 'RECORD_CHANGED']);
  for (const share of [0.3, 0.7, 0.97]) {
    const cut = file('cut.jsonl', text.slice(0, Math.floor(text.length * share)));
    assert.equal((await run(['verify', cut], alone)).code, 3, 'a cut tail is found');
    await succeed('export', '-o', cut, '--resume');
    assert.equal((await run(['verify', cut], alone)).code, 0);
    assert.equal(readFileSync(cut, 'utf8'), text);
  }
  const complete = await run(['export', '-o', whole, '--resume']);
  assert.equal(complete.code, 1);
  assert.equal(readFileSync(whole, 'utf8'), text, 'a complete file is left alone');
  const csv = (await succeed('export', '--csv', '--account', customer, '--from-seq', '1', '--to-seq', '20')).out;
  assert.match(csv, /^seq,id,kind,direction/);
  assert.match(csv, /# end lines=\d+ lastSeq=20\n$/);
});

test('rebuild: identical, found when it is not, and put right', async () => {
  while (
    (await platform.database.admin(`select 1 from ledger.heads h join ledger.tag_cursor c using (tenant_id) where c.seq < h.seq`)).length >
    0
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  const same = await succeed('rebuild');
  assert.match(same.err, /Idêntico/);
  assert.match(same.out, /balances\t\d+\t0\t0\t0/);
  await platform.database.admin(
    `update ledger.entries set posted_credits = posted_credits + 1 where account_id = $1 and seq = (select max(seq) from ledger.entries where account_id = $1)`,
    [customer],
  );
  const found = await run(['rebuild', '--json'], { LANG: 'en_US.UTF-8' });
  assert.equal(found.code, 3);
  assert.match(found.err, /It differs/);
  assert.equal(JSON.parse(found.out).projections[0].different, 1);
  assert.equal((await run(['rebuild', '--apply'])).code, 3);
  assert.match((await succeed('rebuild')).err, /Idêntico/);
});
