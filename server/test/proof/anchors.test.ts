import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { configuredAnchors } from '#platform/proof/anchors/configured.ts';
import { folderAnchor, readAnchorFolder } from '#platform/proof/anchors/folder.ts';
import { timeStampAnchor } from '#platform/proof/anchors/time-stamp.ts';
import { createTokenChecker } from '#platform/proof/anchors/token.ts';
import { dayDigest, dayStatementText } from '#platform/proof/chain.ts';
import { anchorLine } from '#platform/proof/lines.ts';
import { smallExport } from '../../src/modules/ledger/proof/export.fixture.ts';
import { verifyExport } from '../../src/modules/ledger/proof/verify-export.ts';
import { type Misdeed, startAuthority } from '../support/time-stamp-authority.ts';

const SCRIPT = path.join(import.meta.dirname, '../../../tools/verify-ledger.mjs');
const [day, nextDay] = smallExport().days as [never, never];

describe('a time-stamping authority as anchor', () => {
  let authority: Awaited<ReturnType<typeof startAuthority>>;
  let folder: string;
  before(async () => {
    authority = await startAuthority();
    folder = mkdtempSync(path.join(os.tmpdir(), 'lastro-anchor-'));
  });
  after(async () => {
    await authority.close();
    rmSync(folder, { recursive: true });
  });
  const anchorOf = (attempts = 1) => timeStampAnchor({ url: authority.url, trustedPem: authority.rootPem, attempts, timeoutMs: 20_000 });

  /** An export with the token behind its day, as both verifiers judge it. */
  async function judge(evidence: Buffer, trustedPem: string) {
    const { lines } = smallExport();
    const at = lines.findIndex((line) => line.startsWith('{"day"')) + 1;
    const anchor = anchorLine({
      day: '2026-03-09',
      driver: 'rfc3161',
      anchoredAt: new Date().toISOString(),
      evidence: evidence.toString('base64'),
    });
    const all = lines.toSpliced(at, 0, anchor);
    const ours = await verifyExport(all, { checkToken: createTokenChecker(trustedPem) });
    const [file, ca] = [path.join(folder, 'export.jsonl'), path.join(folder, 'ca.pem')];
    writeFileSync(file, all.join('\n'));
    writeFileSync(ca, trustedPem);
    const theirs = await new Promise<typeof ours>((resolve) => {
      execFile(process.execPath, [SCRIPT, file, '--tsa-ca', ca, '--json'], (_error, stdout) => resolve(JSON.parse(stdout)));
    });
    const said = (report: typeof ours) => [report.anchorsVerified, report.problems.map(({ code, day: of }) => [code, of])];
    assert.deepEqual(said(theirs), said(ours), JSON.stringify(theirs.problems));
    return ours;
  }

  test('stamps a day; the token holds for both verifiers, for this statement and this authority only', async () => {
    const { evidence, at } = await anchorOf().anchor(day);
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    assert.deepEqual((await judge(evidence, authority.rootPem)).problems, []);

    const other = await anchorOf().anchor(nextDay);
    assert.match((await judge(other.evidence, authority.rootPem)).problems[0]!.detail, /outro resumo/);
    const stranger = await startAuthority();
    await stranger.close();
    assert.match((await judge(evidence, stranger.rootPem)).problems[0]!.detail, /não leva a uma autoridade/);
    assert.equal((await judge(evidence.subarray(0, -20), authority.rootPem)).problems[0]!.code, 'ANCHOR_WRONG');
    // The digest, the time and the signature; parts of a token that nobody signed may read as they like.
    const places = [evidence.indexOf(dayDigest(day)), evidence.indexOf(at.slice(0, 4)) + 9, evidence.length - 3];
    for (const place of places) {
      const changed = Buffer.from(evidence);
      changed[place]! ^= 1;
      assert.equal((await judge(changed, authority.rootPem)).ok, false, `byte ${place}`);
    }
  });

  test('an RSA signature holds for both, too', async () => {
    const rsa = await startAuthority({ signs: 'rsa' });
    try {
      const { evidence } = await timeStampAnchor({ url: rsa.url, trustedPem: rsa.rootPem }).anchor(day);
      const report = await judge(evidence, rsa.rootPem);
      assert.deepEqual([report.problems, report.anchorsVerified], [[], 1]);
    } finally {
      await rsa.close();
    }
  });

  const WRONG: [Misdeed, RegExp][] = [
    ['other-imprint', /outro resumo/],
    ['other-nonce', /nonce/],
    ['refuses', /status 2/],
    ['no-stamping-purpose', /não é de carimbo/],
    ['expired', /autoridade|valia/],
    ['unnamed-certificate', /com que certificado/],
    ['broken-signature', /assinatura/],
    ['garbage', /./],
    ['too-much', /more than any token/],
    ['http-500', /answered 500/],
  ];
  for (const [misdeed, expected] of WRONG) {
    test(`keeps no token from an authority that does it wrong: ${misdeed}`, async () => {
      authority.misbehave(misdeed);
      await assert.rejects(anchorOf().anchor(day), expected);
    });
  }

  test('tries again, a few times and no more', async () => {
    authority.misbehave('http-500', 'garbage');
    const before = authority.asked;
    await anchorOf(3).anchor(day);
    assert.equal(authority.asked - before, 3);
    authority.misbehave('http-500', 'http-500', 'http-500');
    await assert.rejects(anchorOf(2).anchor(day), /500/);
    authority.misbehave();
    assert.equal(authority.asked - before, 5);
  });

  test('gives up waiting for one that does not answer', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const anchor = timeStampAnchor({ url: `http://127.0.0.1:${port}`, trustedPem: authority.rootPem, attempts: 1, timeoutMs: 100 });
    await assert.rejects(anchor.anchor(day));
    silent.close();
  });

  test('nobody is trusted by default', async () => {
    await assert.rejects(timeStampAnchor({ url: authority.url, trustedPem: '', attempts: 1 }).anchor(day), /autoridade/);
    assert.throws(() => configuredAnchors({ LASTRO_ANCHOR_TSA_URL: authority.url }, Date.now), /LASTRO_ANCHOR_TSA_CA/);
    assert.deepEqual(configuredAnchors({}, Date.now), []);
  });
});

