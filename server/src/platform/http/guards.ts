import { UUID_PATTERN } from '../id.ts';
import { ACCOUNT_HEADER } from './account.ts';
import type { App } from './app.ts';

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Documentation and health routes registered by plugins that know nothing of our guards. */
const OPEN_PREFIXES = ['/docs'];

type Schema = { type?: string; additionalProperties?: unknown; [key: string]: unknown };

/**
 * A route that does not say who may call it, or changes state without saying how repetition is harmless, stops the start.
 * Bodies and queries refuse fields they do not know.
 */
export function requireDeclaredGuards(app: App): void {
  app.addHook('onRoute', (route) => {
    if (OPEN_PREFIXES.some((prefix) => route.url.startsWith(prefix))) {
      route.config = { ...route.config, auth: 'public' };
      return;
    }
    const methods = [route.method].flat();
    const config = route.config;
    if (methods.every((method) => method === 'HEAD' || method === 'OPTIONS')) return;
    if (config?.auth === undefined) throw new Error(`${methods.join()} ${route.url} does not say who may call it (config.auth)`);
    if (methods.some((method) => CHANGES.has(method)) && config.idempotency === undefined) {
      throw new Error(`${methods.join()} ${route.url} does not say how repeating it is harmless (config.idempotency)`);
    }
    requireTexts(`${methods.join()} ${route.url}`, route.schema?.querystring as Schema | undefined);
    for (const part of ['body', 'querystring'] as const) closeObject(route.schema?.[part] as Schema | undefined);
    if (route.schema && typeof config.auth === 'object') {
      const security = 'desk' in config.auth ? { desk: [...config.auth.desk] } : { bearer: [...config.auth.scopes] };
      route.schema = { security: [security], ...route.schema } as never;
    }
    // Published, so that clients know where a repetition needs a key of its own.
    if (route.schema && config.idempotency) route.schema = { 'x-idempotency': config.idempotency, ...route.schema } as never;
    if (route.schema && config.account) route.schema = sayAccount(route.schema as Schema, config.account) as never;
    if (route.schema && config.auth === 'session') route.schema = { security: [{ session: [] }], ...route.schema } as never;
  });
}

/** Published: what is asked of the account, and the header that names it where the path does not. */
function sayAccount(schema: Schema, account: string): Schema {
  const said = { 'x-account': account, ...schema };
  const isNamed = 'accountId' in (((schema.params as Schema | undefined)?.properties ?? {}) as object);
  if (isNamed || /^(none|tenant): /.test(account)) return said;
  const headers = (schema.headers ?? { type: 'object', properties: {} }) as Schema & { properties: object };
  const description = 'A conta; a primeira da própria pessoa, se ausente';
  const properties = { ...headers.properties, [ACCOUNT_HEADER]: { type: 'string', pattern: UUID_PATTERN, description } };
  return { ...said, headers: { ...headers, properties } };
}

/** What stands in an address is text. Nothing turns it into numbers on the way, so that a schema that wants one would refuse everything. */
function requireTexts(route: string, schema: Schema | undefined): void {
  const properties = Object.entries((schema?.properties ?? {}) as Record<string, Schema & { anyOf?: Schema[] }>);
  // A parameter that may come several times is a list of texts.
  const isText = ({ type, items }: Schema): boolean =>
    type === undefined || type === 'string' || (type === 'array' && isText((items ?? {}) as Schema));
  const wrong = properties.find(([, one]) => ![one, ...(one.anyOf ?? [])].every(isText));
  if (wrong) throw new Error(`${route}: the query's "${wrong[0]}" is no text; give it a pattern (platform/schemas.ts)`);
}

/** Makes a schema of an object refuse fields it does not name, unless it says otherwise itself. */
export function closeObject(schema: Schema | undefined): void {
  if (schema?.type === 'object' && schema.additionalProperties === undefined) schema.additionalProperties = false;
}
