import { Injectable, inject, signal } from '@angular/core';
import { Api } from '#core/api';

/** Names of those who work at the desk, asked once. Without an answer they stay nameless, and everything else goes on. */
@Injectable({ providedIn: 'root' })
export class Colleagues {
  private readonly names = signal<ReadonlyMap<string, string>>(new Map());

  constructor() {
    inject(Api)
      .get('/bff/v1/desk/identity/colleagues')
      .then(
        ({ colleagues }) => this.names.set(new Map(colleagues.map(({ subjectId, name }) => [subjectId, name]))),
        () => undefined,
      );
  }
  nameOf = (id: string): string | undefined => this.names().get(id);
}
