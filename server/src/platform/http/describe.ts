import { readFileSync } from 'node:fs';
import path from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { request } from 'undici';
import type { App } from './app.ts';
import { publishPatterns } from './published-patterns.ts';

type Document = {
  paths: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown>; securitySchemes?: Record<string, object> };
} & Record<string, unknown>;
type RouteSchema = Record<string, unknown> & { hide?: boolean; headers?: unknown; response?: Record<string, unknown> };

const LOGO = readFileSync(path.join(import.meta.dirname, 'logo.svg'));
const PROBLEM = {
  description: 'Problema, com código estável e o que fazer',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};
const IDEMPOTENCY_KEY = {
  type: 'object',
  required: ['idempotency-key'],
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[!-~]{16,128}$',
      description: 'Um identificador único por intenção. Repetir com a mesma chave e o mesmo corpo dá a primeira resposta, por 7 dias.',
      examples: ['0192f3c4-6b1a-7c3e-9a4d-0f2b6d1c8e57'],
    },
  },
};
const OTHERS_TIMEOUT_MS = 2_000;
const OTHERS_FRESH_MS = 60_000;

/** Publishes what the routes are: /openapi.json, and /docs to read it in. */
export async function describeRoutes(app: App, options: { publicUrl?: string; describeAlso?: readonly string[] }): Promise<void> {
  const { publicUrl } = options;
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Lastro', version: '1.0.0', description: 'Núcleo financeiro aberto para o Brasil.', license: { name: 'Apache-2.0' } },
      ...(publicUrl ? { servers: [{ url: publicUrl }] } : {}),
      components: {
        securitySchemes: {
          bearer: {
            type: 'oauth2',
            description: 'Token de acesso: por POST /oidc/token, ou aqui, com client_id e client_secret de um cliente da API.',
            flows: { clientCredentials: { tokenUrl: '/oidc/token', scopes: {} } },
          },
          client: { type: 'http', scheme: 'basic', description: 'client_id e client_secret' },
          session: { type: 'apiKey', in: 'cookie', name: 'lastro' },
          desk: { type: 'apiKey', in: 'cookie', name: 'lastro-operacao' },
        },
      },
    },
    // What every route does alike is said of every route alike: it may refuse, and it may want a key for its repetitions.
    transform: ({ schema, url, route }) => ({ url, schema: complete(schema as RouteSchema, route.config?.idempotency) as never }),
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => (typeof json.$id === 'string' ? json.$id : `def-${index}`) },
  });
  const others = rememberOthers(options.describeAlso ?? []);
  app.get('/openapi.json', { config: { auth: 'public' }, schema: { hide: true } }, async () =>
    withScopes(merge(describedApi(app), await others())),
  );
  if (!publicUrl) return;
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    uiConfig: { docExpansion: 'list', deepLinking: true, url: '/openapi.json' },
    logo: { type: 'image/svg+xml', content: LOGO, href: '/', target: '_self' },
    theme: {
      title: 'Lastro: API',
      favicon: [{ filename: 'icon.svg', rel: 'icon', sizes: 'any', type: 'image/svg+xml', content: LOGO.toString() }],
    },
  });
}

/** The document of this process's routes. */
export function describedApi(app: App): Document {
  const document = publishPatterns(app.swagger()) as Document;
  return withScopes({ ...document, paths: { ...document.paths, '/oidc/token': TOKEN_ENDPOINT } });
}

type Operation = { summary?: string; security?: { bearer?: string[] }[] };

/** Names the scopes that a token can be asked for: those of the operations, each with what it opens. */
function withScopes(document: Document): Document {
  const opened = new Map<string, string[]>();
  for (const methods of Object.values(document.paths) as Record<string, Operation>[])
    for (const { summary, security } of Object.values(methods))
      for (const scope of security?.flatMap(({ bearer }) => bearer ?? []) ?? [])
        opened.set(scope, [...(opened.get(scope) ?? []), summary ?? '']);
  const scopes = Object.fromEntries([...opened].sort().map(([scope, what]) => [scope, [...new Set(what)].slice(0, 3).join(' · ')]));
  const { components } = document;
  const { bearer } = components!.securitySchemes!;
  const flows = { clientCredentials: { tokenUrl: '/oidc/token', scopes } };
  return { ...document, components: { ...components, securitySchemes: { ...components!.securitySchemes, bearer: { ...bearer, flows } } } };
}

function complete(schema: RouteSchema | undefined, idempotency: string | undefined): RouteSchema {
  const known = schema ?? {};
  if (known.hide) return known;
  const response = {
    ...(known.response ?? { 200: { description: 'Feito', ...contentOf(known.produces) } }),
    '4XX': PROBLEM,
    default: PROBLEM,
  };
  return { ...known, response, ...(idempotency === 'required' ? { headers: IDEMPOTENCY_KEY } : {}) };
}

/** Of an answer that is a stream of lines, or a file, and no JSON with a schema. */
function contentOf(types: unknown): { content?: Record<string, object> } {
  if (!Array.isArray(types)) return {};
  return { content: Object.fromEntries(types.map((type) => [String(type), { schema: { type: 'string' } }])) };
}

/** Operations of modules that live in other processes, asked of those and kept for a minute. One that is away is left out until then. */
function rememberOthers(urls: readonly string[]): () => Promise<Document[]> {
  let known: Document[] = [];
  let untilMs = 0;
  return async () => {
    if (performance.now() < untilMs) return known;
    const asked = await Promise.allSettled(urls.map((url) => ask(`${url}/openapi.json`)));
    known = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (known.length === urls.length) untilMs = performance.now() + OTHERS_FRESH_MS;
    return known;
  };
}

async function ask(url: string): Promise<Document> {
  const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(OTHERS_TIMEOUT_MS) });
  const document = (await body.json()) as Document;
  if (statusCode !== 200 || typeof document.paths !== 'object') throw new Error(`${url} gave no document`);
  return document;
}

function merge(own: Document, others: readonly Document[]): Document {
  const paths = Object.assign({}, ...others.map((one) => one.paths), own.paths) as Record<string, unknown>;
  const schemas = Object.assign({}, ...others.map((one) => one.components?.schemas), own.components?.schemas);
  return {
    ...own,
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: { ...own.components, schemas },
  };
}

const text = (description: string, more: object = {}) => ({ type: 'string', description, ...more });

/** The issuer answers it itself (RFC 6749), so that no route of ours describes it. */
const TOKEN_ENDPOINT = {
  post: {
    operationId: 'getToken',
    summary: 'Um token de acesso para um serviço',
    description:
      'OAuth 2.0, client_credentials: o serviço se identifica por HTTP Basic (client_id e client_secret) e pede escopos. O token vale 10 minutos; ' +
      'as operações dizem os escopos de que precisam.',
    tags: ['identity'],
    security: [{ client: [] }],
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['grant_type'],
            properties: {
              grant_type: text('client_credentials', { enum: ['client_credentials'] }),
              scope: text('Escopos, separados por espaço', { examples: ['ledger:read ledger:write'] }),
            },
          },
        },
      },
    },
    responses: {
      200: {
        description: 'O token',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['access_token', 'token_type', 'expires_in'],
              properties: {
                access_token: text('JWT'),
                token_type: text('Bearer'),
                expires_in: { type: 'integer', description: 'Segundos' },
                scope: text('Os escopos concedidos'),
              },
            },
          },
        },
      },
      default: {
        description: 'Recusa, na forma da RFC 6749',
        content: {
          'application/json': {
            schema: { type: 'object', required: ['error'], properties: { error: text('Código'), error_description: text('Por quê') } },
          },
        },
      },
    },
  },
} as const;
