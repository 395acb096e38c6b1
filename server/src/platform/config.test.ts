import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { MODULES } from '../module-list.ts';
import { settings as own, readConfig as readOf, type Setting } from './config.ts';

const readConfig = (env: Record<string, string | undefined>) => readOf(env, MODULES);
const settings: Record<string, Setting> = Object.assign({}, own, ...MODULES.map((module) => module.settings));
const key = () => randomBytes(32).toString('base64');
const production = (): Record<string, string> => ({
  LASTRO_MODE: 'production',
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
  ['a mode that is none', { LASTRO_MODE: 'prod' }, 'LASTRO_MODE'],
  ['a mode in capitals', { LASTRO_MODE: 'Production' }, 'LASTRO_MODE'],
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
  ['a short secret, random as it is', { PIX_WEBHOOK_SECRET: 'kT3vQ9mZ7pL2xW5fR8sB1' }, 'PIX_WEBHOOK_SECRET'],
  ['a secret of words', { PIX_PROVIDER_API_KEY: 'change-me-please-in-production' }, 'PIX_PROVIDER_API_KEY'],
  ['the sandbox’s key', { PIX_PROVIDER_API_KEY: 'sandbox-key' }, 'PIX_PROVIDER_API_KEY'],
  ['a provider without TLS', { PIX_PROVIDER_URL: 'http://pix.example.com' }, 'PIX_PROVIDER_URL'],
  ['a block list without TLS', { RISK_BLOCKLIST_URL: 'http://list.example.com/check' }, 'RISK_BLOCKLIST_URL'],
  ['a database password that is the role’s name', { DATABASE_URL: 'postgres://lastro_app:lastro_app@db.internal/lastro' }, 'DATABASE_URL'],
  ['a crash point', { LASTRO_CRASH_AT: 'payments.payment/hold:after' }, 'LASTRO_CRASH_AT'],
];
for (const [what, over, named] of cases) {
  test(`production refuses ${what}, in a sentence that names the setting and not its value`, () => {
    const env = { ...production(), ...over };
    assert.throws(
      () => readConfig(env),
      ({ message }: Error) => {
        assert.match(message, new RegExp(`^ {2}${named} .{10,}`, 'm'));
        const value = over[named];
        if (value && settings[named]?.secret) assert.ok(value.length < 3 || !message.includes(value), message);
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
  for (const [name, setting] of Object.entries(settings)) {
    if (!setting.secret || name === 'DATABASE_URL') continue;
    const weak = setting.kind === 'bytes32' ? zeros : 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    assert.throws(() => readConfig({ ...production(), [name]: weak }), new RegExp(name), name);
  }
});

test('development mode fills in what is missing', () => {
  assert.ok(readConfig({ LASTRO_MODE: 'development', DATABASE_URL: 'postgres://lastro_app:lastro_app@localhost/lastro' }));
});

test('a process reads the settings of the modules that live in it, and knows those of the others by name', () => {
  const hall = { name: 'hall', settings: { HALL_WIDTH: { kind: 'integer', doc: 'Metres.' } }, prefixes: ['DOOR'] } as const;
  const roof = { name: 'roof', settings: { ROOF_TILES: { kind: 'text', doc: 'Colour.' } } } as const;
  const env = { LASTRO_MODE: 'development', DATABASE_URL: 'postgres://x@localhost/x' };
  const read = (more: Record<string, string>) => readOf({ ...env, ...more }, [hall, roof]);
  assert.throws(() => read({}), /HALL_WIDTH is required: Metres\.\n {2}ROOF_TILES is required/);
  const part = read({ MODULES: 'hall', HALL_WIDTH: '7' });
  assert.deepEqual([part.of, [...part.here]], [{ hall: { HALL_WIDTH: 7 } }, ['hall']]);
  assert.deepEqual(read({ MODULES: 'hall', HALL_WIDTH: '7', ROOF_TILES: 'red' }).of, { hall: { HALL_WIDTH: 7 } });
  for (const name of ['HALL_WIDHT', 'ROOF_TILE', 'DOOR_KEY'])
    assert.throws(() => read({ MODULES: 'hall', HALL_WIDTH: '7', [name]: 'x' }), new RegExp(`${name} is not a setting of Lastro`));
  // Neighbours of a container are no settings.
  assert.ok(read({ MODULES: 'hall', HALL_WIDTH: '7', ROOF_SERVICE_HOST: '10.0.0.1', ROOF_PORT_80_TCP: 'tcp://10.0.0.1:80' }));
  assert.throws(() => read({ MODULES: 'hall,cellar', HALL_WIDTH: '7' }), /MODULES names "cellar"; there are hall, roof/);
});

test('modules that read one setting say the same of it', () => {
  const said = new Map<string, Setting>();
  for (const [name, setting] of MODULES.flatMap((module) => Object.entries(module.settings ?? {}))) {
    assert.deepEqual(setting, said.get(name) ?? setting, name);
    assert.ok(!(name in own), `${name} is the process's own`);
    said.set(name, setting);
  }
});

test('copies of the database are named by addresses, and one that is none is told without its password', () => {
  const pair = 'postgres://a:x7Qm-93kd-Pz1w-88@one/lastro, postgresql://a:x7Qm-93kd-Pz1w-88@two:5433/lastro';
  assert.equal(readConfig({ ...production(), DATABASE_REPLICA_URLS: pair }).DATABASE_REPLICA_URLS?.length, 2);
  for (const bad of [
    'one/lastro',
    'http://one/lastro',
    'postgres:///lastro',
    'postgres://a:x7Qm-93kd-Pz1w-88@one:port/lastro',
    `${pair}, two`,
  ])
    assert.throws(
      () => readConfig({ ...production(), DATABASE_REPLICA_URLS: bad }),
      (error: Error) => /DATABASE_REPLICA_URLS: postgres:/.test(error.message) && !error.message.includes('x7Qm'),
      bad,
    );
});

test('a profile is a list of modules; MODULES has the last word; the old meaning of its name is refused with the new one', () => {
  const rooms = [{ name: 'hall' }, { name: 'roof' }];
  const env = { LASTRO_MODE: 'development', DATABASE_URL: 'postgres://x@localhost/x' };
  const read = (more: Record<string, string>) => readOf({ ...env, ...more }, rooms, { open: { modules: ['hall'] } });
  assert.deepEqual([...read({}).here], ['hall', 'roof']);
  assert.deepEqual([...read({ LASTRO_PROFILE: 'open' }).here], ['hall']);
  assert.deepEqual([...read({ LASTRO_PROFILE: 'open', MODULES: 'roof' }).here], ['roof']);
  assert.throws(() => read({ LASTRO_PROFILE: 'closed' }), /LASTRO_PROFILE is one of open, and not "closed"/);
  for (const mode of ['development', 'production'])
    assert.throws(() => readOf({ ...env, LASTRO_PROFILE: mode }, rooms), new RegExp(`say LASTRO_MODE=${mode}`));
});
