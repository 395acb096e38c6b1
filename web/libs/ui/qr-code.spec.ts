import { TestBed } from '@angular/core/testing';
import decodeQR from 'qr/decode.js';
import { QrCode } from './qr-code';

/** The drawn path as the pixels that a camera would see, some to a module. */
function pixelsOf(svg: SVGElement, scale: number): { width: number; height: number; data: Uint8Array } {
  const size = Number(svg.getAttribute('viewBox')!.split(' ')[2]);
  const width = size * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y] of svg
    .querySelector('path')!
    .getAttribute('d')!
    .matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dy = 0; dy < scale; dy++)
      for (let dx = 0; dx < scale; dx++) {
        const at = ((Number(y) * scale + dy) * width + Number(x) * scale + dx) * 4;
        data.fill(0, at, at + 3);
      }
  }
  return { width, height: width, data };
}

describe('QrCode', () => {
  it('draws what a scanner reads back, with white around it', () => {
    const text =
      '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';
    const fixture = TestBed.createComponent(QrCode);
    fixture.componentRef.setInput('text', text);
    fixture.componentRef.setInput('label', 'QR');
    fixture.detectChanges();
    const svg = fixture.nativeElement.querySelector('svg') as SVGElement;
    expect(svg.getAttribute('aria-label')).toBe('QR');
    expect(decodeQR(pixelsOf(svg, 5))).toBe(text);
    const xs = [
      ...svg
        .querySelector('path')!
        .getAttribute('d')!
        .matchAll(/M(\d+) (\d+)/g),
    ].map(([, x]) => Number(x));
    expect(Math.min(...xs)).toBe(4);
  });
});
