/**
 * `npm run lighthouse [-- --runs N] [page …]`: Lighthouse, as on a phone, over the screens of a platform with demo data that is started for
 * it. Shows the median of the runs, and exits with 1 when a page is below 90 in anything. Reports lie in `.lastro/lighthouse/reports`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import lighthouse, { type RunnerResult } from 'lighthouse';
import { Person } from './lib/person.ts';
import { openDebuggedBrowser } from './lighthouse/browser.ts';
import { openStage } from './lighthouse/stage.ts';
import { rootFolder } from './supervisor/folders.ts';

const LEAST = 90;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const TIMES = {
  FCP: 'first-contentful-paint',
  LCP: 'largest-contentful-paint',
  TBT: 'total-blocking-time',
  CLS: 'cumulative-layout-shift',
};
/** Sessions belong to the make of browser that they were opened with, so the one that signs in and the one that is measured are the same. */
const AGENT =
  'Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
const PAGES: Record<string, { at: string; signedIn: boolean }> = {
  landing: { at: '/', signedIn: false },
  login: { at: '/bff/login?screen=sign-in', signedIn: false },
  home: { at: '/inicio', signedIn: true },
  pay: { at: '/pagar', signedIn: true },
  receive: { at: '/receber', signedIn: true },
  statement: { at: '/extrato', signedIn: true },
};

type Run = { scores: number[]; times: Record<string, number>; told: string[]; speed: number };

const { values, positionals } = parseArgs({ options: { runs: { type: 'string', default: '3' } }, allowPositionals: true });
const runs = Number(values.runs);
const chosen = positionals.length > 0 ? positionals : Object.keys(PAGES);
for (const name of chosen) if (!PAGES[name]) throw new Error(`no page ${name}: there are ${Object.keys(PAGES).join(', ')}`);

/** What a report says about one visit; `told` names the audits that cost points. */
function readReport({ lhr }: RunnerResult): Run {
  if (lhr.runtimeError) throw new Error(`${lhr.requestedUrl}: ${lhr.runtimeError.message}`);
  const scores = CATEGORIES.map((name) => Math.round((lhr.categories[name]?.score ?? 0) * 100));
  const told = CATEGORIES.flatMap((name) => lhr.categories[name]?.auditRefs ?? [])
    .filter(({ weight, id }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 0.9)
    .map(({ id }) => `${id} ${lhr.audits[id]?.displayValue ?? ''}`.trim());
  const times = Object.fromEntries(Object.entries(TIMES).map(([name, id]) => [name, lhr.audits[id]?.numericValue ?? 0]));
  return { scores, times, told, speed: lhr.environment.benchmarkIndex };
}

async function visit(port: number, url: string, file: string): Promise<Run> {
  const result = await lighthouse(url, {
    port,
    logLevel: 'error',
    output: 'html',
    onlyCategories: [...CATEGORIES],
    emulatedUserAgent: AGENT,
    // The line of live events never ends, so that the network is never as quiet as Lighthouse waits for.
    maxWaitForLoad: 15_000,
  });
  if (!result) throw new Error(`${url}: no result`);
  writeFileSync(`${file}.html`, result.report as string);
  writeFileSync(`${file}.json`, JSON.stringify(result.lhr));
  const { pathname } = new URL(result.lhr.finalDisplayedUrl);
  if (!url.includes('/bff/') && pathname !== new URL(url).pathname) throw new Error(`${url} led to ${pathname}`);
  return readReport(result);
}

const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const shown = (name: string, value: number): string => (name === 'CLS' ? value.toFixed(3) : `${Math.round(value)} ms`);

async function measure(folder: string, webDist: string): Promise<string[]> {
  const reports = path.join(folder, 'reports');
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const stage = await openStage(folder, webDist);
  const browser = await openDebuggedBrowser().catch(async (error: unknown) => {
    await stage.close();
    throw error;
  });
  const below: string[] = [];
  try {
    const person = new Person(stage.origin, { userAgent: AGENT });
    await person.logIn(stage.login.login, stage.login.password);
    console.log(`| page | ${CATEGORIES.join(' | ')} | ${Object.keys(TIMES).join(' | ')} |\n|---${'|---'.repeat(CATEGORIES.length + 4)}|`);
    const speeds: number[] = [];
    for (const name of chosen) {
      const { at, signedIn } = PAGES[name]!;
      const seen: Run[] = [];
      for (let run = 0; run < runs; run++) {
        await browser.setCookies(stage.origin, signedIn ? person.cookies : new Map());
        seen.push(await visit(browser.port, `${stage.origin}${at}`, path.join(reports, `${name}-${run + 1}`)));
      }
      const scores = CATEGORIES.map((_, index) => median(seen.map((one) => one.scores[index]!)));
      const times = Object.keys(TIMES).map((key) => shown(key, median(seen.map((one) => one.times[key]!))));
      console.log(`| ${name} | ${scores.join(' | ')} | ${times.join(' | ')} |`);
      speeds.push(...seen.map((one) => one.speed));
      if (scores.some((score) => score < LEAST)) below.push(`${name}: ${[...new Set(seen.flatMap((one) => one.told))].join('; ')}`);
    }
    console.log(
      `\nmedian of ${runs}; ${cpus().length} × ${cpus()[0]?.model ?? 'cpu'}, Lighthouse's own measure of its speed ${Math.round(median(speeds))}`,
    );
  } finally {
    await browser.close();
    await stage.close();
  }
  return below;
}

const webDist = process.env.WEB_DIST ?? path.join(rootFolder, 'web/dist/browser');
const below = await measure(path.join(rootFolder, '.lastro/lighthouse'), webDist);
for (const one of below) console.error(`below ${LEAST}: ${one}`);
if (below.length > 0) process.exitCode = 1;
