import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** https://pypi.org/project/schemathesis: requests made from an OpenAPI document, and answers held against it. */
const VERSION = '4.32.5';
const INSTALL_WITHIN_MS = 300_000;

/** What is asked of every answer. Business rules refuse much that a schema allows, so that a refusal as such is no failure. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
];

/** A wrong request may be refused with any of these: besides the usual ones, as too large, or because its time is over. */
const REFUSALS = `[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "410", "413", "415", "422", "428", "429", "5xx"]
[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "404", "406", "410", "415", "422", "428"]
`;

export type Campaign = {
  name: string;
  baseUrl: string;
  /** The OpenAPI document, as a file. */
  document: string;
  /** Asked for before each pass: what proves who asks, and values of parameters that cannot be made up, by name. */
  open(): Promise<{ headers: Record<string, string>; parameters?: Record<string, string> }>;
  /** It ends what proves who asks, so that much hears no more than that. */
  endsItself?: boolean;
  /** Checks that do not fit this document. */
  without?: readonly string[];
  operations: number;
  /** So many requests at least, in one pass after the other, each from a seed of its own. */
  cases: number;
  /** No other pass begins after this. */
  maxSeconds: number;
  seed: number;
};

export type Outcome = { ok: boolean; cases: number; log: string };

/** Requests to one operation in one pass: short passes, so that the time that is left is looked at. */
const MOST_PER_PASS = 60;
/** A pass is stopped when it takes longer than anything that still goes on. */
const PASS_WITHIN_MS = 20 * 60_000;

/** Installs it into a folder of this clone. @throws when there is no Python with venv, or PyPI does not answer */
export function installSchemathesis(folder: string, say: (line: string) => void): string {
  const program = path.join(folder, 'venv', 'bin', 'schemathesis');
  const marker = path.join(folder, 'version.txt');
  if (existsSync(program) && existsSync(marker) && readFileSync(marker, 'utf8') === VERSION) return program;
  mkdirSync(folder, { recursive: true });
  say(`installing schemathesis ${VERSION} from PyPI`);
  rmSync(path.join(folder, 'venv'), { recursive: true, force: true });
  if (!run('python3', ['-m', 'venv', path.join(folder, 'venv')])) installVenv(say, folder);
  const pip = path.join(folder, 'venv', 'bin', 'pip');
  if (!run(pip, ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`]))
    throw new Error(`pip could not install schemathesis ${VERSION}: this test needs PyPI, or a mirror that pip is told of`);
  writeFileSync(marker, VERSION);
  return program;
}

/** Debian keeps venv in a package of its own. */
function installVenv(say: (line: string) => void, folder: string): void {
  say('python3 has no venv: asking apt for python3-venv');
  const isThere =
    run('apt-get', ['install', '--yes', '--quiet', 'python3-venv']) ||
    (run('apt-get', ['update', '--quiet']) && run('apt-get', ['install', '--yes', '--quiet', 'python3-venv']));
  if (!isThere || !run('python3', ['-m', 'venv', '--clear', path.join(folder, 'venv')]))
    throw new Error('test:engines needs Python 3.10 or later with venv (Debian: apt-get install python3-venv)');
}

function run(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: INSTALL_WITHIN_MS }).status === 0;
}

/** Runs a campaign until it has made its requests or its time is over, and ends it at the first failure. */
export async function runCampaign(program: string, folder: string, campaign: Campaign): Promise<Outcome> {
  const until = performance.now() + campaign.maxSeconds * 1_000;
  let cases = 0;
  for (let pass = 0; ; pass++) {
    const outcome = await runPass(
      program,
      folder,
      campaign,
      pass,
      Math.min(MOST_PER_PASS, Math.ceil((campaign.cases - cases) / campaign.operations)),
    );
    cases += outcome.cases;
    if (!outcome.ok || cases >= campaign.cases || performance.now() > until) return { ...outcome, cases };
  }
}

/** The whole output goes to `<folder>/<name>.log`. The first pass also walks the edges of every schema, which are the same each time. */
async function runPass(program: string, folder: string, campaign: Campaign, pass: number, perOperation: number): Promise<Outcome> {
  const config = path.join(folder, `${campaign.name}.toml`);
  const opened = await campaign.open();
  const parameters = Object.entries(opened.parameters ?? {}).map(([name, value]) => `${JSON.stringify(name)} = ${JSON.stringify(value)}`);
  writeFileSync(config, `${REFUSALS}${parameters.length === 0 ? '' : `[parameters]\n${parameters.join('\n')}\n`}`);
  const args = [
    ...['--config-file', config, 'run', campaign.document, '--url', campaign.baseUrl],
    ...['--checks', CHECKS.filter((one) => !campaign.without?.includes(one)).join(',')],
    ...['--phases', pass === 0 ? 'examples,coverage,fuzzing' : 'fuzzing', '--max-examples', String(perOperation)],
    ...['--seed', String(campaign.seed + pass), '--workers', '1', '--continue-on-failure', '--no-color'],
    ...['--request-timeout', '15', '--suppress-health-check', 'all'],
    ...Object.entries(opened.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  ];
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: PASS_WITHIN_MS });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  const [code] = await once(child, 'close');
  writeFileSync(path.join(folder, `${campaign.name}.log`), log);
  const unheard = campaign.endsItself ? 0 : unheardOf(log);
  if (unheard > MOST_UNHEARD) log += `\n${unheard} operations heard nothing but 401 or 403: whoever asked was thrown out on the way\n`;
  return { ok: code === 0 && unheard <= MOST_UNHEARD, cases: casesOf(log), log };
}

/** Some are not for whoever asks: who has no lock to open, or is nobody's owner. */
const MOST_UNHEARD = 4;

/** As its warnings say: "Authentication failed: 26 operations returned only 401/403 responses". */
function unheardOf(log: string): number {
  return Number(/Authentication failed: (\d+) operation/.exec(log)?.[1] ?? 0);
}

/** As its summary says: "Test cases: 1234 generated, …". */
function casesOf(log: string): number {
  const found = /(\d[\d,]*) (?:test cases )?generated/.exec(log);
  return found ? Number(found[1]!.replaceAll(',', '')) : 0;
}
