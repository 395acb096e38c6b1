import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TObject, TProperties } from 'typebox';
import type { LoggedEvent } from './bus/bus.ts';
import type { CallContext } from './context.ts';
import type { App, Proof } from './http/app.ts';

/** The account that something is read of, and the context in which faces are asked for it; it carries the idempotency key on. */
export type OnBehalf = { tenantId: string; accountId: string; ctx: CallContext };
/**
 * Whose session asks, how it was proved, and the account that the request names, the person's own first one where it names none. Whether the person may
 * do something with that account nobody has decided yet: the faces that are asked do.
 */
export type Visit = OnBehalf & { subjectId: string; proof: Proof };

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

/** Something told by a broadcast, and the account (or the person, where the source is about people) whose open screens hear of it. */
export type News = { tenantId: string; subjectId: string; event: string; data: unknown; traceparent?: string | undefined };

export type LiveSource = {
  /** What the subject of its events is: an account, whose open screens hear of it, whoever looks at them; or a person, on all of their screens. */
  about: 'account' | 'person';
  /** Events of the log that open screens of their subject are told of; null where there is nothing to tell. */
  types?: readonly string[];
  show?(event: LoggedEvent): { event: string; data: unknown } | null;
  /** Broadcasts by channel, which no log keeps. */
  news?: Readonly<Record<string, (message: unknown) => News>>;
  /** Who no longer acts on which account: their screens of it end once they were told. */
  leaves?(event: LoggedEvent): { accountId: string; subjectId: string } | null;
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
