import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#platform/errors.ts';
import type { Contribution, Place } from '#platform/screens.ts';
import type { SessionAnswer } from './contract.ts';
import { initialsOf } from './domain/session-rules.ts';
import type { Guard } from './guard.ts';
import type { IdentityPort } from './ports.ts';

type Parts = { guard: Guard; identity: IdentityPort; sandbox: boolean; added: readonly Pick<Contribution, 'pages' | 'cards'>[] };
export type AnswerSession = (request: FastifyRequest, reply: FastifyReply) => Promise<SessionAnswer>;

/** What a refused session means to the person; that there was none means nothing. */
const ENDED: Record<string, SessionAnswer['ended']> = {
  BFF_SESSION_EXPIRED: 'expired',
  BFF_SESSION_REVOKED: 'revoked',
  BFF_SESSION_MOVED: 'other-browser',
};

/** Who is there, as screens are told: in the page when it is opened, and by a route of its own afterwards. */
export function createSessionAnswer(parts: Parts): AnswerSession {
  const { guard, identity, sandbox, added } = parts;
  const pages = added.flatMap((one) => one.pages);
  const cards = added.flatMap((one) => one.cards);
  return async (request, reply) => {
    const proved = await guard.prove(request, reply).catch((error: unknown) => {
      if (error instanceof AppError && error.status === 401) return error;
      throw error;
    });
    if (proved instanceof AppError) {
      const ended = ENDED[proved.code];
      // Without a session there is nothing a forged request could use: the token is a value to send, and opens nothing.
      return { authenticated: false, csrfToken: randomBytes(32).toString('base64url'), sandbox, ...(ended ? { ended } : {}) };
    }
    const { session } = proved;
    const { ctx, subjectId } = session;
    const [{ name, firstName }, { locked, ...lastSignIn }] = await Promise.all([
      identity.getPerson(ctx, { subjectId }),
      identity.getLastSignIn(ctx, { subjectId }),
    ]);
    return {
      authenticated: true,
      csrfToken: session.csrfToken,
      sandbox,
      person: { id: subjectId, name, firstName, initials: initialsOf(name) },
      expiresAt: new Date(session.endsAtMs).toISOString(),
      lastSignIn,
      pages: namesFor(pages, session.scopes),
      cards: namesFor(cards, session.scopes),
      ...(locked ? { locked } : {}),
      ...(session.proof.acr === 'aal0' ? { mustAddFactor: true } : {}),
    };
  };
}

/** In their order, those that a session with these scopes may see. */
function namesFor(places: readonly Place[], scopes: ReadonlySet<string>): string[] {
  const seen = places.filter(({ scopes: wanted = [] }) => wanted.every((scope) => scopes.has(scope)));
  return seen.toSorted((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}
