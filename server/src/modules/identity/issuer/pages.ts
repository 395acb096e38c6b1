import { createHash } from 'node:crypto';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;min-height:100vh;place-items:center;background:#f5f6f3;color:#15201f}' +
  'main{max-width:30rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:.25rem 0}code{color:#5a6664}' +
  'a,button{display:inline-block;margin-top:1.25rem;padding:.6rem 1.1rem;border:0;border-radius:.6rem;background:#0b5d4e;color:#fff;font:inherit;text-decoration:none;cursor:pointer}' +
  '@media(prefers-color-scheme:dark){body{background:#0c1315;color:#e8eeec}code{color:#9db0ab}}';

/** Lets this one style sheet through the policy. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** Policy of the issuer's own few pages: no script, no frame; forms go to the given origins only. */
export function issuerPolicy(formOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src ${STYLE_HASH}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action 'self' ${formOrigins.join(' ')}`.trim(),
  ].join('; ');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A page that needs neither script nor the web app. `body` is HTML already. */
export function plainPage(title: string, body: string): string {
  return `<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} · Lastro</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
}

/** What went wrong at the issuer, in words; the protocol's own code stays readable for developers. */
export function errorPage(error: string, description: string | undefined): string {
  const ended = error === 'invalid_request' && /session|expired|interaction/i.test(description ?? '');
  const title = ended ? 'Esta tentativa de entrar venceu' : 'Não foi possível continuar';
  const text = ended ? 'Por segurança, ela vale por pouco tempo. Comece de novo.' : 'O pedido de acesso não pôde ser atendido.';
  const technical = [error, description].filter((part): part is string => Boolean(part)).map(escapeHtml);
  return plainPage(title, `<p>${text}</p><p><code>${technical.join(': ')}</code></p><a href="/">Ir para o início</a>`);
}

export function logoutPage(form: string): string {
  return plainPage('Sair do Lastro?', `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sim, sair</button>`);
}

export function loggedOutPage(): string {
  return plainPage('Você saiu', '<p>A sessão terminou neste navegador.</p><a href="/">Ir para o início</a>');
}
