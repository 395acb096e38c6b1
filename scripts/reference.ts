/**
 * `npm run reference`: writes docs/reference and the client's types from the code itself. With `--check` it only says whether what is there
 * is current.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { refuseBlob } from '../server/src/platform/blob/errors.ts';
import { type Setting, settings } from '../server/src/platform/config.ts';
import { type ErrorSpec, refusePlatform } from '../server/src/platform/errors.ts';
import { refuseMoney } from '../server/src/platform/money.ts';
import { describeApi, typesOfApi } from './lib/openapi.ts';

const root = path.join(import.meta.dirname, '..');
const MODULES = ['ledger', 'risk', 'identity', 'payments', 'cashflow', 'audit', 'bff'];

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function configuration(): string {
  const rows = (Object.entries(settings) as [string, Setting][]).map(([name, one]) => {
    const fallback = one.default === undefined ? (one.optional ? '' : 'required') : one.default === '' ? '' : `\`${one.default}\``;
    const secret = one.secret ? ' **Secret.**' : '';
    const made = one.madeUpInDevelopment ? ' Made up in development.' : '';
    return `| \`${name}\` | ${one.kind} | ${fallback} | ${cell(one.doc)}${secret}${made} |`;
  });
  return `# Settings\n\nGenerated from \`server/src/platform/config.ts\`. An unknown name with one of our prefixes stops the start.\n\n| name | kind | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** Error catalogues of a module: whatever its errors.ts exports that carries specs. */
async function catalogue(module: string): Promise<Record<string, ErrorSpec>> {
  const file = path.join(root, 'server/src/modules', module, 'errors.ts');
  if (!existsSync(file)) return {};
  const exported = Object.values((await import(file)) as Record<string, unknown>) as { specs?: Record<string, ErrorSpec> }[];
  return Object.assign({}, ...exported.map((one) => one?.specs ?? {}));
}

async function errors(): Promise<string> {
  const all: Record<string, ErrorSpec> = { ...refusePlatform.specs, ...refuseMoney.specs, ...refuseBlob.specs };
  for (const module of MODULES) Object.assign(all, await catalogue(module));
  const rows = Object.entries(all).map(([code, one]) => `| \`${code}\` | ${one.status} | ${cell(one.title)} | ${cell(one.action)} |`);
  return `# Error codes\n\nGenerated. Every refusal is \`application/problem+json\` with one of these codes, which never change their meaning.\n\n| code | status | title | what to do |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

async function events(): Promise<string> {
  const sections: string[] = [];
  for (const module of MODULES) {
    const file = path.join(root, 'server/src/modules', module, 'events.ts');
    if (!existsSync(file)) continue;
    const exported = Object.values((await import(file)) as Record<string, unknown>);
    const isCatalogue = (one: unknown) => typeof one === 'object' && one !== null && Object.keys(one).some((key) => /\.v\d+$/.test(key));
    const schemas = exported.find(isCatalogue) as
      | Record<string, { properties?: Record<string, { description?: string; type?: string }> }>
      | undefined;
    for (const [type, schema] of Object.entries(schemas ?? {})) {
      const fields = Object.entries(schema.properties ?? {}).map(
        ([name, one]) => `| \`${name}\` | ${one.type ?? ''} | ${cell(one.description ?? '')} |`,
      );
      sections.push(`## ${type}\n\n| field | type | meaning |\n|---|---|---|\n${fields.join('\n')}\n`);
    }
  }
  return `# Events\n\nGenerated from the modules' \`events.ts\`. Envelope: CloudEvents, with tenant, key, actor, trace and the position in the log.\n\n${sections.join('\n')}`;
}

const api = await describeApi(root, MODULES);
const pages: Record<string, string> = {
  'docs/reference/configuration.md': configuration(),
  'docs/reference/errors.md': await errors(),
  'docs/reference/events.md': await events(),
  'docs/reference/openapi.json': `${JSON.stringify(api, null, 1)}\n`,
  'client/src/generated/api.ts': await typesOfApi(api),
};
const isCheck = process.argv.includes('--check');
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  if (!isCheck) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is not what the code says: run npm run reference`);
    process.exitCode = 1;
  }
}
