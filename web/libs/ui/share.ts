/** Hands a file to the system's share sheet where there is one, else saves it. False when the person closed the sheet. */
export async function shareFile(blob: Blob, name: string): Promise<boolean> {
  const file = new File([blob], name, { type: blob.type });
  // On a desk a file is wanted in the folder of downloads; the share sheet there is a detour.
  const hasTouch = globalThis.matchMedia('(pointer: coarse)').matches;
  if (hasTouch && navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return true;
    } catch (error) {
      if ((error as Error).name === 'AbortError') return false;
    }
  }
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return true;
}
