import { refusePlatform } from '../errors.ts';
import type { App } from './app.ts';

/**
 * Which methods an address takes, for those that come with another one: they get 405 and `Allow`, and not the 404 of an address that does
 * not exist. Addresses that take anything that follows them (`/*`) are left out: whoever owns them decides.
 */
export function collectMethods(app: App): (path: string) => string[] {
  const byUrl = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', (route) => {
    if (route.url.includes('*')) return;
    const known = byUrl.get(route.url) ?? { pattern: patternOf(route.url), methods: new Set<string>() };
    for (const method of [route.method].flat()) known.methods.add(method);
    byUrl.set(route.url, known);
  });
  return (path) => {
    // `/things/all` is not what `/things/:id` means.
    const own = byUrl.get(path);
    if (own) return [...own.methods].sort();
    const found = new Set<string>();
    for (const { pattern, methods } of byUrl.values()) if (pattern.test(path)) for (const method of methods) found.add(method);
    return [...found].sort();
  };
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]{1,200}' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}

/** The refusal of an address, or of its method. */
export function refusalOfAddress(methods: readonly string[], allow: (value: string) => void) {
  if (methods.length === 0) return refusePlatform('PLATFORM_NOT_FOUND');
  allow(methods.join(', '));
  return refusePlatform('PLATFORM_METHOD_NOT_ALLOWED', {
    detail: { pt: `Este endereço aceita ${methods.join(', ')}.`, en: `This address takes ${methods.join(', ')}.` },
  });
}
