import { createHash } from 'node:crypto';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;min-height:100vh;place-items:center;background:#f5f6f3;color:#15201f}' +
  'main{max-width:30rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}code{background:#0001;padding:.1rem .3rem;border-radius:.3rem}' +
  'a{display:inline-block;margin-top:1.25rem;padding:.6rem 1.1rem;border-radius:.6rem;background:#0b5d4e;color:#fff;text-decoration:none}' +
  '@media(prefers-color-scheme:dark){body{background:#0c1315;color:#e8eeec}code{background:#fff2}}';

/** Policy of the pages below: they have a style sheet, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`;

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Lastro</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

export function failedLogInPage(): string {
  return page(
    'Não foi possível entrar',
    '<p>Esta tentativa venceu, ou começou em outra janela. Nada foi alterado.</p><a href="/bff/login">Tentar de novo</a>',
  );
}

export function notBuiltPage(): string {
  return page(
    'O aplicativo web ainda não foi construído',
    '<p>O servidor está no ar, e a API também: veja <code>/docs</code>. Para as telas, rode <code>npm run build:web</code> e recarregue.</p><a href="/docs">Ver a API</a>',
  );
}
