import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import type { App } from '#platform/http/app.ts';
import { notBuiltPage, PAGE_POLICY } from './pages.ts';
import { isHashedName, isPageView, webPolicy } from './policy.ts';

const NONCE = /__CSP_NONCE__/g;
/** How long the page is kept before the file is looked at again. */
const LOOK_AGAIN_MS = 2_000;

/** The built web app: files with the right cache headers, and its page, with a fresh nonce, for every address of its router. */
export async function webRoutes(app: App, { webDist, now }: { webDist: string | undefined; now: () => number }): Promise<void> {
  const root = webDist ? path.resolve(webDist) : undefined;
  const readPage = createPageReader(root, now);
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
    if (isPageView({ method: request.method, path: url, accept: request.headers.accept })) return sendPage(reply, await readPage());
    const file = root ? fileUnder(root, url) : null;
    if (!file || url === '/index.html' || !(await isFile(path.join(root!, file)))) return reply.callNotFound();
    reply.header('cache-control', isHashedName(file) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
    return reply.sendFile(file);
  });
}

function sendPage(reply: FastifyReply, html: string | null): FastifyReply {
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
  if (html === null) return reply.status(503).header('content-security-policy', PAGE_POLICY).send(notBuiltPage());
  const nonce = randomBytes(16).toString('base64');
  // Inline scripts of the page get the nonce as well as Angular's own styles.
  const page = html.replace(NONCE, nonce).replace(/<(script|style)(?![^>]*\bnonce=)/g, `<$1 nonce="${nonce}"`);
  return reply.header('content-security-policy', webPolicy(nonce)).send(page);
}

/** The page's file, looked at now and then: a build that ends while the server runs is seen without a restart. */
function createPageReader(root: string | undefined, now: () => number): () => Promise<string | null> {
  let known: { html: string | null; mtimeMs: number; untilMs: number } = { html: null, mtimeMs: 0, untilMs: 0 };
  return async () => {
    if (!root) return null;
    if (known.untilMs > now()) return known.html;
    const file = path.join(root, 'index.html');
    const mtimeMs = (await stat(file).catch(() => null))?.mtimeMs ?? 0;
    const html = mtimeMs === 0 ? null : mtimeMs === known.mtimeMs ? known.html : await readFile(file, 'utf8');
    known = { html, mtimeMs, untilMs: now() + LOOK_AGAIN_MS };
    return html;
  };
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
