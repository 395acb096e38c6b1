import type { Adapter } from './adapter.ts';
import { efi } from './efi/adapter.ts';
import { pixSandbox } from './pix-sandbox/adapter.ts';

/** The adapters there are. A new one is a folder beside these and one line here. */
export const ADAPTERS: readonly Adapter[] = [pixSandbox, efi];

export const findAdapter = (id: string): Adapter | undefined => ADAPTERS.find((adapter) => adapter.id === id);
