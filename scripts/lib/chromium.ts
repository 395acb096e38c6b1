/** Chromium from npm, for whatever looks at what people see. It brings all it needs: executable, system libraries and fonts. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const STATE = path.join(import.meta.dirname, '../../.lastro/chromium');
const LIBRARIES = 'al2023/lib';
const FONTS = 'fonts/fonts';

export interface Chromium {
  executablePath: string;
  /** What its process must see to find its libraries and fonts. */
  env: Record<string, string>;
}

/** Flags of every run; `--user-data-dir` and the kind of debugging are the caller's. */
export const CHROMIUM_ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
];

/**
 * Where the browser is, unpacked on first use. The package unpacks into the temporary folder, takes what lies there for whole, and its
 * font configuration names folders of a cloud machine only. So it unpacks into a folder of this clone, which gets its name once it is
 * whole, and the fonts are named by a file of ours: nothing depends on what another program left in the temporary folder.
 */
export async function findChromium(): Promise<Chromium> {
  const description = path.join(fileURLToPath(import.meta.resolve('@sparticuz/chromium')), '../../package.json');
  const { version } = JSON.parse(readFileSync(description, 'utf8')) as { version: string };
  const folder = path.join(STATE, `${version}-2`);
  if (!existsSync(folder)) await unpack(folder);
  return {
    executablePath: path.join(folder, 'chromium'),
    env: {
      ...(process.env as Record<string, string>),
      FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
      LD_LIBRARY_PATH: [path.join(folder, LIBRARIES), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
  };
}

async function unpack(folder: string): Promise<void> {
  mkdirSync(STATE, { recursive: true });
  const attempt = mkdtempSync(path.join(STATE, 'unpacking-'));
  const { TMPDIR, AWS_EXECUTION_ENV, FONTCONFIG_PATH, LD_LIBRARY_PATH } = process.env;
  // Read by the package when it is imported: it then unpacks the libraries too.
  Object.assign(process.env, { TMPDIR: attempt, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' });
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    await packaged.executablePath();
  } finally {
    for (const [name, value] of Object.entries({ TMPDIR, AWS_EXECUTION_ENV, FONTCONFIG_PATH, LD_LIBRARY_PATH })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  for (const part of ['chromium', LIBRARIES, FONTS]) {
    if (!existsSync(path.join(attempt, part)))
      throw new Error(`the browser's package has no ${part} any more: see ${import.meta.filename}`);
  }
  writeFileSync(path.join(attempt, 'fonts.conf'), fontsConf(folder));
  try {
    renameSync(attempt, folder);
  } catch (error) {
    // Another process was first, with the same.
    rmSync(attempt, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(folder, FONTS)}</dir>
  <cachedir>${path.join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}
