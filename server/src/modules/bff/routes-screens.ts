import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import type { Compose, Contribution } from '#platform/screens.ts';
import { type Guard, visitOf } from './guard.ts';

type Parts = { guard: Guard; added: readonly Contribution[]; compose: Compose };

/** The screens of all modules, and the home page, which is made of nothing but what they add. */
export function screenRoutes(app: App, { guard, added, compose }: Parts): void {
  // What shows money must not stay in a browser's cache after the log-out.
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  const home = compose('home', Type.Object({}));
  app.get(
    '/bff/v1/home',
    {
      config: { auth: 'session', account: 'see' },
      onRequest: guard.require(...home.scopes),
      schema: { tags: ['bff'], summary: 'A tela inicial', response: { 200: home.schema } },
    },
    async (request) => home.fill(visitOf(request), {}),
  );
  for (const { routes } of added) if (routes) app.register(async (scope) => routes(scope as App, compose));
}
