import { MAT_FORM_FIELD_DEFAULT_OPTIONS } from '@angular/material/form-field';

/** Goes in the `providers` of lazy pages, never in app.config: there it would pull form-field (155 kB raw) into the initial bundle. */
export const FORM_DEFAULTS = { provide: MAT_FORM_FIELD_DEFAULT_OPTIONS, useValue: { appearance: 'outline', subscriptSizing: 'dynamic' } };
