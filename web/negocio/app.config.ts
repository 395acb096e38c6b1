import { APP_BASE_HREF } from '@angular/common';
import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { type ApplicationConfig, provideBrowserGlobalErrorListeners, provideZonelessChangeDetection } from '@angular/core';
import {
  provideRouter,
  TitleStrategy,
  withComponentInputBinding,
  withInMemoryScrolling,
  withNavigationErrorHandler,
  withPreloading,
} from '@angular/router';
import { baseOf } from '#core/account';
import { bffInterceptor } from '#core/http';
import { reloadOnMissingChunk } from '#core/stale-build';
import { TranslatedTitle } from '#core/title';
import { AheadOfTheLine } from './ahead-of-the-line';
import { routes } from './app.routes';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideZonelessChangeDetection(),
    provideRouter(
      routes,
      withComponentInputBinding(),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
      withNavigationErrorHandler(reloadOnMissingChunk),
      withPreloading(AheadOfTheLine),
    ),
    provideHttpClient(withInterceptors([bffInterceptor])),
    { provide: APP_BASE_HREF, useFactory: () => baseOf(location.pathname) },
    { provide: TitleStrategy, useClass: TranslatedTitle },
  ],
};
