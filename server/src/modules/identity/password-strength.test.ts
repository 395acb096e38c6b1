import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weaknessOf } from './password-strength.ts';

const maria = { name: 'Maria Clara de Souza', cpf: '52998224725', email: 'maria.souza@exemplo.com.br' };

test('weak passwords say why, whatever is put behind a common word', async () => {
  const weak = [
    ...['curta', '123456789012', 'Senha1234567', 'aaaaaaaaaaaa', 'abababababab', 'qwertyuiop12', '1q2w3e4r5t6y', 'abcd1234abcd'],
    ...['password1234', 'senha1234567', 'qwerty123456', 'Lastro2026!!', 'senhasenhasenha', 'brasil202320', 'flamengo2025', 'flamengo@2025'],
    ...[
      'Senha@123456',
      'mudar@123456',
      'corinthians25',
      'jesuscristo1',
      'deusefiel123',
      'teamomuito123',
      'vascodagama1898',
      'copadomundo2026',
    ],
    ...['p4l m31r45 1914'.replaceAll(' ', ''), 'princesa123456', 'administrador123', 'minhasenha12', 'lastro-lastro', '121212121212'],
    ...['minha 529.982.247-25', 'xx52998224725', 'maria.souza99xx', 'MariaClara2024', 'mariasouza1990', 'claramaria123'],
    ...['ｆｌａｍｅｎｇｏ２０２５', 'x'.repeat(129), 'senha'.repeat(20)],
  ];
  for (const password of weak) assert.ok((await weaknessOf(password, maria))?.pt, password);
  assert.match((await weaknessOf('onzeletrasx', maria))?.pt ?? '', /12/);
});

test('what is long and not in any list is taken, with any characters', async () => {
  const strong = [
    'um cavalo correto na bateria',
    'çãõ-ünïcødé-ok!',
    'x1y2z3w4v5u6',
    'vento-de-proa-forte',
    'conforme-o-combinado',
    '蓝色的自行车在雨中慢慢走',
  ];
  for (const password of strong) assert.equal(await weaknessOf(password, maria), null, password);
});

test('a hostile password is judged within a moment', async () => {
  await weaknessOf('a first one takes the lists in', maria);
  const started = performance.now();
  for (const part of ['p4$$w0rd', '1q2w3e4r', '4@8({[<3613$5', '$!@|(<{[+7', '01/02/1999', 'çãõüïø', '😀'])
    await weaknessOf(part.repeat(128 / part.length), maria);
  assert.ok(performance.now() - started < 5_000, `${performance.now() - started} ms`);
});
