import Bowser from 'bowser';

/** What a session's device is sealed for, under the person's key: an address is personal data. */
export const DEVICE_PURPOSE = 'bff.session-device';

/** What a person knows a session by: the browser and the system in their makers' words, and the address it was opened from. */
export type SessionDevice = {
  browser: string | null;
  system: string | null;
  kind: 'phone' | 'tablet' | 'computer' | 'other';
  address: string;
};

const KINDS: Readonly<Record<string, SessionDevice['kind']>> = { mobile: 'phone', tablet: 'tablet', desktop: 'computer' };

/** Reads a User-Agent for people; what it does not say is null. */
export function deviceOf(userAgent: string | undefined, address: string): SessionDevice {
  const text = (userAgent ?? '').slice(0, 512);
  if (text === '') return { browser: null, system: null, kind: 'other', address };
  const { browser, os, platform } = Bowser.parse(text);
  return { browser: browser.name ?? null, system: os.name ?? null, kind: KINDS[platform.type ?? ''] ?? 'other', address };
}
