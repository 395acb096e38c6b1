import { Injectable, inject } from '@angular/core';
import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser';
import { type Answer, Api, type Body } from '#core/api';
import { authenticatorProblem } from '#core/authenticator';

/** Given once more before something grave. */
export type Proof = Body<'/bff/v1/identity/totp'>['proof'];
/** By what a person can be proved. */
export type Ways = Pick<Answer<'/bff/v1/identity/security'>, 'totpSince' | 'passkeys' | 'mustAddFactor'>;

/** Proofs of the person of the session, once more. */
@Injectable({ providedIn: 'root' })
export class OwnProof {
  private readonly api = inject(Api);

  ways = (): Promise<Ways> => this.api.get('/bff/v1/identity/security');
  /** A proof by passkey; the browser asks the person. */
  async byPasskey(): Promise<Proof> {
    const { options } = await this.api.post('/bff/v1/identity/proof/options', {});
    const asked = options as unknown as PublicKeyCredentialRequestOptionsJSON;
    const passkey = await startAuthentication({ optionsJSON: asked }).catch((cause: unknown) => {
      throw authenticatorProblem(cause);
    });
    return { passkey: passkey as unknown as Proof['passkey'] };
  }
}
