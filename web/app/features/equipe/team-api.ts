import { Injectable, inject } from '@angular/core';
import { type Answer, Api, type Body } from '#core/api';

export type Colleague = Answer<'/bff/v1/team'>['members'][number];
export type Invitation = Answer<'/bff/v1/team'>['invitations'][number];

/** Who acts on the account of this tab, as the BFF tells and changes it. */
@Injectable({ providedIn: 'root' })
export class TeamApi {
  private readonly api = inject(Api);

  /** With the invitations that are still open, for whoever may manage them. */
  team = (): Promise<Answer<'/bff/v1/team'>> => this.api.get('/bff/v1/team');
  set = (memberId: string, body: Body<'/bff/v1/team/members/{memberId}', 'put'>): Promise<unknown> =>
    this.api.put('/bff/v1/team/members/{memberId}', body, { memberId });
  end = (memberId: string): Promise<unknown> => this.api.delete('/bff/v1/team/members/{memberId}', { memberId });
  invite = (body: Body<'/bff/v1/team/invitations'>, key: string): Promise<Answer<'/bff/v1/team/invitations', 'post'>> =>
    this.api.post('/bff/v1/team/invitations', body, { key });
  withdraw = (invitationId: string): Promise<unknown> => this.api.delete('/bff/v1/team/invitations/{invitationId}', { invitationId });
}
