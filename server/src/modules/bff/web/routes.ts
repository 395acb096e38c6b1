import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '#platform/http/app.ts';
import type { Logger } from '#platform/log.ts';
import type { SessionAnswer } from '../contract.ts';
import type { AnswerSession } from '../session-answer.ts';
import { notBuiltPage, PAGE_POLICY } from './pages.ts';
import { addressKey, isHashedName, isPageView, projectOf, webPolicy } from './policy.ts';

const NONCE = /__CSP_NONCE__/g;
/** How long the page is kept before the file is looked at again. */
const LOOK_AGAIN_MS = 2_000;
/** A page waits so long for the word of who is there; without it the app asks by itself. */
const SESSION_WITHIN_MS = 1_500;

const HOME = { '': 'inicio', negocio: 'hoje' } as const;

type WebParts = { webDist: string | undefined; now: () => number; answer: AnswerSession; log: Logger };
/** The page's file, and the code each address of the app needs. */
type Page = { html: string; preloads: Record<string, string[]> };

/** The built web app: files with the right cache headers, and the page of each of its projects, with a fresh nonce, for every address of its router. */
export async function webRoutes(app: App, { webDist, now, answer, log }: WebParts): Promise<void> {
  const root = webDist ? path.resolve(webDist) : undefined;
  const readers = { '': createPageReader(root, now), negocio: createPageReader(root && path.join(root, 'negocio'), now) };
  const whoIsThere = async (request: FastifyRequest, reply: FastifyReply): Promise<SessionAnswer | null> => {
    const late = new Promise<null>((resolve) => setTimeout(resolve, SESSION_WITHIN_MS, null).unref());
    const told = answer(request, reply).catch((error: Error) => {
      log.debug({ err: error.message }, 'a page goes out without its session');
      return null;
    });
    return Promise.race([told, late]);
  };
  if (root) {
    await app.register(fastifyStatic, {
      root,
      serve: false,
      index: false,
      preCompressed: true,
      cacheControl: false,
      dotfiles: 'ignore',
    });
  }
  app.get('/*', { config: { auth: 'public', ratePerMinute: 6_000 }, schema: { hide: true } }, async (request, reply) => {
    const url = request.url.split('?', 1)[0] ?? '/';
    if (isPageView({ method: request.method, path: url, accept: request.headers.accept })) {
      const page = await readers[projectOf(url)]();
      return page ? sendPage(reply, page, url, await whoIsThere(request, reply)) : sendNotBuilt(reply);
    }
    const file = root ? fileUnder(root, url) : null;
    if (!file || path.basename(file) === 'index.html' || !(await isFile(path.join(root!, file)))) return reply.callNotFound();
    reply.header('cache-control', isHashedName(file) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
    return reply.sendFile(file);
  });
}

/** What the app would ask for first goes out with the page: who is there, and the code of the address. */
function sendPage(reply: FastifyReply, { html, preloads }: Page, url: string, session: SessionAnswer | null): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  // Inline scripts of the page get the nonce as well as Angular's own styles.
  const page = html.replace(NONCE, nonce).replace(/<(script|style)(?![^>]*\bnonce=)/g, `<$1 nonce="${nonce}"`);
  const ahead = [
    ...codeAhead(preloads, url, session).map((file) => `<link rel="modulepreload" href="${file}" nonce="${nonce}" fetchpriority="low">`),
    ...(session ? [`<script type="application/json" id="session">${JSON.stringify(session).replaceAll('<', '\\u003c')}</script>`] : []),
  ];
  return reply
    .header('cache-control', 'no-store')
    .header('content-security-policy', webPolicy(nonce))
    .type('text/html; charset=utf-8')
    .send(page.replace('</body>', () => `${ahead.join('')}</body>`));
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  reply.status(503).header('cache-control', 'no-store').header('content-security-policy', PAGE_POLICY);
  return reply.type('text/html; charset=utf-8').send(notBuiltPage());
}

/** Whoever is logged in is sent on from the first page of a project to their home there; whoever is not leaves every page but the open ones. */
function codeAhead(preloads: Page['preloads'], url: string, session: SessionAnswer | null): string[] {
  const key = addressKey(url);
  if (session?.authenticated) return preloads[key || HOME[projectOf(url)]] ?? preloads['*'] ?? [];
  return key === '' || key === 'entrar/*' ? (preloads[key] ?? []) : [];
}

/** The page, looked at now and then: a build that ends while the server runs is seen without a restart. */
function createPageReader(root: string | undefined, now: () => number): () => Promise<Page | null> {
  let known: { page: Page | null; version: string; untilMs: number } = { page: null, version: '', untilMs: 0 };
  return async () => {
    if (!root) return null;
    if (known.untilMs > now()) return known.page;
    const [html, preloads] = [path.join(root, 'index.html'), path.join(root, 'preloads.json')];
    const [wroteMs, thenMs] = await Promise.all(
      [html, preloads].map((file) =>
        stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    );
    const version = `${wroteMs}/${thenMs}`;
    const page = wroteMs === 0 ? null : version === known.version ? known.page : await readBuild(html, preloads);
    known = { page, version, untilMs: now() + LOOK_AGAIN_MS };
    return page;
  };
}

async function readBuild(html: string, preloads: string): Promise<Page> {
  const told = await readFile(preloads, 'utf8').catch(() => '{}');
  return { html: await readFile(html, 'utf8'), preloads: JSON.parse(told) as Page['preloads'] };
}

/** The file an address names, or null when it would lead elsewhere. */
function fileUnder(root: string, url: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(url);
  } catch {
    return null;
  }
  const full = path.join(root, path.normalize(decoded));
  const inside = path.relative(root, full);
  if (decoded.includes('\0') || inside.startsWith('..') || path.isAbsolute(inside) || /(^|[\\/])\./.test(inside)) return null;
  return inside;
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}
