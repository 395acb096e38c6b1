/** The BFF publishes nothing: what its people do becomes events of the modules that do it. */
export const events = {} as const;

/** Broadcast (ephemeral): a session ended; its live streams close in every process. */
export const SESSION_ENDED_CHANNEL = 'bff.session-ended';
export type SessionEnded = { idHash: string };
