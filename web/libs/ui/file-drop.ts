import { booleanAttribute, Component, input, output, signal } from '@angular/core';
import { TPipe } from '#core/i18n/pipes';
import { Icon } from './icon';
import './texts';

/** A file, dragged here or chosen. What stands inside says which kinds are understood. */
@Component({
  selector: 'la-file-drop',
  imports: [Icon, TPipe],
  template: `<label [class.over]="over()" (dragover)="$event.preventDefault(); over.set(true)" (dragleave)="over.set(false)" (drop)="dropped($event)">
    <input #field type="file" [accept]="accept()" [disabled]="busy()" (change)="take(field.files); field.value = ''" [attr.data-testid]="testid()">
    <la-icon name="file" /><b>{{ busy() ? ('pieces.reading' | t: { f: name() }) : ('pieces.dropHere' | t) }}</b><span class="muted small"><ng-content /></span></label>`,
  styles: `:host{display:block}label{position:relative;display:grid;justify-items:center;gap:6px;padding:28px 16px;border:2px dashed color-mix(in srgb,var(--mat-sys-outline) 60%,transparent);border-radius:16px;text-align:center;cursor:pointer}
    input{position:absolute;inset:0;width:100%;opacity:0;cursor:pointer}label:hover,.over{border-color:var(--mat-sys-primary);background:color-mix(in srgb,var(--mat-sys-primary) 6%,transparent)}label:focus-within{outline:2px solid var(--mat-sys-primary);outline-offset:2px}
    la-icon{width:32px;height:32px;color:var(--mat-sys-primary)}b{font-weight:600}`,
})
export class FileDrop {
  readonly accept = input('');
  readonly busy = input(false, { transform: booleanAttribute });
  readonly testid = input('file');
  readonly file = output<File>();
  protected readonly over = signal(false);
  protected readonly name = signal('');

  protected dropped(event: DragEvent): void {
    event.preventDefault();
    this.over.set(false);
    this.take(event.dataTransfer?.files ?? null);
  }
  protected take(files: FileList | null): void {
    const file = files?.[0];
    if (!file || this.busy()) return;
    this.name.set(file.name);
    this.file.emit(file);
  }
}
