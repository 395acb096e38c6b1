import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { call, eventually, startSandbox } from '../testing.ts';

const efi = { clientId: 'cliente', clientSecret: 'segredo', certificateHeaders: { 'x-client-verify': 'SUCCESS' } };
const BASIC = `Basic ${Buffer.from('cliente:segredo').toString('base64')}`;
const order = (valor: string, chave = 'maria@exemplo.com.br') => ({
  valor,
  pagador: { chave: 'conta@exemplo.com.br' },
  favorecido: { chave },
});

async function ask(base: string, token: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(base + path, {
    method,
    headers: { authorization: token, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

async function open(t: Parameters<typeof startSandbox>[0], more: object = {}) {
  const { base, sandbox } = await startSandbox(t, { efi: { ...efi, ...more } });
  const { body } = await ask(base, BASIC, 'POST', '/oauth/token', { grant_type: 'client_credentials' });
  const token = `Bearer ${body.access_token}`;
  return {
    base,
    sandbox,
    efi: (...[method, path, sent, headers]: [string, string, unknown?, Record<string, string>?]) =>
      ask(base, token, method, path, sent, headers),
  };
}

test('a token by the client’s id and secret, and nothing without one; the own key opens nothing here', async (t) => {
  const { base } = await startSandbox(t, { efi });
  assert.equal((await ask(base, 'Basic eA==', 'POST', '/oauth/token', { grant_type: 'client_credentials' })).status, 401);
  for (const token of ['', 'Bearer x', 'Bearer test-key']) {
    const refused = await ask(base, token, 'PUT', '/v3/gn/pix/a1', order('1.00'));
    assert.deepEqual([refused.status, refused.body.error], [401, 'invalid_token']);
  }
});

test('sent under the sender’s id, once: taken, settled later, a duplicate ever after, found by both names and in the list', async (t) => {
  const { efi: to, base } = await open(t);
  const taken = await to('PUT', '/v3/gn/pix/envio1', order('12.34'));
  assert.deepEqual([taken.status, taken.body.status, taken.body.idEnvio, taken.body.valor], [201, 'EM_PROCESSAMENTO', 'envio1', '12.34']);
  assert.deepEqual((await to('PUT', '/v3/gn/pix/envio1', order('12.34'))).body.nome, 'id_envio_duplicado');
  await eventually(async () => (await to('GET', '/v2/gn/pix/enviados/id-envio/envio1')).body.status === 'REALIZADO', 'settled');
  const found = await to('GET', `/v2/gn/pix/enviados/${taken.body.e2eId}`);
  assert.deepEqual([found.body.endToEndId, found.body.idEnvio], [taken.body.e2eId, 'envio1']);
  const missing = await to('GET', '/v2/gn/pix/enviados/id-envio/outro');
  assert.deepEqual([missing.status, String(missing.body.type).endsWith('/PixEnviadoNaoEncontrado')], [404, true]);
  const period = `inicio=${new Date(Date.now() - 60_000).toISOString()}&fim=${new Date().toISOString()}`;
  const list = await to('GET', `/v2/gn/pix/enviados?${period}`);
  assert.deepEqual(
    (list.body.pix as { idEnvio: string }[]).map(({ idEnvio }) => idEnvio),
    ['envio1'],
  );
  const { body } = await call<{ lines: { ownId: string; status: string }[] }>(base, 'GET', '/admin/statement');
  assert.deepEqual(
    body.lines.map(({ ownId, status }) => [ownId, status]),
    [['envio1', 'settled']],
    'one institution behind both counters',
  );
});

test('what arrived is told, given back in parts, and never beyond what it was', async (t) => {
  const { efi: to, base } = await open(t);
  const { body } = await call<{ endToEndId: string }>(base, 'POST', '/admin/receive', {
    payeeKey: 'maria@exemplo.com.br',
    amount: '10.00',
  });
  const path = `/v2/pix/${body.endToEndId}`;
  assert.deepEqual(
    [(await to('GET', path)).body.valor, (await to('GET', `${path}/devolucao/d1`)).body.nome],
    ['10.00', 'devolucao_nao_encontrada'],
  );
  assert.deepEqual((await to('PUT', `${path}/devolucao/d1`, { valor: '7.00' })).body.status, 'EM_PROCESSAMENTO');
  assert.equal((await to('PUT', `${path}/devolucao/d1`, { valor: '7.00' })).body.nome, 'devolucao_id_duplicado');
  assert.equal((await to('PUT', `${path}/devolucao/d2`, { valor: '7.00' })).status, 400);
  assert.equal((await to('GET', `${path}/devolucao/d1`)).body.status, 'DEVOLVIDO');
  assert.equal(((await to('GET', path)).body.devolucoes as unknown[]).length, 1);
  assert.equal((await to('GET', '/v2/pix/E00000000202601010000aaaaaaaaaaa')).body.nome, 'pix_nao_encontrado');
});

test('an address that takes a call without the certificate is refused; what is announced goes there with /pix behind it', async (t) => {
  const heard: { path: string; body: { pix?: { status?: string; gnExtras: { idEnvio?: string; erro?: { codigo: string } } }[] } }[] = [];
  let isStrict = false;
  const server = createServer((request, reply) => {
    let text = '';
    request
      .on('data', (chunk) => {
        text += chunk;
      })
      .on('end', () => {
        const isProved = request.headers['x-client-verify'] === 'SUCCESS';
        if (isProved) heard.push({ path: request.url!, body: JSON.parse(text) });
        reply.writeHead(isProved || !isStrict ? 200 : 401).end();
      });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gancho`;
  const { efi: to } = await open(t);
  assert.deepEqual((await to('PUT', '/v2/webhook/chave', { webhookUrl: url })).body.nome, 'webhook_invalido');
  assert.equal((await to('PUT', '/v2/webhook/chave', { webhookUrl: url }, { 'x-skip-mtls-checking': 'true' })).status, 201);
  isStrict = true;
  assert.equal((await to('PUT', '/v2/webhook/chave', { webhookUrl: url })).status, 201);
  await to('PUT', '/v3/gn/pix/bom', order('1.00'));
  await to('PUT', '/v3/gn/pix/mau', order('2.00', 'rejeita@exemplo.com.br'));
  const of = (id: string) =>
    heard.flatMap(({ path, body }) => (body.pix?.[0]?.gnExtras.idEnvio === id ? [{ path, ...body.pix[0]! }] : []))[0];
  await eventually(() => of('bom') !== undefined && of('mau') !== undefined, 'both announced');
  assert.deepEqual([of('bom')!.path, of('bom')!.status], ['/gancho/pix', 'REALIZADO']);
  assert.deepEqual([of('mau')!.status, of('mau')!.gnExtras.erro?.codigo], ['NAO_REALIZADO', 'AC03']);
});

test('by amount, as in Efí’s own sandbox: settled, rejected later, refused at once, and coming back in parts', async (t) => {
  const { efi: to } = await open(t, { byAmount: true });
  const key = 'efipay@sejaefi.com.br';
  assert.equal((await to('PUT', '/v3/gn/pix/a', order('20.01', key))).body.nome, 'pagamento_negado');
  assert.equal((await to('PUT', '/v3/gn/pix/b', order('1.00'))).body.nome, 'chave_invalida');
  for (const [id, valor, end, back] of [
    ['c', '10.00', 'REALIZADO', 0],
    ['d', '10.01', 'NAO_REALIZADO', 0],
    ['e', '4.00', 'REALIZADO', 2],
    ['f', '5.00', 'REALIZADO', 1],
  ] as const) {
    assert.equal((await to('PUT', `/v3/gn/pix/${id}`, order(valor, key))).status, 201);
    const find = () => to('GET', `/v2/gn/pix/enviados/id-envio/${id}`);
    await eventually(async () => (await find()).body.status === end, `${valor} ${end}`);
    assert.equal(((await find()).body.devolucoes as unknown[] | undefined)?.length ?? 0, back, valor);
  }
});
