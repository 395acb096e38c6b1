import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import type { App } from '#platform/http/app.ts';
import { issuerPolicy } from './pages.ts';

/** The token endpoint serves the BFF and services from few addresses. */
const CALLS_PER_MINUTE = 3_000;
/** Each authorization request of a stranger is a row until it expires: so many a minute and address, 1,200 at a time. */
const AUTHORIZATIONS_PER_MINUTE = 120;

/** Puts the provider under /oidc. It reads and answers the raw request itself. */
export async function mountIssuer(
  app: App,
  options: { issuer: () => Promise<Provider>; publicUrl: string; formOrigins: readonly string[] },
): Promise<void> {
  const answers = new WeakMap<Provider, ReturnType<Provider['callback']>>();
  const answerOf = (provider: Provider) => {
    const answer = answers.get(provider) ?? provider.callback();
    answers.set(provider, answer);
    return answer;
  };
  const { protocol, host } = new URL(options.publicUrl);
  const policy = issuerPolicy(options.formOrigins);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const answer = answerOf(await options.issuer());
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
    };
    for (const [url, ratePerMinute] of [
      ['/oidc/auth', AUTHORIZATIONS_PER_MINUTE],
      ['/oidc/*', CALLS_PER_MINUTE],
    ] as const) {
      scope.route({
        method: ['GET', 'POST', 'OPTIONS'],
        url,
        config: { auth: 'public', idempotency: 'exempt: the OpenID endpoints have their own rules for repetition', ratePerMinute },
        schema: { hide: true },
        handler: serve,
      });
    }
  });
}
