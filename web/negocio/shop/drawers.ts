import { Injectable, inject } from '@angular/core';
import { type Answer, Api, type Body } from '#core/api';

export type Till = Answer<'/bff/v1/drawers'>;
export type Drawer = Till['drawers'][number];
export type Session = NonNullable<Drawer['session']>;
export type Told = Answer<'/bff/v1/drawers/sessions/{sessionId}'>;
export type Movement = Told['movements'][number];
export type NewMovement = Body<'/bff/v1/drawers/sessions/{sessionId}/movements'>;
export type NewCount = Body<'/bff/v1/drawers/sessions/{sessionId}/counts'>;
export type Opening = Body<'/bff/v1/drawers/places/{placeId}/sessions'>;
export type Closing = Body<'/bff/v1/drawers/sessions/{sessionId}/close'>;

declare module '#core/live/live' {
  interface LiveEvents {
    /** More lies in a drawer than its limit. */
    'withdrawal-due': { placeId: string };
    'late-sale': { placeId: string };
  }
}

/** Drawers, as their screen asks for them. Each `key` is that of one wish. */
@Injectable({ providedIn: 'root' })
export class Drawers {
  private readonly api = inject(Api);

  till(): Promise<Till> {
    return this.api.get('/bff/v1/drawers');
  }
  /** A session, with what happened in it. */
  session(sessionId: string): Promise<Told> {
    return this.api.get('/bff/v1/drawers/sessions/{sessionId}', { params: { sessionId } });
  }
  open(placeId: string, body: Opening, key: string): Promise<Session> {
    return this.api.post('/bff/v1/drawers/places/{placeId}/sessions', body, { params: { placeId }, key });
  }
  move(sessionId: string, body: NewMovement, key: string): Promise<Movement> {
    return this.api.post('/bff/v1/drawers/sessions/{sessionId}/movements', body, { params: { sessionId }, key });
  }
  count(sessionId: string, body: NewCount, key: string): Promise<Session> {
    return this.api.post('/bff/v1/drawers/sessions/{sessionId}/counts', body, { params: { sessionId }, key });
  }
  close(sessionId: string, body: Closing, key: string): Promise<Session> {
    return this.api.post('/bff/v1/drawers/sessions/{sessionId}/close', body, { params: { sessionId }, key });
  }
}
