import { type Static, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';

const Subject = Type.String({ pattern: UUID_PATTERN });
const Reason = Type.Union((['logout', 'expired', 'replaced', 'revoked'] as const).map((reason) => Type.Literal(reason)));
export type EndReason = 'logout' | 'expired' | 'replaced' | 'revoked';

/** A person's session at a browser is over. Key: subjectId. */
export const SESSION_ENDED = 'bff.session-ended.v1';
export const SessionEndedEvent = Type.Object({ subjectId: Subject, reason: Reason });

/** A session's cookie was shown by a browser that it does not belong to, and opened nothing. At most one a minute and session. Key: subjectId. */
export const SESSION_REFUSED = 'bff.session-refused.v1';
export const SessionRefused = Type.Object({ subjectId: Subject, reason: Type.Literal('other-browser') });
export type SessionRefused = Static<typeof SessionRefused>;

/** What happens to sessions; what people do in them becomes events of the modules that do it. */
export const events = { [SESSION_ENDED]: SessionEndedEvent, [SESSION_REFUSED]: SessionRefused } as const;

/** Broadcast (ephemeral): a session ended; its live streams close in every process. */
export const SESSION_ENDED_CHANNEL = 'bff.session-ended';
export type SessionEnded = { idHash: string; reason: EndReason };
