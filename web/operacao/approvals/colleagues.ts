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
        ({ colleagues }) => this.know(colleagues),
        () => undefined,
      );
  }
  know(people: readonly { subjectId: string; name: string }[]): void {
    this.names.update((known) => new Map([...known, ...people.map(({ subjectId, name }) => [subjectId, name] as const)]));
  }
  nameOf = (id: string): string | undefined => this.names().get(id);
}
