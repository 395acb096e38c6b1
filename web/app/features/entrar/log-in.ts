import { Injectable, inject } from '@angular/core';
import { browserSupportsWebAuthn, type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser';
import { type Answer, Api, type Body } from '#core/api';
import { authenticatorProblem } from '#core/authenticator';
import { isCpf } from '#core/documents';
import { BROWSER_STORAGE } from '#core/storage';

/** Where to go on, or how the second step can be taken. */
export type Next = Answer<'/entrar/{uid}/login', 'post'>;
export type Way = NonNullable<Next['ways']>[number];
type GoOn = Answer<'/entrar/{uid}/second-factor', 'post'>;
type Signed = Body<'/entrar/{uid}/passkey'>['response'];

const HALF_SLOT = 'lastro.half';

/** A CPF by its digits, an e-mail in small letters. */
export const spelled = (typed: string): string => (isCpf(typed) ? typed.replace(/\D/g, '') : typed.trim().toLowerCase());

/** The steps of the log-in page, towards the issuer. */
@Injectable({ providedIn: 'root' })
export class LogIn {
  private readonly api = inject(Api);
  private readonly flags = inject(BROWSER_STORAGE).session;
  readonly hasPasskeys = browserSupportsWebAuthn();

  /** The tab remembers that a second step is owed, so that a page that is opened again asks where it was. */
  async password(uid: string, body: Body<'/entrar/{uid}/login'>): Promise<Next> {
    const next = await this.api.post('/entrar/{uid}/login', body, { params: { uid } });
    if (next.ways) this.flags.set(HALF_SLOT, uid);
    return next;
  }
  async waysOwed(uid: string): Promise<Way[]> {
    if (this.flags.get(HALF_SLOT) !== uid) return [];
    return (await this.api.post('/entrar/{uid}/state', {}, { params: { uid } }).catch((): Next => ({}))).ways ?? [];
  }
  async askReset(uid: string, typed: string): Promise<void> {
    await this.api.post('/entrar/{uid}/reset', { login: spelled(typed) }, { params: { uid } });
  }
  async finishReset(uid: string, code: string, password: string): Promise<void> {
    await this.api.post('/entrar/{uid}/reset/finish', { code: code.trim(), password }, { params: { uid } });
  }
  second(uid: string, by: 'totp' | 'recovery-code', code: string): Promise<GoOn> {
    return this.api.post('/entrar/{uid}/second-factor', { by, code: code.trim() }, { params: { uid } });
  }
  async passkey(uid: string): Promise<GoOn> {
    const { options } = await this.api.post('/entrar/{uid}/passkey/options', {}, { params: { uid } });
    const asked = options as unknown as PublicKeyCredentialRequestOptionsJSON;
    const response = await startAuthentication({ optionsJSON: asked }).catch((cause: unknown) => {
      throw authenticatorProblem(cause);
    });
    return this.api.post('/entrar/{uid}/passkey', { response: response as unknown as Signed }, { params: { uid } });
  }
}
