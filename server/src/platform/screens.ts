import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TObject, TProperties } from 'typebox';
import type { LoggedEvent } from './bus/bus.ts';
import type { CallContext } from './context.ts';
import type { App, Proof } from './http/app.ts';

/** For whom something is read, and the context in which faces are called on that person's behalf; it carries the idempotency key on. */
export type OnBehalf = { tenantId: string; subjectId: string; ctx: CallContext };
/** Whose session asks, and how it was proved. */
export type Visit = OnBehalf & { proof: Proof };

/** What the BFF lends to those who add screens. */
export type SessionGuard = {
  /** An `onRequest` hook: a session with these scopes, and for what changes state the proof that our own page asks. */
  require(...scopes: string[]): (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** On a guarded route. */
  visitOf(request: FastifyRequest): Visit;
  /** On a guarded route: the person's other sessions are over when it answers. */
  endOthers(request: FastifyRequest): Promise<unknown>;
};

/**
 * A page of the web app, or a card of its home page, that comes and goes with the module: `name` is the first part of its address there, or the
 * card's name. They stand in the order of `order`, and only those see them whose session has all the scopes.
 */
export type Place = { name: string; order: number; scopes?: readonly string[] };

/** What a module puts into the answer of a screen that is not its own. */
export type Addition = {
  screen: string;
  properties: TProperties;
  /** The screen asks for them, too. */
  scopes?: readonly string[];
  /** `base` is what the screen's own module answers. */
  read(visit: Visit, base: unknown): Promise<Record<string, unknown>>;
  /** What stands there when the reading fails; without it the screen fails with it. */
  whenAway?(): Record<string, unknown>;
};

/** A screen with all that modules add to it: what it looks like, the scopes it asks for, and how it is filled. */
export type Composed<B extends TObject> = { schema: B; scopes: string[]; fill(visit: Visit, base: Static<B>): Promise<Static<B>> };
export type Compose = <B extends TObject>(screen: string, base: B) => Composed<B>;

/** Something told by a broadcast, and the person whose open screens hear of it. */
export type News = { tenantId: string; subjectId: string; event: string; data: unknown; traceparent?: string | undefined };

export type LiveSource = {
  /** Events of the log that open screens of the person they are about are told of; null where there is nothing to tell. */
  types?: readonly string[];
  show?(event: LoggedEvent): { event: string; data: unknown } | null;
  /** Broadcasts by channel, which no log keeps. */
  news?: Readonly<Record<string, (message: unknown) => News>>;
  /** What a screen is told at its beginning, and again after each of these: types of the log, or names of live events. Null tells nothing. */
  states?: readonly { event: string; after: readonly string[]; read(whose: OnBehalf): Promise<unknown> }[];
};

/** What a module adds to the browser's back end. It runs in the BFF's process and reaches its module by the face alone. */
export type Screens = {
  /** Routes under `/bff/v1`. `compose` makes a screen that others add to. */
  routes?(app: App, compose: Compose): void;
  adds?: readonly Addition[];
  live?: LiveSource;
};

/** The same, with what the manifest says, as the BFF gets it. */
export type Contribution = Screens & { module: string; pages: readonly Place[]; cards: readonly Place[] };
