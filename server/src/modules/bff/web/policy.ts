/**
 * Content Security Policy of the web app. Only scripts that carry this answer's nonce run, and what those load themselves (lazy
 * chunks). Angular and its component kit create three policies for Trusted Types, and the app one for the address of its worker; any other one is refused.
 */
export function webPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types angular angular#bundler angular#components lastro',
  ].join('; ');
}

/** A page view (as against a missing file or a mistyped API address), which the app's own router answers. */
export function isPageView(request: { method: string; path: string; accept: string | undefined }): boolean {
  const { method, path, accept } = request;
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (/^\/(v1|bff|oidc|webhooks|docs|health|metrics|_face|openapi\.json)(\/|$)/.test(path)) return false;
  if (/\.[a-z0-9]{1,8}$/i.test(path)) return false;
  return accept === undefined || accept.includes('text/html') || accept.includes('*/*');
}

/** `main-7QXJ4B2Z.js`, `chunk-6h-nUxKF.js`: a name that changes with its content may be kept for ever. */
export function isHashedName(path: string): boolean {
  const hash = path.match(/[-.]([A-Za-z0-9_-]{8})\.(?:js|css|woff2?|svg|png|webp|json)$/)?.[1];
  return hash !== undefined && /[A-Z0-9]/.test(hash);
}

const ACCOUNT = /^\/c\/[0-9a-f-]{36}(?=\/)/;

/** The folder of the project that an address belongs to, under that of the first: the shop's books stand under `/negocio`, behind the account. */
export const projectOf = (path: string): '' | 'negocio' => (/^\/negocio(?:\/|$)/.test(path.replace(ACCOUNT, '')) ? 'negocio' : '');

/** The address as `preloads.json` of its project has it: its first part, and that something follows. Every account has the same pages. */
export function addressKey(path: string): string {
  const [first = '', ...rest] = path
    .replace(ACCOUNT, '')
    .replace(/^\/negocio(?=\/|$)/, '')
    .split('/')
    .filter(Boolean);
  return rest.length > 0 ? `${first}/*` : first;
}
