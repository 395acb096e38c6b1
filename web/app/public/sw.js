/*
 * Says that there is no connection, in place of the browser's own page. It keeps nothing: pages, code and figures always come from the server
 * or the browser's own cache, so that a deployment is seen at once and nobody reads an old balance.
 */
const PAGE = `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sem conexão · Lastro</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:400 1rem/1.5 Inter,system-ui,sans-serif;color:light-dark(#12201d,#e7eeec);background:light-dark(#f5f6f3,#0c1315)}
main{max-width:420px;margin:24px;padding:32px;border-radius:20px;background:light-dark(#fff,#141d20);border:1px solid light-dark(#dfe5e1,#27363a)}
svg{display:block;margin-bottom:20px}
h1{margin:0 0 8px;font-size:1.375rem;line-height:1.3}
p{margin:0 0 12px;color:light-dark(#4b5a56,#a9b8b4)}
a{display:inline-block;margin:12px 0 20px;padding:12px 22px;border-radius:99px;font-weight:600;text-decoration:none;color:light-dark(#fff,#00382d);background:light-dark(#0a5f50,#63d3b6)}
a:focus-visible{outline:3px solid light-dark(#0a5f50,#63d3b6);outline-offset:3px}
small{display:block;padding-top:16px;border-top:1px solid light-dark(#dfe5e1,#27363a);font-size:.875rem;color:light-dark(#4b5a56,#a9b8b4)}
</style>
</head>
<body><main>
<svg width="44" height="44" viewBox="0 0 24 24" fill="none" stroke="light-dark(#8a4b00,#f0b45c)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" style="stroke:light-dark(#8a4b00,#f0b45c)"><path d="M12 20h.01M8.5 16.4a5 5 0 0 1 7 0M5 12.9a10 10 0 0 1 5.2-2.7M19 12.9a10 10 0 0 0-2-1.5M2 8.8a15 15 0 0 1 4.2-2.7M22 8.8A15 15 0 0 0 10.7 5M2 2l20 20"/></svg>
<h1>Sem conexão com o Lastro</h1>
<p>Confira a internet e tente de novo. Um pagamento que você já confirmou segue sozinho: quando a conexão voltar, o extrato mostra o que aconteceu.</p>
<a href="">Tentar de novo</a>
<small lang="en"><b>No connection to Lastro.</b> Check your internet and try again. A payment that you have confirmed goes on by itself.</small>
</main></body>
</html>`;

const noConnection = () =>
  new Response(PAGE, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    },
  });

async function open(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return noConnection();
  }
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) =>
  event.waitUntil(Promise.all([self.registration.navigationPreload?.enable(), self.clients.claim()])),
);
self.addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.respondWith(open(event));
});
