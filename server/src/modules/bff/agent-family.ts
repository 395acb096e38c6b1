import Bowser from 'bowser';

/**
 * Systems that one machine can claim to be: a phone that asks for the site "for computers" says Linux instead of Android, or Mac instead of
 * iPhone.
 */
const SYSTEM_FAMILY: Readonly<Record<string, string>> = { Android: 'linux', Linux: 'linux', iOS: 'apple', macOS: 'apple' };

/**
 * What stays the same about a browser while it updates itself, is turned on its side or asks for another layout: its make and the family of
 * its system. A session is bound to this and not to the whole User-Agent, which changes every few weeks.
 */
export function agentFamily(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 512);
  if (text === '') return 'none';
  const { browser, os } = Bowser.parse(text);
  // A program that is no browser: its product name without the version.
  if (!os.name) return `program/${text.split(/[/\s(]/)[0]?.toLowerCase()}`;
  return `${browser.name ?? 'unknown'}/${SYSTEM_FAMILY[os.name] ?? os.name}`.toLowerCase();
}
