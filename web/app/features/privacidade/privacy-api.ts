import { Injectable, inject } from '@angular/core';
import { type Answer, Api } from '#core/api';
import type { Proof } from '../../own-proof/own-proof';

export type Privacy = Answer<'/bff/v1/privacy'>;
export type Copy = Privacy['exports'][number];
export type Consent = Privacy['consents'][number];
export type Format = 'json' | 'pdf';

/** What there is about a person, and what they ask for, as the BFF tells it. */
@Injectable({ providedIn: 'root' })
export class PrivacyApi {
  private readonly api = inject(Api);

  read = (): Promise<Privacy> => this.api.get('/bff/v1/privacy');
  askCopy = (proof: Proof): Promise<unknown> => this.api.post('/bff/v1/privacy/exports', { proof });
  file = (id: string, format: Format, proof: Proof): Promise<Blob> =>
    this.api.fileFor('/bff/v1/privacy/exports/{id}/file', { proof, format }, { id });
  erase = (proof: Proof): Promise<unknown> => this.api.post('/bff/v1/privacy/erasure', { proof, sure: true });
  withdraw = (): Promise<unknown> => this.api.post('/bff/v1/privacy/erasure/withdraw', { sure: true });
  say = ({ purpose, version }: Consent, given: boolean): Promise<unknown> =>
    this.api.put('/bff/v1/privacy/consents', { purpose, version, given });
}
