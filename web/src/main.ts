import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { keepOfflinePage } from './app/core/offline-page';

bootstrapApplication(App, appConfig)
  .then(keepOfflinePage)
  .catch((err) => console.error(err));
