import Bowser from 'bowser';

/** What a person knows a device by: browser and system in their makers' words, and what kind of thing it is. */
export type Agent = { browser: string | null; system: string | null; kind: 'phone' | 'tablet' | 'computer' | 'other' };

const KINDS: Readonly<Record<string, Agent['kind']>> = { mobile: 'phone', tablet: 'tablet', desktop: 'computer' };
/** Characters of a User-Agent that are looked at. */
const MOST = 512;

/** Reads a User-Agent for people; what it does not say is null. */
export function readAgent(userAgent: string | undefined): Agent {
  const text = (userAgent ?? '').slice(0, MOST);
  if (text === '') return { browser: null, system: null, kind: 'other' };
  const { browser, os, platform } = Bowser.parse(text);
  return { browser: browser.name ?? null, system: os.name ?? null, kind: KINDS[platform.type ?? ''] ?? 'other' };
}
