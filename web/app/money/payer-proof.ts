import { Injectable, inject } from '@angular/core';
import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser';
import { Api, type Body } from '#core/api';
import { authenticatorProblem } from '#core/authenticator';

type Proof = Body<'/bff/v1/identity/payment-proof'>['proof'];

/** Proofs of one thing that moves money, as the refusal asked for it. */
@Injectable({ providedIn: 'root' })
export class PayerProof {
  private readonly api = inject(Api);

  give(binding: string, proof: Proof): Promise<unknown> {
    return this.api.post('/bff/v1/identity/payment-proof', { binding, proof });
  }
  /** The browser asks the person; what the passkey signs ends with the hash of the payment. */
  async givePasskey(binding: string): Promise<void> {
    const { options } = await this.api.post('/bff/v1/identity/payment-proof/options', { binding });
    const asked = options as unknown as PublicKeyCredentialRequestOptionsJSON;
    const passkey = await startAuthentication({ optionsJSON: asked }).catch((cause: unknown) => {
      throw authenticatorProblem(cause);
    });
    await this.give(binding, { passkey: passkey as unknown as Proof['passkey'] });
  }
}
