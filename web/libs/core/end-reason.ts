/** Why a session ended, as the person is told at the log-in. */
export const END_REASONS = ['expired', 'revoked', 'replaced', 'logout', 'other-browser'] as const;
export type EndReason = (typeof END_REASONS)[number];

const OF_CODE: Record<string, EndReason> = { BFF_SESSION_REVOKED: 'revoked', BFF_SESSION_MOVED: 'other-browser' };

/** What a refusal with 401 tells, by the code in its body. */
export const endReasonOf = (problem: unknown): EndReason => OF_CODE[String((problem as { code?: unknown } | null)?.code)] ?? 'expired';

export const isEndReason = (text: string | null | undefined): text is EndReason => END_REASONS.includes(text as EndReason);
