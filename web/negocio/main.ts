import { bootstrapApplication } from '@angular/platform-browser';
import { keepOfflinePage } from '#core/offline-page';
import { App } from './app';
import { appConfig } from './app.config';

bootstrapApplication(App, appConfig)
  .then(keepOfflinePage)
  .catch((err) => console.error(err));
