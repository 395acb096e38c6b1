import type { ServiceTokens } from '../face/service-token.ts';
import type { App } from './app.ts';

/** Header by which the process on the public port proves to another of ours that it is the one passing a request on. */
export const EDGE_HEADER = 'x-lastro-edge';
const AUDIENCE = 'edge';
const FORWARDED = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'forwarded'];
/** Of no tenant: whose request it is, its own token says. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export function edgeToken(tokens: ServiceTokens): string {
  return tokens.sign({ audience: AUDIENCE, tenantId: NOBODY, actor: { kind: 'system', id: 'edge' } });
}

/**
 * On the internal port X-Forwarded-* are believed from our own edge alone, which proves itself with a service token. Whoever else reaches
 * the port is who its connection says, and is counted like any stranger.
 */
export function believeEdgeOnly(app: App, tokens: ServiceTokens): void {
  app.decorateRequest('isFromEdge', false);
  app.addHook('onRequest', (request, _reply, done) => {
    const token = request.headers[EDGE_HEADER];
    request.isFromEdge = typeof token === 'string' && isProved(tokens, token);
    if (!request.isFromEdge) for (const name of FORWARDED) delete request.raw.headers[name];
    done();
  });
}

function isProved(tokens: ServiceTokens, token: string): boolean {
  try {
    tokens.verify(token, AUDIENCE);
    return true;
  } catch {
    return false;
  }
}
