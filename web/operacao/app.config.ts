import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { type ApplicationConfig, provideBrowserGlobalErrorListeners, provideZonelessChangeDetection } from '@angular/core';
import { provideRouter, TitleStrategy, withComponentInputBinding, withNavigationErrorHandler } from '@angular/router';
import { bffInterceptor } from '#core/http';
import { reloadOnMissingChunk } from '#core/stale-build';
import { TranslatedTitle } from '#core/title';
import { routes } from './app.routes';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideZonelessChangeDetection(),
    provideRouter(routes, withComponentInputBinding(), withNavigationErrorHandler(reloadOnMissingChunk)),
    provideHttpClient(withInterceptors([bffInterceptor])),
    { provide: TitleStrategy, useClass: TranslatedTitle },
  ],
};
