import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Type } from 'typebox';
import { SandboxError } from '../errors.ts';
import type { SandboxApp } from '../sandbox-app.ts';
import { strict } from '../schemas.ts';
import { EfiRefusal, efiAnswerOf } from './errors.ts';
import type { EfiOptions } from './messages.ts';

const TOKEN_S = 3_600;

/** Tokens for the client by its id and secret; every other call shows one. All refusals in Efí's form. */
export function guardEfi(app: SandboxApp, { clientId, clientSecret }: EfiOptions): void {
  const tokens = new Map<string, number>();
  const client = Buffer.from(`Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);

  app.post('/oauth/token', { schema: { body: strict({ grant_type: Type.Literal('client_credentials') }) } }, async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length !== client.length || !timingSafeEqual(given, client))
      return reply.code(401).send({ error: 'invalid_client', error_description: 'Invalid client credentials' });
    const token = randomBytes(24).toString('base64url');
    for (const [old, untilMs] of tokens) if (untilMs < Date.now()) tokens.delete(old);
    tokens.set(token, Date.now() + TOKEN_S * 1_000);
    return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_S, scope: 'pix.send pix.read pix.write webhook.write' };
  });

  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.url === '/oauth/token') return;
    const [, token] = /^Bearer (.{1,100})$/.exec(request.headers.authorization ?? '') ?? [];
    const untilMs = token === undefined ? undefined : tokens.get(token);
    if (untilMs === undefined || untilMs < Date.now()) throw new SandboxError(401, 'UNAUTHORIZED', 'the token is missing or over');
  });

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof EfiRefusal) return reply.code(error.statusCode).send(error.body);
    if (error instanceof SandboxError) {
      const { status, body } = efiAnswerOf(error);
      return reply.code(status).send(body);
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    const nome = status >= 500 ? 'erro_aplicacao' : 'json_invalido';
    return reply.code(status).send({ nome, mensagem: status >= 500 ? 'Ocorreu um erro' : error.message });
  });
}
