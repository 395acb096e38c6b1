import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoggedEvent } from './bus/bus.ts';
import type { CallContext } from './context.ts';
import type { App } from './http/app.ts';

/** Whose session asks, and the context in which faces are called on that person's behalf; it carries the idempotency key on. */
export type Visit = { tenantId: string; subjectId: string; ctx: CallContext };

/** What the BFF lends to those who add screens. */
export type SessionGuard = {
  /** An `onRequest` hook: a session with these scopes, and for what changes state the proof that our own page asks. */
  require(...scopes: string[]): (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** On a guarded route. */
  visitOf(request: FastifyRequest): Visit;
};

/** What a module adds to the browser's back end. It runs in the BFF's process and reaches its module by the face alone. */
export type Screens = {
  /** Routes under `/bff/v1/<module>`. */
  routes?(app: App): void;
  /** Events of the log that open screens of the person they are about are told of; null where there is nothing to tell. */
  live?: { types: readonly string[]; show(event: LoggedEvent): { event: string; data: unknown } | null };
};
