/** docs/pix-by-api.md is run as it stands, and its answers are compared; then the same key in a process where identity is not. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../../scripts/lib/person.ts';
import { runAdmin } from '../support/admin-command.ts';
import { freePort, MASTER_KEY, type RunningProcess, startServerProcess } from '../support/running-platform.ts';
import { startWholePlatform, type WholePlatform } from '../support/whole-platform.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const PAGE = path.join(ROOT, 'docs/pix-by-api.md');
const OWNER = 360_000_001;
let platform: WholePlatform;
let elsewhere: RunningProcess | undefined;
let house: Record<string, string>;

before(async () => {
  platform = await startWholePlatform();
  house = { LASTRO_MASTER_KEY: MASTER_KEY, PUBLIC_URL: platform.baseUrl };
});
after(async () => {
  await elsewhere?.kill();
  await platform?.close();
});

/** Each command block of the page with the lines that its answer has, in their order. */
function blocks(): { commands: string; answers: string[] }[] {
  const found = [...readFileSync(PAGE, 'utf8').matchAll(/```sh\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/g)];
  return found.map(([, commands, answers]) => ({ commands: commands!, answers: answers!.trim().split('\n') }));
}

/** One shell for the whole page, as a reader has it. */
async function runPage(scripts: readonly string[], env: Record<string, string>): Promise<string[]> {
  const mark = '--- the end of a block ---';
  const child = spawn('bash', ['-u', '-c', scripts.map((script) => `${script}\necho; echo '${mark}'`).join('\n')], {
    cwd: ROOT,
    env: { PATH: `${path.join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, HOME: process.env.HOME ?? '/tmp', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, `${output}\n${errors}`);
  return output.split(mark).slice(0, -1);
}

test('each command of the page answers what the page says', { timeout: 240_000 }, async () => {
  const owner = await platform.signUp(OWNER, 'Dona da Padaria');
  await platform.fund(owner, 50_000n);
  const token = await platform.personToken(OWNER);
  const mine = () => platform.send('GET', '/v1/memberships', { token });
  const { body } = await until('an own account', mine, ({ text }) => text.includes('"accountId"'));
  const [{ accountId }] = (body as { accounts: [{ accountId: string }] }).accounts;
  const page = blocks();
  const commands = readFileSync(PAGE, 'utf8').match(/```sh/g)!.length;
  assert.equal(page.length, commands, 'every block of commands has its answer beside it');
  const outputs = await runPage(
    page.map((block) => block.commands),
    {
      ...house,
      LASTRO: platform.baseUrl,
      ACCOUNT: accountId,
      OWNER_TOKEN: token,
      DATABASE_URL: platform.database.appUrl,
      DATABASE_ADMIN_URL: platform.database.adminUrl,
    },
  );
  assert.equal(outputs.length, page.length);
  for (const [nth, { commands: given, answers }] of page.entries()) {
    let from = 0;
    for (const line of answers) {
      const at = outputs[nth]!.indexOf(line, from);
      assert.ok(at >= 0, `${given}\nanswers no ${line} here:\n${outputs[nth]!.slice(from)}`);
      from = at + line.length;
    }
  }
  const [paid] = await platform.database.admin<{ n: number; sum: string }>(
    "select count(*)::int as n, sum(amount_minor)::text as sum from payments.payments where subject_id = $1 and status = 'settled'",
    [accountId],
  );
  assert.deepEqual(paid, { n: 1, sum: '4200' }, 'asked twice, paid once');
  assert.ok(!/lastro_(key|secret)_[0-9A-Za-z]{20}/.test(platform.output()), 'no key in a log line');
});

test('in a process where identity is not the same key counts, and ends at once; what is passed on says where it came from', {
  timeout: 180_000,
}, async () => {
  const admin = async (...args: string[]): Promise<string> => {
    const { code, output } = await runAdmin(platform.database, args, house);
    assert.equal(code, 0, output);
    return output;
  };
  await admin('clients', 'lastro', 'add', 'livro', 'Livro', 'ledger:read', 'clients:read');
  const made = await admin('keys', 'lastro', 'add', 'livro', 'Servidor', 'ledger:read', 'clients:read', '--from=127.0.0.0/8,::1');
  const [key, keyId] = [/lastro_key_\w+/.exec(made)![0], /[0-9a-f-]{36}/.exec(made)![0]];
  const far = /lastro_key_\w+/.exec(await admin('keys', 'lastro', 'add', 'livro', 'Longe', 'clients:read', '--from=203.0.113.0/24'))![0];
  const port = await freePort();
  elsewhere = await startServerProcess({
    databaseUrl: platform.database.appUrl,
    port,
    sandboxUrl: platform.sandbox.url,
    env: { MODULES: 'ledger', ROLES: 'http', MODULE_URLS: `identity=${platform.internalUrl}`, PUBLIC_URL: platform.baseUrl },
  });
  const get = async (at: string, bearer: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${at}`, { headers: { authorization: `Bearer ${bearer}` } });
    const { code } = (await answer.json()) as { code?: string };
    return code ?? answer.status;
  };
  const books = '/v1/ledger/accounts/count?codePrefix=x';
  assert.equal(await get(books, key), 200);
  assert.equal(await get('/v1/clients/lastro_livro/keys', key), 200, 'passed on to where identity is, which asks for the address as well');
  assert.equal(await get('/v1/clients/lastro_livro/keys', far), 'IDENTITY_KEY_ELSEWHERE');
  assert.equal(await get(books, `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`), 'IDENTITY_KEY_INVALID');
  await admin('keys', 'lastro', 'revoke', 'livro', keyId);
  const gone = await until(
    'the end of the key',
    () => get(books, key),
    (told) => told !== 200,
  );
  assert.equal(gone, 'IDENTITY_KEY_REVOKED');
  assert.ok(!/lastro_(key|secret)_[0-9A-Za-z]{20}/.test(elsewhere.output() + platform.output()), 'no key in a log line');
});
