import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { readConfig, type Setting, settings } from './config.ts';

const key = () => randomBytes(32).toString('base64');
const production = (): Record<string, string> => ({
  LASTRO_PROFILE: 'production',
  PUBLIC_URL: 'https://banco.example.com',
  DATABASE_URL: 'postgres://lastro_app:x7Qm-93kd-Pz1w-88@db.internal/lastro',
  LASTRO_MASTER_KEY: key(),
  LASTRO_INTERNAL_SECRET: key(),
  PIX_PROVIDER_URL: 'https://pix.example.com',
  PIX_PROVIDER_API_KEY: key(),
  PIX_WEBHOOK_SECRET: key(),
});
const zeros = Buffer.alloc(32).toString('base64');
const counting = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64');
const twice = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');

test('a production installation with good settings starts', () => {
  for (let i = 0; i < 200; i++) assert.equal(readConfig(production()).PUBLIC_URL, 'https://banco.example.com');
  assert.ok(readConfig({ ...production(), PIX_PROVIDER_URL: 'http://127.0.0.1:9000', DATABASE_URL: 'postgres://lastro@/lastro' }));
});

const cases: [what: string, over: Record<string, string | undefined>, named: string][] = [
  ['a public address without TLS', { PUBLIC_URL: 'http://banco.example.com' }, 'PUBLIC_URL'],
  ['no public address', { PUBLIC_URL: undefined }, 'PUBLIC_URL'],
  ['a profile that is none', { LASTRO_PROFILE: 'prod' }, 'LASTRO_PROFILE'],
  ['a profile in capitals', { LASTRO_PROFILE: 'Production' }, 'LASTRO_PROFILE'],
  ['a master key of zeros', { LASTRO_MASTER_KEY: zeros }, 'LASTRO_MASTER_KEY'],
  ['a master key that counts', { LASTRO_MASTER_KEY: counting }, 'LASTRO_MASTER_KEY'],
  [
    'a master key of a word',
    { LASTRO_MASTER_KEY: Buffer.from('lastro-lastro-lastro-lastro-last').toString('base64') },
    'LASTRO_MASTER_KEY',
  ],
  ['a master key that repeats', { LASTRO_MASTER_KEY: twice }, 'LASTRO_MASTER_KEY'],
  ['an internal secret of ones', { LASTRO_INTERNAL_SECRET: Buffer.alloc(32, 1).toString('base64') }, 'LASTRO_INTERNAL_SECRET'],
  ['a webhook secret of one character', { PIX_WEBHOOK_SECRET: 'x' }, 'PIX_WEBHOOK_SECRET'],
  ['the sandbox’s own webhook secret', { PIX_WEBHOOK_SECRET: 'sandbox-secret' }, 'PIX_WEBHOOK_SECRET'],
  ['the demonstration’s webhook secret', { PIX_WEBHOOK_SECRET: undefined }, 'PIX_WEBHOOK_SECRET'],
  ['a long secret of one character', { PIX_PROVIDER_API_KEY: 'a'.repeat(40) }, 'PIX_PROVIDER_API_KEY'],
  ['a long secret that repeats', { PIX_PROVIDER_API_KEY: 'k8Jw2-Qp'.repeat(5) }, 'PIX_PROVIDER_API_KEY'],
  ['a secret of words', { PIX_PROVIDER_API_KEY: 'change-me-please-in-production' }, 'PIX_PROVIDER_API_KEY'],
  ['the sandbox’s key', { PIX_PROVIDER_API_KEY: 'sandbox-key' }, 'PIX_PROVIDER_API_KEY'],
  ['a provider without TLS', { PIX_PROVIDER_URL: 'http://pix.example.com' }, 'PIX_PROVIDER_URL'],
  ['a block list without TLS', { RISK_BLOCKLIST_URL: 'http://list.example.com/check' }, 'RISK_BLOCKLIST_URL'],
  ['a database password that is the role’s name', { DATABASE_URL: 'postgres://lastro_app:lastro_app@db.internal/lastro' }, 'DATABASE_URL'],
  ['a crash point', { LASTRO_CRASH_AT: 'hold:after' }, 'LASTRO_CRASH_AT'],
];
for (const [what, over, named] of cases) {
  test(`production refuses ${what}, in a sentence that names the setting and not its value`, () => {
    const env = { ...production(), ...over };
    assert.throws(
      () => readConfig(env),
      ({ message }: Error) => {
        assert.match(message, new RegExp(`^ {2}${named} .{10,}`, 'm'));
        const value = over[named];
        if (value && (settings[named as keyof typeof settings] as Setting).secret)
          assert.ok(value.length < 3 || !message.includes(value), message);
        return true;
      },
    );
  });
}

test('no two secrets may be the same', () => {
  const same = key();
  for (const [one, other] of [
    ['LASTRO_MASTER_KEY', 'LASTRO_INTERNAL_SECRET'],
    ['PIX_PROVIDER_API_KEY', 'PIX_WEBHOOK_SECRET'],
    ['LASTRO_MASTER_KEY', 'PIX_WEBHOOK_SECRET'],
  ] as const) {
    assert.throws(() => readConfig({ ...production(), [one]: same, [other]: same }), new RegExp(`${other} is the same as ${one}`));
  }
});

test('every setting that is secret is held to the rule, also the ones to come', () => {
  for (const [name, setting] of Object.entries(settings) as [string, Setting][]) {
    if (!setting.secret || name === 'DATABASE_URL') continue;
    const weak = setting.kind === 'bytes32' ? zeros : 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    assert.throws(() => readConfig({ ...production(), [name]: weak }), new RegExp(name), name);
  }
});

test('the development profile fills in what is missing', () => {
  assert.ok(readConfig({ LASTRO_PROFILE: 'development', DATABASE_URL: 'postgres://lastro_app:lastro_app@localhost/lastro' }));
});
