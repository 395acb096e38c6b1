import { Component, type Injector, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialog, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import { I18n } from '#core/i18n/i18n';

export type Question = { title: string; text: string; yes: string };

/** A question before something that cannot be taken back. */
@Component({
  selector: 'la-confirm',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `<h2 mat-dialog-title>{{ asked.title }}</h2><mat-dialog-content>{{ asked.text }}</mat-dialog-content>
    <mat-dialog-actions align="end"><button matButton type="button" [mat-dialog-close]="false">{{ i18n.t('common.cancel') }}</button>
      <button matButton="filled" type="button" data-testid="confirm-yes" [mat-dialog-close]="true">{{ asked.yes }}</button></mat-dialog-actions>`,
})
export class Confirm {
  protected readonly i18n = inject(I18n);
  protected readonly asked = inject<Question>(MAT_DIALOG_DATA);
}

/** Whether the person said yes; closing it any other way is a no. */
export async function confirm(injector: Injector, question: Question): Promise<boolean> {
  const opened = injector.get(MatDialog).open<Confirm, Question, boolean>(Confirm, { data: question, maxWidth: '440px' });
  return (await firstValueFrom(opened.afterClosed())) === true;
}
