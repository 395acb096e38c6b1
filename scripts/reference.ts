/**
 * `npm run reference`: writes docs/reference and the client's types from the code itself. With `--check` it only says whether what is there
 * is current.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MODULES, scopesOf } from '../server/src/module-list.ts';
import { refuseApproval } from '../server/src/platform/approvals/errors.ts';
import { refuseBlob } from '../server/src/platform/blob/errors.ts';
import { type Setting, settings } from '../server/src/platform/config.ts';
import { type ErrorSpec, refusePlatform } from '../server/src/platform/errors.ts';
import { refuseMoney } from '../server/src/platform/money.ts';
import { describeHouse, typesOfApi } from './lib/openapi.ts';
import { deskPermissions, permissionsPage } from './lib/permissions.ts';
import { routesPage } from './lib/routes.ts';
import { SANDBOX_PORT } from './supervisor/services.ts';

const root = path.join(import.meta.dirname, '..');

/** Read by `npm start` itself, before there is a server to check them. */
const START_ONLY = `
## Only for \`npm start\`

It starts the sandbox and Postgres too, and takes these besides:

| name | default | meaning |
|---|---|---|
| \`SANDBOX_PORT\` | \`${SANDBOX_PORT}\` | Where the sandbox provider answers. When that is taken it uses the next free port and says so. Not used when PIX_PROVIDER_URL names another provider. |
| \`LEDGER_APART\` | | \`1\` runs the ledger as a process of its own. |
| \`LOG\` | | \`1\` shows what the processes print; so does \`--verbose\`. |
`;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function settingsTable(declared: Readonly<Record<string, Setting>>): string {
  const rows = Object.entries(declared).map(([name, one]) => {
    const fallback = one.default === undefined ? (one.optional ? '' : 'required') : one.default === '' ? '' : `\`${one.default}\``;
    const secret = one.secret ? ' **Secret.**' : '';
    const made = one.madeUpInDevelopment ? ' Made up in development.' : '';
    return `| \`${name}\` | ${one.kind} | ${fallback} | ${cell(one.doc)}${secret}${made} |`;
  });
  return `| name | kind | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function configuration(): string {
  const own = `# Settings\n\nGenerated from \`server/src/platform/config.ts\` and the modules' \`module.ts\`. An unknown name with one of our prefixes stops the start. A process reads\nthe settings of the modules that live in it, and those of every process:\n\n${settingsTable(settings)}`;
  const ofModules = MODULES.flatMap(({ name, settings: declared }) => (declared ? [`\n## ${name}\n\n${settingsTable(declared)}`] : []));
  return own + ofModules.join('') + START_ONLY;
}

function errors(): string {
  const all: Record<string, ErrorSpec> = { ...refusePlatform.specs, ...refuseMoney.specs, ...refuseBlob.specs, ...refuseApproval.specs };
  for (const module of MODULES) Object.assign(all, module.errors);
  const rows = Object.entries(all).map(([code, one]) => `| \`${code}\` | ${one.status} | ${cell(one.title)} | ${cell(one.action)} |`);
  return `# Error codes\n\nGenerated. Every refusal is \`application/problem+json\` with one of these codes, which never change their meaning.\n\n| code | status | title | what to do |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

type Described = { properties?: Record<string, { description?: string; type?: string }> };

function events(): string {
  const sections = MODULES.flatMap(({ events = {} }) =>
    Object.entries(events).map(([type, schema]) => {
      const fields = Object.entries((schema as Described).properties ?? {}).map(
        ([name, one]) => `| \`${name}\` | ${one.type ?? ''} | ${cell(one.description ?? '')} |`,
      );
      return `## ${type}\n\n| field | type | meaning |\n|---|---|---|\n${fields.join('\n')}\n`;
    }),
  );
  return `# Events\n\nGenerated from the modules' \`events.ts\`. Envelope: CloudEvents, with tenant, key, actor, trace and the position in the log.\n\n${sections.join('\n')}`;
}

const { api, screens, routes } = await describeHouse(MODULES);
const pages: Record<string, string> = {
  'docs/reference/configuration.md': configuration(),
  'docs/reference/errors.md': errors(),
  'docs/reference/events.md': events(),
  'docs/reference/openapi.json': `${JSON.stringify(api, null, 1)}\n`,
  'docs/reference/openapi-screens.json': `${JSON.stringify(screens, null, 1)}\n`,
  'docs/reference/routes.md': routesPage(routes),
  'docs/reference/permissions.md': permissionsPage(deskPermissions(routes, scopesOf(MODULES).roles)),
  'client/src/generated/api.ts': await typesOfApi(api),
  'web/libs/core/generated/screens.ts': await typesOfApi(screens),
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
