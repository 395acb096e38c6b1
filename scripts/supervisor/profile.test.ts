import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODULES } from '../../server/src/module-list.ts';
import { renderBanner } from './banner.ts';
import { chooseProfile } from './profile.ts';

const facts = { publicUrl: 'http://localhost:3000', metricsUrl: 'm', database: 'd', logs: 'l', logins: [], readySeconds: '1,0' };

test('without a profile everything runs; by flag or variable a part of it', () => {
  assert.deepEqual(
    chooseProfile([], {}).modules,
    MODULES.map(({ name }) => name),
  );
  assert.equal(chooseProfile([], {}).name, undefined);
  for (const [args, env] of [
    [['--profile', 'cash'], {}],
    [['--profile=cash'], { LASTRO_PROFILE: 'split' }],
    [[], { LASTRO_PROFILE: 'cash' }],
  ] as const) {
    const { name, modules, hasScreens, sandboxes, fill } = chooseProfile(args, env);
    assert.deepEqual([name, hasScreens, sandboxes, fill], ['cash', true, [], 'demo-bakery.ts']);
    assert.ok(modules.includes('cashflow') && !modules.includes('payments'));
  }
  assert.equal(chooseProfile(['--profile', 'opf'], {}).hasScreens, false);
});

test('a profile that is none is refused with those there are', () => {
  for (const args of [['--profile', 'caixa'], ['--profile']]) assert.throws(() => chooseProfile(args, {}), /o perfil é um de cash, risk/);
});

test('the banner shows what the profile has', () => {
  const cash = renderBanner({ ...facts, profile: chooseProfile(['--profile', 'cash'], {}) });
  assert.match(cash, /Perfil cash.+Aplicativo/s);
  assert.doesNotMatch(cash, /Sandbox/);
  assert.doesNotMatch(renderBanner({ ...facts, profile: chooseProfile(['--profile', 'opf'], {}) }), /Aplicativo|Sandbox/);
  const everything = renderBanner({ ...facts, profile: chooseProfile([], {}), sandboxUrl: 'http://127.0.0.1:4010' });
  assert.match(everything, /Aplicativo/);
  assert.match(everything, /Sandbox de pagamentos/);
});