describe('a write-once folder as anchor', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'lastro-anchor-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('each statement is written once, whole and read-only; the same again changes nothing, another is refused', async () => {
    const anchor = folderAnchor(folder, Date.now);
    const { evidence } = await anchor.anchor(day);
    await anchor.anchor(nextDay);
    const file = path.join(folder, evidence.toString());
    assert.ok(readFileSync(file).equals(dayStatementText(day)));
    assert.equal(statSync(file).mode & 0o777, 0o444);
    const { mtimeMs } = statSync(file);
    await anchor.anchor(day);
    assert.equal(statSync(file).mtimeMs, mtimeMs);
    await assert.rejects(anchor.anchor({ ...(day as object), root: '00'.repeat(32) } as never), /another statement/);
    assert.ok(readFileSync(file).equals(dayStatementText(day)));
  });

  test('what lies there is what exports are compared with', async () => {
    const { lines } = smallExport();
    const days = await readAnchorFolder(folder);
    assert.equal(days.length, 2);
    assert.equal((await verifyExport(lines, { days })).ok, true);
    const file = path.join(folder, 'ledger', days[0]!.tenantId, `${days[0]!.day}.json`);
    chmodSync(file, 0o644);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"root":"\w{4}/, '"root":"0000'));
    const report = await verifyExport(lines, { days: await readAnchorFolder(folder) });
    assert.deepEqual(
      report.problems.map(({ code, day: of }) => [code, of]),
      [['KNOWN_DAY_DIFFERS', '2026-03-09']],
    );
  });
});
