import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { refusePlatform } from '#platform/errors.ts';
import type { Realm } from './domain/realm.ts';
import { refuse } from './errors.ts';
import { endSession } from './issuer/issuer.ts';
import type { Done } from './second-factor.ts';

/** What the issuer is told of a log-in; `device` is ours, and is there once the log-in becomes a grant. */
export type LogInResult = { accountId: string; acr: string; amr: string[]; remember: boolean; device: string };
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/**
 * What a log-in request must show besides the interaction's cookie: a header no form can send, and that the browser calls it
 * same-origin. @throws PLATFORM_CSRF
 */
export function requireOwnPage(request: FastifyRequest, publicOrigin: string): void {
  const { origin, 'x-requested-with': requestedWith, 'sec-fetch-site': site } = request.headers;
  const foreign = (origin !== undefined && origin !== publicOrigin) || (site !== undefined && site !== 'same-origin');
  if (requestedWith !== 'lastro' || foreign) throw refusePlatform('PLATFORM_CSRF');
}

/** The log-in under way that this browser's cookie and the address name, with the tenant and the realm of its client. @throws IDENTITY_LOGIN_ENDED */
export async function interactionOf(
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
  uid: string,
): Promise<{ interaction: Interaction; tenantId: string; realm: Realm }> {
  const interaction = await provider.interactionDetails(request.raw, reply.raw).catch((cause: unknown) => {
    throw refuse('IDENTITY_LOGIN_ENDED', { cause });
  });
  if (interaction.uid !== uid || interaction.prompt.name !== 'login') throw refuse('IDENTITY_LOGIN_ENDED');
  const client = await provider.Client.find(String(interaction.params.client_id));
  const tenantId = client?.tenant_id;
  if (typeof tenantId !== 'string') throw refuse('IDENTITY_LOGIN_ENDED');
  return { interaction, tenantId, realm: client?.realm === 'operator' ? 'operator' : 'customer' };
}

/**
 * Tells the issuer who it is and how that was proved, and answers where the browser goes on. A session this browser had there before ends: it may be
 * somebody else's, and every log-in starts clean.
 */
export async function finishInteraction(provider: Provider, interaction: Interaction, done: Done, deviceId: string): Promise<string> {
  const { subjectId, acr, amr } = done;
  const before = interaction.session?.uid;
  if (before) await endSession(provider, before);
  interaction.session = undefined;
  interaction.result = { login: { accountId: subjectId, acr, amr, remember: false, device: deviceId } as LogInResult };
  await interaction.persist();
  return interaction.returnTo;
}
