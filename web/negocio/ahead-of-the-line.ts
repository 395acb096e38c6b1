import { Injectable } from '@angular/core';
import type { PreloadingStrategy, Route } from '@angular/router';
import { EMPTY, type Observable } from 'rxjs';

/** The code of the counter comes as soon as the first page stands, so that a line that breaks later does not stop the till. */
@Injectable({ providedIn: 'root' })
export class AheadOfTheLine implements PreloadingStrategy {
  preload(route: Route, load: () => Observable<unknown>): Observable<unknown> {
    return route.data?.ahead ? load() : EMPTY;
  }
}
