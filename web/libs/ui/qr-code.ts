import { Component, computed, input } from '@angular/core';
import encodeQR from 'qr';

/** Modules of white around the code, without which scanners do not find it (ISO/IEC 18004: four). */
const QUIET = 4;

/** A QR code as one SVG path: dark on white in both themes, since many scanners read nothing else. */
@Component({
  selector: 'la-qr',
  template: `<svg role="img" [attr.aria-label]="label()" [attr.viewBox]="box()" shape-rendering="crispEdges" data-testid="qr"><rect width="100%" height="100%" fill="#fff"/><path [attr.d]="path()" fill="#000"/></svg>`,
  styles: ':host{display:block}svg{display:block;width:100%;height:auto;border-radius:14px}',
})
export class QrCode {
  readonly text = input.required<string>();
  readonly label = input.required<string>();
  private readonly matrix = computed(() => encodeQR(this.text(), 'raw', { ecc: 'medium', border: QUIET }));
  protected readonly box = computed(() => `0 0 ${this.matrix().length} ${this.matrix().length}`);
  protected readonly path = computed(() =>
    this.matrix()
      .map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join(''))
      .join(''),
  );
}
