import { type Static, Type } from 'typebox';
import { nullable as Nullable } from '#platform/schemas.ts';

const oneOf = <const T extends string>(...values: T[]) => Type.Enum(values);
const Text = Type.String();

/** Who is there, as JSON Schema. Instants are ISO strings in UTC. */
export const SessionAnswer = Type.Object({
  authenticated: Type.Boolean(),
  csrfToken: Text,
  sandbox: Type.Boolean(),
  person: Type.Optional(Type.Object({ id: Text, name: Text, firstName: Text, initials: Text })),
  expiresAt: Type.Optional(Text),
  /** Pages that there are for this person, as the menu has them, and cards of the home page. */
  pages: Type.Optional(Type.Array(Text)),
  cards: Type.Optional(Type.Array(Text)),
  /** The log-in proved too little for anything but giving a second factor. */
  mustAddFactor: Type.Optional(Type.Boolean()),
  /** The person has locked their account: this session may see that, and nothing else. */
  locked: Type.Optional(Type.Boolean()),
  /** Why the session that this browser still shows opens nothing any more. */
  ended: Type.Optional(oneOf('expired', 'revoked', 'other-browser')),
  /** The log-in before this one, null when this is the first, and what was tried in the person's name since. */
  lastSignIn: Type.Optional(Type.Object({ at: Nullable(Text), failures: Type.Integer(), blockedAt: Nullable(Text) })),
});
export type SessionAnswer = Static<typeof SessionAnswer>;

/** A session of the person's own; what was not kept of it, or not told by the browser, is null. */
export const OwnSession = Type.Object({
  id: Text,
  current: Type.Boolean(),
  browser: Nullable(Text),
  system: Nullable(Text),
  kind: oneOf('phone', 'tablet', 'computer', 'other'),
  address: Nullable(Text),
  createdAt: Text,
  lastSeenAt: Text,
  expiresAt: Text,
});
export type OwnSession = Static<typeof OwnSession>;
export const OwnSessions = Type.Object({ sessions: Type.Array(OwnSession) });

const closed = { additionalProperties: false } as const;
export const SessionParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9_-]+$' }) });
export const LoginQuery = Type.Object(
  {
    screen: Type.Optional(oneOf('sign-in', 'sign-up')),
    returnTo: Type.Optional(Type.String({ maxLength: 500 })),
  },
  closed,
);
