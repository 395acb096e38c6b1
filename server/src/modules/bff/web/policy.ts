/**
 * Content Security Policy of the web app. Scripts come from our origin, or carry this answer's nonce (the one inline script of
 * index.html). Angular creates its policies `angular` and `angular#bundler` for Trusted Types; any other one is refused.
 */
export function webPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
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
    'trusted-types angular angular#bundler',
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

/** `main-7QXJ4B2Z.js`: a name that changes with its content may be kept for ever. */
export function isHashedName(path: string): boolean {
  return (
    /[.-][A-Z0-9]{8,}\.(?:js|css|woff2?|svg|png|webp|json)$/i.test(path) &&
    /[.-](?=[A-Z0-9]*\d|[A-Z]{8})[A-Z0-9]{8,}\.[a-z0-9]+$/.test(path)
  );
}
