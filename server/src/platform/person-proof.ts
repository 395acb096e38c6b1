import { type Static, Type } from 'typebox';
import { nullable } from './schemas.ts';

const Secret = Type.String({ minLength: 1, maxLength: 256 });
const Blob = Type.String({ maxLength: 8_000, pattern: '^[A-Za-z0-9_-]*$' });
/** What an authenticator answered, as `@simplewebauthn/browser` gives it (base64url); what else a browser adds is left aside. */
export const PasskeyAnswer = Type.Object(
  {
    id: Blob,
    rawId: Blob,
    type: Type.Literal('public-key'),
    clientExtensionResults: Type.Object({}),
    response: Type.Object({
      clientDataJSON: Blob,
      attestationObject: Type.Optional(Blob),
      transports: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 12 })),
      authenticatorData: Type.Optional(Blob),
      signature: Type.Optional(Blob),
      userHandle: Type.Optional(nullable(Blob)),
    }),
  },
  {
    examples: [
      {
        id: 'q6b8mK2xT0yJ5w',
        rawId: 'q6b8mK2xT0yJ5w',
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0', authenticatorData: 'SZYN5YgOjGh0NBcP', signature: 'MEUCIQDx0m' },
      },
    ],
  },
);
export type PasskeyAnswer = Static<typeof PasskeyAnswer>;
/** What somebody in a session proves once more: a code or a passkey of theirs, or the password of who has no factor. */
export const Proof = Type.Object(
  {
    password: Type.Optional(Secret),
    code: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    passkey: Type.Optional(PasskeyAnswer),
  },
  { additionalProperties: false },
);
export type Proof = Static<typeof Proof>;
