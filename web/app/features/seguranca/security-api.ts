import { Injectable, inject } from '@angular/core';
import { browserSupportsWebAuthn, type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser';
import { type Answer, Api, type Body } from '#core/api';
import { authenticatorProblem } from '#core/authenticator';
import type { Proof } from '../../own-proof/own-proof';

export type SecurityState = Answer<'/bff/v1/identity/security'>;
export type Passkey = SecurityState['passkeys'][number];
export type OwnSession = Answer<'/bff/v1/sessions'>['sessions'][number];
export type OwnDevice = Answer<'/bff/v1/identity/devices'>['devices'][number];
type Codes = Answer<'/bff/v1/identity/recovery-codes', 'post'>;
type Created = Body<'/bff/v1/identity/passkeys'>['response'];

/** How a person logs in, as the BFF tells and changes it. */
@Injectable({ providedIn: 'root' })
export class SecurityApi {
  private readonly api = inject(Api);
  readonly hasPasskeys = browserSupportsWebAuthn();

  state = (): Promise<SecurityState> => this.api.get('/bff/v1/identity/security');
  sessions = async (): Promise<OwnSession[]> => (await this.api.get('/bff/v1/sessions')).sessions;
  endSession = (id: string): Promise<unknown> => this.api.post('/bff/v1/sessions/{id}/end', {}, { params: { id } });
  endOthers = (): Promise<unknown> => this.api.post('/bff/v1/sessions/end-others', {});
  devices = async (): Promise<OwnDevice[]> => (await this.api.get('/bff/v1/identity/devices')).devices;
  forgetDevice = (id: string): Promise<unknown> => this.api.post('/bff/v1/identity/devices/forget', { id });
  recogniseDevice = (proof: Proof): Promise<unknown> => this.api.post('/bff/v1/identity/devices/recognise', { proof });
  sendDeviceCode = (): Promise<unknown> => this.api.post('/bff/v1/identity/devices/code', {});
  confirmDevice = (code: string): Promise<unknown> => this.api.post('/bff/v1/identity/devices/confirm', { code: code.trim() });
  changePassword = (present: string, next: string): Promise<Answer<'/bff/v1/identity/password', 'post'>> =>
    this.api.post('/bff/v1/identity/password', { present, next });
  lock = (): Promise<unknown> => this.api.post('/bff/v1/identity/lock', { sure: true });
  unlock = (proof: Proof): Promise<unknown> => this.api.post('/bff/v1/identity/unlock', { proof });
  sendEmailCode = (): Promise<unknown> => this.api.post('/bff/v1/identity/email/code', {});
  confirmEmail = (code: string): Promise<unknown> => this.api.post('/bff/v1/identity/email/confirm', { code: code.trim() });
  beginTotp = (proof: Proof): Promise<Answer<'/bff/v1/identity/totp', 'post'>> => this.api.post('/bff/v1/identity/totp', { proof });
  confirmTotp = (code: string): Promise<Codes> => this.api.post('/bff/v1/identity/totp/confirm', { code: code.trim() });
  removeTotp = (proof: Proof): Promise<unknown> => this.api.post('/bff/v1/identity/totp/remove', { proof });
  newCodes = (proof: Proof): Promise<Codes> => this.api.post('/bff/v1/identity/recovery-codes', { proof });
  removePasskey = (id: string, proof: Proof): Promise<unknown> => this.api.post('/bff/v1/identity/passkeys/remove', { id, proof });

  async addPasskey(proof: Proof): Promise<Codes> {
    const { options } = await this.api.post('/bff/v1/identity/passkeys/options', { proof });
    const asked = options as unknown as PublicKeyCredentialCreationOptionsJSON;
    const response = await startRegistration({ optionsJSON: asked }).catch((cause: unknown) => {
      throw authenticatorProblem(cause);
    });
    return this.api.post('/bff/v1/identity/passkeys', { response: response as unknown as Created });
  }
}
