import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { newId, publicId } from './id.ts';
import { createLogger, redact } from './log.ts';

const PLANTED = {
  cpf: '529.982.247-25',
  bareCpf: '52998224725',
  spacedCpf: '529 982 247 25',
  cnpj: '12.345.678/0001-95',
  bareCnpj: '12345678000195',
  letterCnpj: '12.ABC.345/01DE-35',
  bareLetterCnpj: '12ABC34501DE35',
  email: 'maria.souza+pix@exemplo.com.br',
  accentedEmail: 'josé@exemplo.com.br',
  encodedEmail: 'maria%40exemplo.com.br',
  card: '4111 1111 1111 1111',
  dashedCard: '4111-1111-1111-1111',
  phone: '+55 11 91234-5678',
};

/** Logs once and answers the line, which must be JSON. */
function logged(write: (log: ReturnType<typeof createLogger>) => void): { line: string; entry: Record<string, unknown> } {
  const lines: string[] = [];
  write(createLogger({ write: (line) => lines.push(line) }));
  assert.equal(lines.length, 1, 'the line is seen at all');
  assert.ok(lines[0]!.endsWith('}\n'));
  return { line: lines[0]!, entry: JSON.parse(lines[0]!) as Record<string, unknown> };
}

/** Traces of a planted value: its digits in a row or as written. */
function assertGone(line: string, value: string): void {
  assert.ok(!line.includes(value), `${value} in ${line}`);
  const digits = value.replaceAll(/\D/g, '');
  if (digits.length >= 11) assert.ok(!line.replaceAll(/[^\d]/g, '').includes(digits), `${value} in ${line}`);
}

describe('personal data never reaches a log line', () => {
  for (const [kind, value] of Object.entries(PLANTED)) {
    test(`${kind}: in the message, in fields at any depth, in keys, in errors and their causes`, () => {
      const error = Object.assign(new Error(`no person ${value}`, { cause: new Error(`because of\n${value}`) }), { extra: [value] });
      error.stack = `Error: no person\n    at find (${value})\n${value}`;
      const nested = { a: [{ b: { c: `x${value}`, [`k ${value}`]: 1 } }], text: `_${value}_`, quoted: `"${value}"`, tab: `\t${value}` };
      const { line } = logged((log) => log.warn({ nested, err: error, list: [value] }, `saw ${value}, and ${value}`));
      assertGone(line, value);
      assert.match(line, /\[(doc|email|number)\]/);
    });
  }

  test('numbers long enough to be documents or cards are removed, and the line stays JSON', () => {
    const { line, entry } = logged((log) =>
      log.info({ cpfAsNumber: 1, n: 52_998_224_725, list: [4_111_111_111_111_111, 12] }, 'ids:52998224725,1'),
    );
    assertGone(line, '52998224725');
    assertGone(line, '4111111111111111');
    assert.deepEqual((entry as { list: unknown }).list, ['[number]', 12]);
  });

  test('values of telling fields are removed, whatever they look like; their hashes and ids stay', () => {
    const fields = {
      password: 'Segredo1',
      accessToken: 'abc',
      Authorization: 'Bearer x',
      cookie: 'a=b',
      cpf: '123',
      pixKey: 'ana',
      tokenId: 't1',
      payeeKeyHash: 'h',
    };
    const { entry } = logged((log) => log.info({ request: { headers: fields } }, 'x'));
    const { headers } = entry.request as { headers: Record<string, string> };
    for (const name of ['password', 'accessToken', 'Authorization', 'cookie', 'cpf', 'pixKey'])
      assert.equal(headers[name], '[removed]', name);
    assert.deepEqual([headers.tokenId, headers.payeeKeyHash], ['t1', 'h']);
  });
});

describe('what logs are for survives', () => {
  const kept = {
    uuid: newId(),
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    instant: '2026-03-10T12:34:56.789Z',
    offset: '2026-03-10T09:34:56-03:00',
    hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    endToEndId: 'E1234567820260310123456789012345',
    publicId: publicId('pay', '0192f000-0000-7000-8000-000000000001'),
    amount: '1234567890',
    date: '2026-03-10',
    address: '127.0.0.1:5432',
    code: 'PLATFORM_UNAVAILABLE',
    route: 'GET /v1/payments/:id',
  };
  for (const [kind, value] of Object.entries(kept)) {
    test(kind, () => {
      const { entry } = logged((log) => log.info({ value, inner: { list: [value] } }, `about ${value}.`));
      assert.equal(entry.value, value);
      assert.deepEqual(entry.inner, { list: [value] });
      assert.equal(entry.msg, `about ${value}.`);
    });
  }

  test('a planted document beside something kept is removed, and only it', () => {
    const { uuid, instant } = kept;
    assert.equal(redact(`${uuid} ${PLANTED.cpf} ${instant}${PLANTED.bareCpf}`).includes(uuid), true);
    assertGone(redact(`${instant} ${PLANTED.bareCpf} ${uuid}`), PLANTED.bareCpf);
  });
});

test('whatever is logged, the line is one line of JSON and says what was not personal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.jsonValue(), (message, value) => {
      const { line, entry } = logged((log) => log.info({ value }, message));
      assert.equal(line.indexOf('\n'), line.length - 1);
      assert.equal(entry.level, 'info');
    }),
    { numRuns: 100 },
  );
});

test('texts without digits or addresses come through as they are', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-zÀ-ú ,;:()/_-]{0,80}$/), (text) => {
      assert.equal(redact(text), text);
    }),
  );
});

test('a hostile text takes no longer than its length', () => {
  const started = process.cpuUsage();
  for (const unit of ['a', '1', '1 ', 'a@', '1.', 'a.', '%40', '@', '0f']) redact(unit.repeat(100_000 / unit.length));
  assert.ok(process.cpuUsage(started).user < 3_000_000);
});
