import { createHash } from 'node:crypto';
import { generateSync } from 'otplib';
import { cpfFrom, Person, until } from '../../../../scripts/lib/person.ts';
import { PERSON } from '../../../test/conformance/constants.ts';
import type { Request } from '../../../test/conformance/good-requests.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';
import { type Operation, pathOf } from '../../../test/conformance/operations.ts';
import { createAuthenticator } from '../../../test/support/authenticator.ts';
import { MASTER_KEY } from '../../../test/support/running-platform.ts';
import { type Answer, openLogIn, ownHeaders, PASSWORD } from '../../../test/support/whole-platform.ts';
import { mailedCode } from './mailed/codes.ts';
import { DEMO_CLIENT_ID } from './seed.ts';

const KEY = { name: 'Chave conforme', scopes: ['ledger:read'], expiresInDays: 30 };
/** Makes a key of the demonstration's client; answers its id. */
async function newKey(post: (target: string, body: unknown) => Promise<Answer>): Promise<string> {
  const answer = await post(`/v1/clients/${DEMO_CLIENT_ID}/keys`, KEY);
  if (answer.status !== 201) throw new Error(`no key: ${answer.status} ${answer.text}`);
  return (answer.body as { key: { keyId: string } }).key.keyId;
}

const conformance: Conformance = {
  requests({ platform, cast, service, nextNumber }) {
    const newPerson = () => {
      const number = nextNumber();
      return { name: 'Nova Pessoa', cpf: cpfFrom(number), email: `nova.${number}@exemplo.com.br`, password: 'uma-senha-comprida' };
    };
    /** A log-in page, as one browser sees it. */
    const logIn = async (operation: Operation, body: Record<string, unknown>, status: number): Promise<Request> => {
      const browser = new Person(platform.baseUrl);
      const target = pathOf(operation, { uid: await openLogIn(browser) });
      return { target, headers: ownHeaders(browser), body, status };
    };
    /** Somebody with a session, of whom no other test knows. */
    const somebody = async () => {
      const person = new Person(platform.baseUrl);
      const data = newPerson();
      await person.signUp(data);
      return { person, ...data, proof: { password: data.password } };
    };
    type Somebody = Awaited<ReturnType<typeof somebody>>;
    /** The codes of now and of the next step: one confirms the secret, the other is good for something more. */
    const withTotp = async () => {
      const one = await somebody();
      const { secret } = await one.person.post<{ secret: string }>(200, '/bff/v1/identity/totp', { proof: one.proof });
      const epoch = Math.floor(Date.now() / 1000);
      const codes = [generateSync({ secret, epoch }), generateSync({ secret, epoch: epoch + 30 })] as const;
      return { ...one, codes, confirm: () => one.person.post(200, '/bff/v1/identity/totp/confirm', { code: codes[0] }) };
    };
    /** The newest code that waits, as its letter has it. */
    const codeSent = async (purpose: 'reset' | 'email' | 'device') => {
      const [row] = await platform.database.admin<{ code_id: string }>(
        'select code_id from identity.mailed_codes where purpose = $1 order by expires_at desc limit 1',
        [purpose],
      );
      return mailedCode(Buffer.from(MASTER_KEY, 'base64'), purpose, row!.code_id);
    };
    /** Somebody whose address is proved asks for a new password, and the letter is being written. */
    const askedReset = async () => {
      const one = await somebody();
      await one.person.post(204, '/bff/v1/identity/email/confirm', { code: await codeSent('email') });
      const browser = new Person(platform.baseUrl);
      const uid = await openLogIn(browser);
      await browser.post(204, `/entrar/${uid}/reset`, { login: one.email });
      const named = () => platform.database.admin("select from identity.mailed_codes where purpose = 'reset' and subject_id is not null");
      await until('the letter', named, (rows) => rows.length > 0);
      return { browser, uid };
    };
    const asOwn = (operation: Operation, { person }: Pick<Somebody, 'person'>, body: Record<string, unknown>, status = 200): Request => ({
      target: pathOf(operation),
      headers: ownHeaders(person),
      body,
      status,
    });
    type Asked = { options: { challenge: string; user: { id: string } } };
    const newPasskey = async ({ person, proof }: Somebody, key = createAuthenticator(platform.baseUrl)) => {
      const { options } = await person.post<Asked>(200, '/bff/v1/identity/passkeys/options', { proof });
      return key.create(options);
    };
    const withPasskey = async () => {
      const one = await somebody();
      const key = createAuthenticator(platform.baseUrl);
      await one.person.post(200, '/bff/v1/identity/passkeys', { response: await newPasskey(one, key) });
      const { passkeys } = await one.person.get<{ passkeys: { id: string }[] }>('/bff/v1/identity/security');
      return { ...one, key, id: passkeys[0]!.id };
    };
    const withProof = async (operation: Operation, status: number): Promise<Request> => {
      const one = await withTotp();
      await one.confirm();
      return asOwn(operation, one, { proof: { code: one.codes[1] } }, status);
    };
    /** Somebody in a browser that is new, who has another one. */
    const elsewhere = async () => {
      const one = await somebody();
      const browser = new Person(platform.baseUrl);
      await browser.logIn(one.email, one.password);
      return { ...one, person: browser };
    };
    /** Somebody who was asked for a proof of something, as who moves money asks. */
    const askedProof = async (one: Somebody) => {
      const { person } = await one.person.get<{ person: { id: string } }>('/bff/v1/session');
      const binding = createHash('sha256').update(crypto.randomUUID()).digest('hex');
      await platform.database.admin(
        `insert into identity.payment_proofs (tenant_id, subject_id, binding, grant_hash, asked_at, expires_at)
         select tenant_id, subject_id, decode($2, 'hex'), g.grant_hash, now(), now() + interval '10 minutes'
         from identity.devices join identity.device_grants g using (tenant_id, device_id) where subject_id = $1 limit 1`,
        [person.id, binding],
      );
      return binding;
    };
    return {
      'POST /bff/v1/identity/password': async (operation) => {
        const one = await somebody();
        return asOwn(operation, one, { present: one.password, next: 'outra-senha-bem-comprida' });
      },
      'POST /bff/v1/identity/lock': async (operation) => asOwn(operation, await somebody(), { sure: true }, 204),
      'POST /bff/v1/identity/unlock': async (operation) => {
        const one = await somebody();
        await one.person.post(204, '/bff/v1/identity/lock', { sure: true });
        await one.person.logIn(one.email, one.password);
        return asOwn(operation, one, { proof: one.proof });
      },
      'POST /bff/v1/identity/email/confirm': async (operation) => {
        const one = await somebody();
        return asOwn(operation, one, { code: await codeSent('email') }, 204);
      },
      'POST /entrar/{uid}/reset': (operation) => logIn(operation, { login: cpfFrom(PERSON) }, 204),
      'POST /entrar/{uid}/reset/finish': async (operation) => {
        const { browser, uid } = await askedReset();
        const body = { code: await codeSent('reset'), password: 'outra-senha-bem-comprida' };
        return { target: pathOf(operation, { uid }), headers: ownHeaders(browser), body, status: 204 };
      },
      'POST /bff/v1/identity/totp': async (operation) => {
        const one = await somebody();
        return asOwn(operation, one, { proof: one.proof });
      },
      'POST /bff/v1/identity/totp/confirm': async (operation) => {
        const one = await withTotp();
        return asOwn(operation, one, { code: one.codes[0] });
      },
      'POST /bff/v1/identity/totp/remove': (operation) => withProof(operation, 204),
      'POST /bff/v1/identity/recovery-codes': (operation) => withProof(operation, 200),
      'POST /bff/v1/identity/passkeys/options': async (operation) => {
        const one = await somebody();
        return asOwn(operation, one, { proof: one.proof });
      },
      'POST /bff/v1/identity/passkeys': async (operation) => {
        const one = await somebody();
        return asOwn(operation, one, { response: await newPasskey(one) });
      },
      'POST /bff/v1/identity/passkeys/remove': async (operation) => {
        const { key, id, ...one } = await withPasskey();
        const { options } = await one.person.post<Asked>(200, '/bff/v1/identity/proof/options', {});
        return asOwn(operation, one, { id, proof: { passkey: key.get(options) } }, 204);
      },
      'POST /bff/v1/identity/devices/forget': async (operation) => {
        const one = await elsewhere();
        const { devices } = await one.person.get<{ devices: { id: string; current: boolean }[] }>('/bff/v1/identity/devices');
        return asOwn(operation, one, { id: devices.find(({ current }) => !current)!.id });
      },
      'POST /bff/v1/identity/devices/recognise': (operation) => withProof(operation, 204),
      'POST /bff/v1/identity/devices/confirm': async (operation) => {
        const one = await elsewhere();
        await one.person.post(204, '/bff/v1/identity/email/confirm', { code: await codeSent('email') });
        await one.person.post(204, '/bff/v1/identity/devices/code', {});
        return asOwn(operation, one, { code: await codeSent('device') }, 204);
      },
      'POST /bff/v1/identity/payment-proof/options': async (operation) => {
        const { key: _key, id: _id, ...one } = await withPasskey();
        return asOwn(operation, one, { binding: await askedProof(one) });
      },
      'POST /bff/v1/identity/payment-proof': async (operation) => {
        const one = await somebody();
        return asOwn(operation, one, { binding: await askedProof(one), proof: one.proof }, 204);
      },
      'POST /entrar/{uid}/passkey': async (operation) => {
        const { key } = await withPasskey();
        const browser = new Person(platform.baseUrl);
        const uid = await openLogIn(browser);
        const { options } = await browser.post<Asked>(200, `/entrar/${uid}/passkey/options`, {});
        return { target: pathOf(operation, { uid }), headers: ownHeaders(browser), body: { response: key.get(options) }, status: 200 };
      },
      'POST /entrar/{uid}/second-factor': async (operation) => {
        const one = await withTotp();
        await one.confirm();
        const browser = new Person(platform.baseUrl);
        const uid = await openLogIn(browser);
        await browser.post(200, `/entrar/${uid}/login`, { login: one.cpf, password: one.password });
        return { target: pathOf(operation, { uid }), headers: ownHeaders(browser), body: { by: 'totp', code: one.codes[1] }, status: 200 };
      },
      'POST /entrar/{uid}/login': (operation) => logIn(operation, { login: cpfFrom(PERSON), password: PASSWORD }, 200),
      'POST /entrar/{uid}/sign-up': (operation) => logIn(operation, newPerson(), 201),
      'POST /v1/people': async (operation) => service(operation, newPerson(), 201),
      'POST /v1/clients/{clientId}/keys': async (operation) =>
        service(operation, { ...KEY, name: `Chave ${nextNumber()}` }, 201, { clientId: DEMO_CLIENT_ID }),
      'POST /v1/clients/{clientId}/keys/{keyId}/rotate': async (operation) => {
        const keyId = await newKey((target, body) =>
          platform.send('POST', target, {
            token: cast.serviceToken,
            headers: { 'idempotency-key': `conformance-chave-${nextNumber()}` },
            body,
          }),
        );
        return service(operation, { expiresInDays: 30 }, 201, { clientId: DEMO_CLIENT_ID, keyId });
      },
    };
  },
  otherwise: {
    'POST /entrar/{uid}/sign-up': { name: 'Outra Pessoa' },
    'POST /v1/people': { name: 'Outra Pessoa' },
    'POST /v1/clients/{clientId}/keys': { name: 'Outra chave' },
    'POST /v1/clients/{clientId}/keys/{keyId}/rotate': { expiresInDays: 31 },
  },
  exempt: {
    'DELETE /v1/clients/{clientId}/keys/{keyId}': 'exempt: what is revoked stays so',
    'POST /entrar/{uid}/login': 'exempt: proving a password again changes nothing but the record of it',
    'POST /entrar/{uid}/second-factor': 'exempt: a code counts once',
    'POST /entrar/{uid}/reset': 'exempt: the newest code counts',
    'POST /entrar/{uid}/reset/finish': 'exempt: a code counts once',
    'POST /bff/v1/identity/lock': 'exempt: what is locked is locked',
    'POST /bff/v1/identity/unlock': 'exempt: asked again, the first day counts',
    'POST /bff/v1/identity/email/code': 'exempt: the newest code counts',
    'POST /bff/v1/identity/email/confirm': 'exempt: a code counts once',
    'POST /entrar/{uid}/state': 'exempt: it is only asked',
    'POST /bff/v1/identity/password': 'exempt: repeated, the password given as the present one is not',
    'POST /bff/v1/identity/totp': 'exempt: a secret that nobody confirmed counts for nothing',
    'POST /bff/v1/identity/totp/confirm': 'exempt: a code counts once',
    'POST /bff/v1/identity/totp/remove': 'exempt: what is removed is gone',
    'POST /bff/v1/identity/passkeys/options': 'exempt: the newest challenge counts',
    'POST /bff/v1/identity/passkeys': 'exempt: a challenge counts once',
    'POST /bff/v1/identity/passkeys/remove': 'exempt: what is removed is gone',
    'POST /bff/v1/identity/proof/options': 'exempt: the newest challenge counts',
    'POST /bff/v1/identity/devices/forget': 'exempt: what is forgotten is gone',
    'POST /bff/v1/identity/devices/recognise': 'exempt: what is known is known',
    'POST /bff/v1/identity/devices/code': 'exempt: the newest code counts',
    'POST /bff/v1/identity/devices/confirm': 'exempt: a code counts once',
    'POST /bff/v1/identity/payment-proof/options': 'exempt: the newest challenge counts',
    'POST /bff/v1/identity/payment-proof': 'exempt: a proof is of one thing, which is done once',
    'POST /entrar/{uid}/passkey/options': 'exempt: the newest challenge counts',
    'POST /entrar/{uid}/passkey': 'exempt: a challenge counts once',
    'POST /bff/v1/identity/recovery-codes': 'exempt: new codes take the place of those before',
  },
  open: {
    'POST /entrar/{uid}/login': 'the log-in itself; wants the cookie of a log-in under way, and our own page',
    'POST /entrar/{uid}/sign-up': 'as above',
    'POST /entrar/{uid}/second-factor': 'as above',
    'POST /entrar/{uid}/state': 'as above',
    'POST /entrar/{uid}/reset': 'as above',
    'POST /entrar/{uid}/reset/finish': 'as above',
    'POST /entrar/{uid}/passkey/options': 'as above',
    'POST /entrar/{uid}/passkey': 'as above',
  },
  /** Keys of the demonstration's client, which is the service of A. */
  async belongings({ a }) {
    const make = () => newKey((target, body) => a.service('POST', target, body));
    return { ownClient: DEMO_CLIENT_ID, endingKey: await make(), rotatedKey: await make() };
  },
  paths: {
    'GET /v1/clients/{clientId}/keys': { by: 'service', id: 'ownClient' },
    'POST /v1/clients/{clientId}/keys': { by: 'service', id: 'ownClient', body: KEY },
    'POST /v1/clients/{clientId}/keys/{keyId}/rotate': {
      by: 'service',
      id: 'ownClient',
      also: { keyId: 'rotatedKey' },
      body: { expiresInDays: 30 },
    },
    'DELETE /v1/clients/{clientId}/keys/{keyId}': { by: 'service', id: 'ownClient', also: { keyId: 'endingKey' } },
  },
  lists: { '/v1/people/me': 'person', '/bff/v1/identity/security': 'browser', '/bff/v1/identity/devices': 'browser' },
  // Their codes and challenges are good for minutes, and the test that breaks requests takes longer; each has its tests beside it.
  neverAtRest: [
    'POST /bff/v1/identity/lock',
    'POST /bff/v1/identity/unlock',
    'POST /entrar/{uid}/reset/finish',
    'POST /bff/v1/identity/email/confirm',
    'POST /entrar/{uid}/passkey',
    'POST /bff/v1/identity/passkeys',
    'POST /bff/v1/identity/passkeys/remove',
    'POST /entrar/{uid}/second-factor',
    'POST /bff/v1/identity/totp/confirm',
    'POST /bff/v1/identity/totp/remove',
    'POST /bff/v1/identity/recovery-codes',
    'POST /bff/v1/identity/devices/confirm',
    'POST /bff/v1/identity/devices/recognise',
    'POST /bff/v1/identity/payment-proof',
    'POST /bff/v1/identity/payment-proof/options',
  ],
  restless: [
    'devices',
    'device_grants',
    'payment_proofs',
    'mailed_codes',
    'locks',
    'security_notes',
    'log_ins',
    'challenges',
    'login_attempts',
    'sign_ins',
    'oidc_payloads',
    'signing_keys',
    'clients',
  ],
};
export default conformance;
