import { readFileSync } from 'node:fs';
import type { Anchor } from './anchor.ts';
import { folderAnchor } from './folder.ts';
import { timeStampAnchor } from './time-stamp.ts';

export type AnchorSettings = {
  LASTRO_ANCHOR_TSA_URL?: string | undefined;
  LASTRO_ANCHOR_TSA_CA?: string | undefined;
  LASTRO_ANCHOR_FOLDER?: string | undefined;
};

/** The anchors the configuration asks for; none by default. Throws when a time-stamping authority is named without whom to trust. */
export function configuredAnchors(settings: AnchorSettings, now: () => number): Anchor[] {
  const { LASTRO_ANCHOR_TSA_URL: url, LASTRO_ANCHOR_TSA_CA: authorities, LASTRO_ANCHOR_FOLDER: folder } = settings;
  if (url && !authorities) throw new Error('LASTRO_ANCHOR_TSA_URL needs LASTRO_ANCHOR_TSA_CA: a token nobody vouches for proves nothing');
  return [
    ...(url && authorities ? [timeStampAnchor({ url, trustedPem: readFileSync(authorities, 'utf8') })] : []),
    ...(folder ? [folderAnchor(folder, now)] : []),
  ];
}
