import type { Key } from '../../core/i18n/i18n';

/** Words for an age in ms; a clock that is behind the server's counts as now. */
export function agoKey(ms: number): { key: Key; n: number } {
  const s = Math.floor(ms / 1000);
  if (s < 3) return { key: 'home.updatedNow', n: 0 };
  if (s < 60) return { key: 'home.updatedS', n: s };
  if (s < 3600) return { key: 'home.updatedMin', n: Math.floor(s / 60) };
  return { key: 'home.updatedH', n: Math.floor(s / 3600) };
}
