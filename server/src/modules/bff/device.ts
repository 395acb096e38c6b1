import { type Agent, readAgent } from '#platform/http/agent.ts';

/** What a session's device is sealed for, under the person's key: an address is personal data. */
export const DEVICE_PURPOSE = 'bff.session-device';

/** What a person knows a session by, and the address it was opened from. */
export type SessionDevice = Agent & { address: string };

export const deviceOf = (userAgent: string | undefined, address: string): SessionDevice => ({ ...readAgent(userAgent), address });
