import path from 'node:path';
import type { RouteOptions } from 'fastify';

export type DescribedRoute = {
  methods: readonly string[];
  url: string;
  /** Whose code registers it, and where. */
  module: string;
  file: string;
  /** Scopes of a token, `session`, `signature` or `public`. */
  who: string;
  /** `required`, or why no Idempotency-Key is needed; empty where nothing changes. */
  repeats: string;
};

const MODULES = path.join(import.meta.dirname, '../../server/src/modules');

/** A route as it is being registered: its file is the first of a module among the callers. Undefined for the platform's own, and for HEAD. */
export function describeRoute({ method, url, config }: RouteOptions): DescribedRoute | undefined {
  const methods = [method].flat().filter((one) => one !== 'HEAD');
  const file = callers().find((one) => one.startsWith(`${MODULES}/`));
  if (!file || methods.length === 0) return undefined;
  const { auth = 'public', idempotency = '' } = config ?? {};
  return {
    methods,
    url,
    module: path.relative(MODULES, file).split(path.sep)[0]!,
    file: path.relative(MODULES, file),
    who: typeof auth === 'string' ? auth : 'desk' in auth ? `desk ${auth.desk.join(' ')}`.trim() : auth.scopes.join(' '),
    repeats: methods.every((one) => one === 'GET') ? '' : idempotency,
  };
}

/** Files of the functions under way, innermost first. */
function callers(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 40;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return [...stack.matchAll(/file:\/\/(.+?\.ts):\d+/g)].map(([, file]) => decodeURI(file!));
}

/** docs/reference/routes.md */
export function routesPage(routes: readonly DescribedRoute[]): string {
  // What customers and operators have alike is registered for each.
  const once = new Map(routes.map((route) => [`${route.methods} ${route.url} ${route.file}`, route]));
  const rows = [...once.values()]
    .toSorted((a, b) => (a.url === b.url ? (a.methods[0]! < b.methods[0]! ? -1 : 1) : a.url < b.url ? -1 : 1))
    .map(({ methods, url, module, file, who, repeats }) => {
      const verbs = methods.length > 4 ? 'any' : methods.join(', ');
      return `| \`${verbs} ${url}\` | ${module} | [${file}](../../server/src/modules/${file}) | ${who} | ${repeats} |`;
    });
  return `# Routes\n\nGenerated. Every route of every module: who may ask (scopes of a token, a session, a signature, anybody), and why a repetition is harmless.\n\n| route | module | file | who | repetitions |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}
