import type { ComponentType } from '@angular/cdk/overlay';
import type { Injector } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';

/**
 * Opens a drawer over the page: from the right, on a phone from below. `labelledBy` is the id of its heading; the component gets `data` by
 * MAT_DIALOG_DATA. The dialog's code comes with whoever calls this, so a page imports it when it is first wanted.
 */
export function openDrawer<D>(
  injector: Injector,
  component: ComponentType<unknown>,
  { data, labelledBy }: { data: D; labelledBy: string },
): void {
  const phone = globalThis.matchMedia('(max-width: 760px)').matches;
  injector.get(MatDialog).open(component, {
    data,
    panelClass: 'la-drawer',
    maxWidth: '100vw',
    ariaLabelledBy: labelledBy,
    ...(phone
      ? { width: '100vw', maxHeight: '88dvh', position: { bottom: '0' } }
      : { width: '460px', height: '100dvh', position: { right: '0', top: '0' } }),
  });
}
