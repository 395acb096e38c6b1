import type { RouteOptions } from 'fastify';
import { refusePlatform } from '../errors.ts';
import type { App } from './app.ts';

/**
 * Which methods an address takes, for those that come with another one: they get 405 and `Allow`, and not the 404 of an address that does
 * not exist. Addresses that take anything that follows them (`/*`) are left out: whoever owns them decides. A route of one host is no address
 * on another.
 */
export function collectMethods(app: App): (path: string, host: string) => string[] {
  const byUrl = new Map<string, { pattern: RegExp; routes: RouteOptions[] }>();
  app.addHook('onRoute', (route) => {
    if (route.url.includes('*')) return;
    const known = byUrl.get(route.url) ?? { pattern: patternOf(route.url), routes: [] };
    known.routes.push(route);
    byUrl.set(route.url, known);
  });
  return (path, host) => {
    // `/things/all` is not what `/things/:id` means.
    const own = byUrl.get(path);
    const meant = own ? [own] : [...byUrl.values()].filter(({ pattern }) => pattern.test(path));
    const here = meant.flatMap(({ routes }) => routes).filter((route) => isOnHost(route, host));
    return [...new Set(here.flatMap(({ method }) => method))].sort();
  };
}

/** Asked when a request comes: whoever registers a route may still have narrowed it after it was seen here. */
function isOnHost({ constraints }: RouteOptions, host: string): boolean {
  const wanted: unknown = constraints?.host;
  return wanted === undefined || (wanted instanceof RegExp ? wanted.test(host) : wanted === host);
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
