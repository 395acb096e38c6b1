// The walls between modules: each rule's comment says what to do instead. Checked by scripts/check-walls.ts; that each rule still
// sees its violation is itself tested (server/test/architecture).
import type { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser';
import { MODULES } from '../../server/src/module-list.ts';

/** Modules by floor, as their manifests say. Values are imported only from lower floors. */
export const FLOORS: Record<string, number> = Object.fromEntries(MODULES.map(({ name, floor }) => [name, floor]));

const TEST_FILES = '\\.(test|e2e|fixture)\\.ts$|/test-support/|contract-test\\.ts$|^server/test/|\\.(?:golden)\\.json$';
/** The projects and libraries of the web app; its tools (`dev/`, `build/`) are no part of it. */
const WEB = '^web/(libs|app|negocio|operacao|pecas)/';
const SPEC = '\\.spec\\.ts$';
const LIST = '^server/src/modules/index\\.ts$';
const MODULE = '^server/src/modules/([^/]+)/';
const OWN = '^server/src/modules/$1/';
const PURE_NODE = '^(node:)?(assert|assert/strict|crypto|util|buffer)$';
const PURE_NPM = 'node_modules/(temporal-polyfill|temporal-utils|temporal-spec|cpf-cnpj-validator|csv-parse)/';
const production = { path: MODULE, pathNot: TEST_FILES };

/** For each floor: event values only from below. Types may come from anywhere. */
const floorRules: IForbiddenRuleType[] = Object.entries(FLOORS).map(([name, floor]) => {
  const notBelow = Object.keys(FLOORS).filter((other) => other !== name && FLOORS[other]! >= floor);
  return {
    name: 'floors-go-down',
    severity: 'error',
    comment: 'Values are imported only from a lower floor. Import the type of the event instead, or let the lower module not know.',
    from: { path: `^server/src/modules/${name}/`, pathNot: TEST_FILES },
    to: { path: `^server/src/modules/(${notBelow.join('|')})/`, dependencyTypesNot: ['type-only'] },
  };
});

const rules: IConfiguration = {
  forbidden: [
    ...floorRules,
    {
      name: 'module-has-a-floor',
      severity: 'error',
      comment: 'Give the new module its line in server/src/modules/index.ts; its module.ts says on which floor it is.',
      from: { path: '^server/src/modules/', pathNot: [LIST, `^server/src/modules/(${Object.keys(FLOORS).join('|')})/`] },
      to: {},
    },
    {
      name: 'module-reaches-only-faces',
      severity: 'error',
      comment: 'Of another module only events.ts and the types of index.ts may be imported: ask for its face to be handed in by main.',
      from: production,
      to: { path: MODULE, pathNot: [OWN, '^server/src/modules/[^/]+/(index|events)\\.ts$'] },
    },
    {
      name: 'face-types-only',
      severity: 'error',
      comment: "Of another module's index.ts only types: `import type`. The instance is handed in, so that it may live in another process.",
      from: production,
      to: { path: '^server/src/modules/[^/]+/index\\.ts$', pathNot: OWN, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'module-stays-inside',
      severity: 'error',
      comment: 'A module imports #platform/*, its own files, and npm packages; nothing else of the server.',
      from: production,
      to: { path: '^(server|sandbox|web|scripts)/', pathNot: ['^server/src/platform/', MODULE] },
    },
    {
      name: 'platform-knows-no-module',
      severity: 'error',
      comment: 'The platform is the ground: it imports no module and nothing of the composition.',
      from: { path: '^server/src/platform/', pathNot: TEST_FILES },
      to: { path: '^(server|sandbox|web|scripts)/', pathNot: '^server/src/platform/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain/ decides over plain data: no I/O. Let the edge (store, http, drive) do it and hand in the result.',
      from: { path: '^server/src/modules/([^/]+)/domain/', pathNot: TEST_FILES },
      to: {
        dependencyTypesNot: ['type-only'],
        pathNot: [
          '^server/src/modules/$1/domain/',
          '^server/src/modules/$1/(errors|events|contract)\\.ts$',
          '^server/src/platform/(money|errors|id|clock|dates|business-days|text|backoff|operator-roles)\\.ts$',
          // The tables and decisions of long processes; nothing of what drives them.
          '^server/src/platform/machine/(definition|run|table)\\.ts$',
          PURE_NODE,
          PURE_NPM,
        ],
      },
    },
    {
      name: 'main-knows-the-list',
      severity: 'error',
      comment: 'The composition knows modules by server/src/modules/index.ts alone. What it wants of one belongs into that one’s manifest.',
      from: { path: '^server/src/[^/]+\\.ts$', pathNot: TEST_FILES },
      to: { path: MODULE },
    },
    {
      name: 'list-of-manifests',
      severity: 'error',
      comment: 'server/src/modules/index.ts lists manifests, a line each, and nothing else.',
      from: { path: LIST },
      to: { pathNot: '^server/src/modules/[^/]+/module\\.ts$' },
    },
    {
      name: 'sandbox-stands-alone',
      severity: 'error',
      comment: 'The sandbox behaves like a foreign company: it shares no code with the server.',
      from: { path: '^sandbox/' },
      to: { path: '^(server|web|scripts)/' },
    },
    {
      name: 'client-stands-alone',
      severity: 'error',
      comment: 'The client is for those who have no server beside it: what it knows of it is generated from its routes.',
      from: { path: '^client/' },
      to: { path: '^(server|sandbox|web|cli|scripts)/' },
    },
    {
      name: 'cli-goes-through-the-front',
      severity: 'error',
      comment:
        'The command line speaks to a server through the client. Of the server itself it takes what package.json exports for operators.',
      from: { path: '^cli/', pathNot: TEST_FILES },
      to: {
        path: '^(server|sandbox|web|scripts)/',
        pathNot: '^server/src/modules/(ledger/(operate\\.ts$|proof/)|banks/domain/preview\\.ts$)',
      },
    },
    {
      name: 'web-stands-alone',
      severity: 'error',
      comment: 'The browser knows the server by its routes alone: `npm run reference` writes their types to web/libs/core/generated.',
      from: { path: WEB, pathNot: SPEC },
      to: { path: '^(server|sandbox|client|cli|scripts)/' },
    },
    {
      name: 'web-libs-know-no-project',
      severity: 'error',
      comment: 'web/libs serves every project: hand in what differs (FEATURES, an input), or move the piece into the project.',
      from: { path: '^web/libs/', pathNot: SPEC },
      to: { path: '^web/(?!libs/)' },
    },
    {
      name: 'web-core-knows-no-ui',
      severity: 'error',
      comment: 'web/libs/core is without screens: what draws something belongs into web/libs/ui.',
      from: { path: '^web/libs/core/', pathNot: SPEC },
      to: { path: '^web/libs/ui/' },
    },
    {
      name: 'web-projects-stand-apart',
      severity: 'error',
      comment: 'Each audience has its own bundle: what two of them need belongs into web/libs.',
      from: { path: '^web/(?!libs/)([^/]+)/' },
      to: { path: WEB, pathNot: '^web/(libs|$1)/' },
    },
    {
      name: 'web-features-stand-apart',
      severity: 'error',
      comment: 'A feature imports no other: what several share goes beside `features/` (as app/money), or into web/libs.',
      from: { path: '^web/([^/]+)/features/([^/]+)/' },
      to: { path: '^web/$1/features/', pathNot: '^web/$1/features/$2/' },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      comment: 'What runs in production imports nothing of the tests.',
      from: { path: '^(server|sandbox|client|cli)/src/', pathNot: TEST_FILES },
      to: { path: TEST_FILES },
    },
    {
      name: 'not-unresolvable',
      severity: 'error',
      comment: 'The import leads nowhere; a wall cannot judge what it cannot see.',
      from: { pathNot: TEST_FILES },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type imports count too (some walls are about them), each marked `type-only`.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};

export default rules;
