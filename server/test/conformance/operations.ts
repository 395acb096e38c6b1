/** The published OpenAPI document as a list of operations, for tests that must hold for each of them, also for those to come. */
import type { WholePlatform } from '../support/whole-platform.ts';
import { ONLY } from './constants.ts';

export type Schema = {
  type?: string;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  items?: Schema;
  pattern?: string;
  required?: string[];
};
export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema };
export type Operation = {
  /** `POST /v1/payments`, the name under which tests know it. */
  name: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  /** Scopes of a bearer token; undefined when the operation wants something else. */
  scopes: string[] | undefined;
  /** Wants the BFF's session. */
  session: boolean;
  changesState: boolean;
  /** What it asks of the account that is named, or why of none. */
  account: string | undefined;
  /** `required`, or why no key is needed. */
  idempotency: string | undefined;
};

type Described = {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  security?: { bearer?: string[]; session?: string[]; desk?: string[] }[];
  'x-idempotency'?: string;
  'x-account'?: string;
};

export async function readOperations(platform: WholePlatform): Promise<Operation[]> {
  const { body } = await platform.send('GET', '/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, Described>> };
  // The issuer's own endpoint is described for clients; its rules are OpenID's, and its tests beside it.
  // The desk has a host, a realm and roles of its own, and tests of its own (permissions.test.ts, payments/four-eyes.db.test.ts, e2e/desk.e2e.ts).
  const ours = Object.entries(paths).filter(
    ([path]) => !path.startsWith('/oidc/') && !path.startsWith('/bff/v1/desk/') && (!ONLY || path.split('/').includes(ONLY)),
  );
  return ours.flatMap(([path, methods]) =>
    Object.entries(methods).map(([lower, described]) => {
      const method = lower.toUpperCase();
      return {
        name: `${method} ${path}`,
        method,
        path,
        parameters: described.parameters ?? [],
        body: described.requestBody?.content['application/json']?.schema,
        scopes: described.security?.find((one) => one.bearer)?.bearer,
        session: described.security?.some((one) => one.session) ?? false,
        changesState: method !== 'GET' && method !== 'HEAD',
        account: described['x-account'],
        idempotency: described['x-idempotency'],
      };
    }),
  );
}

/** The path with its parameters filled in, encoded; what is not given gets a well-formed id that names nothing. */
export function pathOf(operation: Operation, values: Record<string, string> = {}): string {
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? UNKNOWN_ID));
}
export const UNKNOWN_ID = '0192f000-0000-7000-8000-00000000dead';

/** The properties a body may have at its top, whichever of its forms it takes. */
export function propertiesOf(schema: Schema): Record<string, Schema[]> {
  const found: Record<string, Schema[]> = {};
  for (const form of schema.anyOf ?? [schema])
    for (const [name, property] of Object.entries(form.properties ?? {})) found[name] = [...(found[name] ?? []), property];
  return found;
}

/** JSON types a schema allows. */
export function typesOf(schema: Schema): Set<string> {
  if (schema.anyOf) return new Set(schema.anyOf.flatMap((one) => [...typesOf(one)]));
  const values = 'enum' in schema ? (schema.enum as unknown[]) : 'const' in schema ? [schema.const] : undefined;
  if (schema.type === undefined && values) return new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  return new Set([schema.type === 'integer' ? 'number' : (schema.type ?? 'any')]);
}
