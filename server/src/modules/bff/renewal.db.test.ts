/** A process that dies while it renews a session's tokens: the issuer has given new ones, and nobody keeps them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpfFrom, Person, type Reply } from '../../../../scripts/lib/person.ts';
import { freePort, startServerProcess } from '../../../test/support/running-platform.ts';
import { openTestDatabase } from '../../../test/support/test-database.ts';
import { AFTER_RENEWAL } from './tokens.ts';

/** A start, and the lease of whoever died. */
const PATIENCE_MS = 40_000;
const away = (): Reply<never> => ({ status: 503, headers: new Headers(), body: undefined as never });

test('killed between the issuer’s answer and its own commit, the session goes on, twice over', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lastro-renewal-'));
  const dieAt = path.join(folder, 'crash-at');
  writeFileSync(dieAt, '');
  const database = await openTestDatabase();
  const port = await freePort();
  const start = () =>
    startServerProcess({
      databaseUrl: database.appUrl,
      port,
      sandboxUrl: 'http://127.0.0.1:9',
      env: { MODULES: 'identity,bff', LASTRO_CRASH_AT: `@${dieAt}` },
    });
  let server = await start();
  try {
    const person = new Person(`http://localhost:${port}`);
    await person.signUp({ name: 'Rita Renova', cpf: cpfFrom(4_711), email: 'rita@exemplo.com.br', password: 'conforme-o-combinado' });
    const expire = () => database.admin('update bff.sessions set access_expires_at = $1', [new Date(Date.now() - 1_000)]);
    /** Asks until somebody answers, as a page does: a process that has just started may be too busy. */
    const session = async (): Promise<{ authenticated: boolean; ended?: string }> => {
      for (const end = Date.now() + PATIENCE_MS; ; await sleep(250)) {
        const { status, body } = await person.request<{ authenticated: boolean; ended?: string }>('GET', '/bff/v1/session').catch(away);
        if (status === 200) return body;
        assert.ok(status === 503 && Date.now() < end, `${status} ${JSON.stringify(body)}\n${server.output().slice(-3_000)}`);
      }
    };
    for (let kill = 0; kill < 2; kill++) {
      await expire();
      writeFileSync(dieAt, AFTER_RENEWAL);
      const asked = session();
      await Promise.race([server.ended, asked]);
      assert.equal(server.endedBy(), 'SIGKILL', server.output().slice(-2_000));
      writeFileSync(dieAt, '');
      server = await start();
      const { authenticated, ended } = await asked;
      assert.deepEqual([authenticated, ended], [true, undefined]);
    }
    await expire();
    assert.equal((await session()).authenticated, true, 'and its next renewal is a new one');
  } finally {
    await server.kill();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
