import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import type { App } from './app.ts';

/** Nothing of the machine is asked for but what pages do by a tap: copying, sharing, and reading a code with the camera. */
const PERMISSIONS =
  'accelerometer=(), camera=(self), clipboard-write=(self), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(self), usb=(), web-share=(self)';
const NOT_OURS = new Set(['content-type', 'content-length', 'date', 'connection', 'keep-alive']);

/**
 * Helmet's headers on every answer, those written past Fastify included; a route may replace one. They are the same each time, so they are
 * taken from helmet once: composing them anew for each request took as long as checking its token.
 */
export async function addSecurityHeaders(app: App, publicUrl: string | undefined): Promise<void> {
  const headers = await helmetHeaders(publicUrl);
  app.addHook('onRequest', (_request, reply, done) => {
    for (const [name, value] of headers) reply.raw.setHeader(name, value);
    done();
  });
}

async function helmetHeaders(publicUrl: string | undefined): Promise<[string, string][]> {
  const sample = Fastify();
  try {
    await sample.register(helmet, {
      global: true,
      // The BFF sets the page's own policy with its nonce; an API answer needs none of what a page needs.
      contentSecurityPolicy: {
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
      },
      crossOriginEmbedderPolicy: false,
      hsts: publicUrl?.startsWith('https:') ? { maxAge: 31_536_000 } : false,
      referrerPolicy: { policy: 'same-origin' },
      frameguard: { action: 'deny' },
    });
    sample.get('/', () => '');
    const { headers } = await sample.inject('/');
    const ours = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      NOT_OURS.has(name) ? [] : [[name, String(value)]],
    );
    return [...ours, ['permissions-policy', PERMISSIONS]];
  } finally {
    await sample.close();
  }
}
