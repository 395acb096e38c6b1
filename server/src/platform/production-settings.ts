import type { Setting } from './config.ts';

/** Secrets of demonstrations, examples and default installations, and words they are made of. */
const WELL_KNOWN =
  /sandbox|example|exemplo|default|change.?me|password|segredo|secret|lastro|qwerty|123456|(?:^|[^a-z0-9])(?:test|demo|dummy|senha|troque|mudar)(?:[^a-z0-9]|$)/i;
const MIN_SECRET_LENGTH = 24;
const MIN_DISTINCT = 10;
const MIN_DISTINCT_BYTES = 16;

type Given = { name: string; setting: Setting; text: string };

/**
 * What a production installation must not run with, a sentence each that says what to do. One rule for all secrets: whichever setting is
 * marked `secret` is held to it.
 */
export function flawsOfProduction(given: readonly Given[]): string[] {
  const flaws = given.flatMap(({ name, setting, text }) => {
    if (setting.secret) return flawsOfSecret(name, setting, text);
    if (setting.kind === 'url') return flawsOfUrl(name, text);
    return [];
  });
  const bySecret = new Map<string, string>();
  for (const { name, setting, text } of given) {
    if (!setting.secret) continue;
    const other = bySecret.get(text);
    if (other) flaws.push(`${name} is the same as ${other}: whoever learns one has both; make each on its own`);
    bySecret.set(text, name);
  }
  return flaws;
}

function flawsOfSecret(name: string, { kind }: Setting, text: string): string[] {
  if (kind === 'bytes32') {
    const bytes = Buffer.from(text, 'base64');
    return isRandom(bytes) ? [] : [`${name} is not random: make it with \`openssl rand -base64 32\``];
  }
  if (/^[a-z]+:\/\//.test(text)) return flawsOfDatabase(name, text);
  const remedy = 'make it with `openssl rand -base64 32`, or ask whoever gave it for a longer one';
  if (text.length < MIN_SECRET_LENGTH) return [`${name} has ${text.length} characters, and a secret needs ${MIN_SECRET_LENGTH}: ${remedy}`];
  if (WELL_KNOWN.test(text)) return [`${name} is made of words that everybody tries: ${remedy}`];
  return isVaried(text) ? [] : [`${name} repeats itself, so that it is guessed soon: ${remedy}`];
}

/** A password in a connection string; without one the server proves its clients by other means (certificate, socket). */
function flawsOfDatabase(name: string, text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { username, password, hostname } = new URL(text);
  const isLocal = hostname === '' || isLoopback(hostname);
  if (isLocal || password === '') return [];
  const isWeak = password.length < 12 || password === username || /^(.)\1*$/.test(password);
  return isWeak ? [`${name} has a password of under 12 characters or the name of its role: give the role another`] : [];
}

function flawsOfUrl(name: string, text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return [];
  if (name === 'PUBLIC_URL')
    return [`${name} is not https: cookies and log-ins would travel in the open; put TLS in front and name its address`];
  // A program on this machine that adds TLS on the way out.
  return isLoopback(hostname) ? [] : [`${name} is not https: what is sent there could be read and changed on the way`];
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** False for all zeros, one byte over and over, short patterns and counting; a random key fails once in more than 10^12. */
function isRandom(bytes: Buffer): boolean {
  if (new Set(bytes).size < MIN_DISTINCT_BYTES) return false;
  const steps = new Set(Array.from(bytes.subarray(1), (byte, at) => (byte - bytes[at]! + 256) % 256));
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return steps.size >= MIN_DISTINCT && !isText;
}

function isVaried(text: string): boolean {
  const steps = new Set(Array.from(text.slice(1), (character, at) => character.charCodeAt(0) - text.charCodeAt(at)));
  const isPattern = /^(.{1,12}?)\1+/.exec(text)?.[0].length === text.length;
  return new Set(text).size >= MIN_DISTINCT && steps.size >= MIN_DISTINCT && !isPattern;
}
