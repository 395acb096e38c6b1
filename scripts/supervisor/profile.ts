import { MODULES } from '../../server/src/module-list.ts';
import { PROFILES, type Profile } from '../../server/src/profiles.ts';

export type ChosenProfile = Profile & {
  /** Absent when everything runs. */
  name?: string;
  /** Whether a module of it serves the web app. */
  hasScreens: boolean;
};

const EVERYTHING: Profile = {
  about: 'Tudo',
  modules: MODULES.map(({ name }) => name),
  sandboxes: ['pix'],
  demo: 'demo.ts',
  fill: 'demo-data.ts',
};

/** `--profile cash`, `--profile=cash` or LASTRO_PROFILE; everything without one. Throws when there is none of that name. */
export function chooseProfile(args: readonly string[], env: Record<string, string | undefined>): ChosenProfile {
  const at = args.findIndex((one) => one === '--profile' || one.startsWith('--profile='));
  const name = at < 0 ? env.LASTRO_PROFILE || undefined : (args[at]!.split('=')[1] ?? args[at + 1]);
  const found = at < 0 && name === undefined ? EVERYTHING : PROFILES[name ?? ''];
  if (!found) throw new Error(`o perfil é um de ${Object.keys(PROFILES).join(', ')}, e não "${name ?? ''}"`);
  return { ...found, ...(name === undefined ? {} : { name }), hasScreens: found.modules.some((module) => servesWeb.has(module)) };
}

const servesWeb = new Set(MODULES.filter(({ settings = {} }) => 'WEB_DIST' in settings).map(({ name }) => name));
