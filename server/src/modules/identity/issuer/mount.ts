import type Provider from 'oidc-provider';
import type { App } from '#platform/http/app.ts';
import { issuerPolicy } from './pages.ts';

/** Puts the provider under /oidc. It reads and answers the raw request itself. */
export async function mountIssuer(
  app: App,
  options: { provider: Provider; publicUrl: string; formOrigins: readonly string[] },
): Promise<void> {
  const { provider } = options;
  const { protocol, host } = new URL(options.publicUrl);
  const answer = provider.callback();
  const policy = issuerPolicy(options.formOrigins);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: '/oidc/*',
      config: { auth: 'public', idempotency: 'exempt: the OpenID endpoints have their own rules for repetition', ratePerMinute: 3_000 },
      schema: { hide: true },
      handler: async (request, reply) => {
        const raw = request.raw as typeof request.raw & { originalUrl?: string };
        // The issuer has one address; links and cookies are made for it and not for whatever Host a request carries.
        raw.headers.host = host;
        raw.headers['x-forwarded-host'] = host;
        raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
        raw.originalUrl = raw.url;
        raw.url = (raw.url ?? '').slice('/oidc'.length);
        reply.hijack();
        reply.raw.setHeader('content-security-policy', policy);
        await answer(raw, reply.raw);
      },
    });
  });
}
