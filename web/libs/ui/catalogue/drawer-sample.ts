import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogClose } from '@angular/material/dialog';

@Component({
  selector: 'la-drawer-sample',
  imports: [MatButton, MatDialogClose],
  template:
    '<h2 id="h-drawer">{{ title }}</h2><p class="muted">Vem da direita; no celular, de baixo.</p><button matButton="outlined" type="button" mat-dialog-close>Fechar</button>',
  styles: ':host{display:grid;gap:16px;padding:24px;justify-items:start}',
})
export class DrawerSample {
  protected readonly title = inject<string>(MAT_DIALOG_DATA);
}
