import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_CLIENT_ID, DEMO_CLIENT_SECRET } from '../../server/src/modules/identity/seed.ts';

export interface DemoLogin {
  name: string;
  login: string;
  password: string;
}

export interface BannerFacts {
  publicUrl: string;
  metricsUrl: string;
  /** What runs: named when it is a part. */
  profile: { name?: string; about: string; hasScreens: boolean };
  sandboxUrl?: string;
  database: string;
  logs: string;
  logins: readonly DemoLogin[];
  readySeconds: string;
  /** The sandbox's port when it is not the one asked for, and the one asked for. */
  movedFrom?: number;
}

/** Who can log in with demo data, as `scripts/demo-data.ts` left it in `.lastro/demo-logins.json`; nobody when it did not. */
export function readDemoLogins(state: string): DemoLogin[] {
  const file = path.join(state, 'demo-logins.json');
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DemoLogin[];
  } catch {
    return [];
  }
}

/** The text shown once everything runs. */
export function renderBanner(facts: BannerFacts): string {
  const rows: [string, string][] = [
    ...(facts.profile.name ? [[`Perfil ${facts.profile.name}`, facts.profile.about] as [string, string]] : []),
    [facts.profile.hasScreens ? 'Aplicativo' : 'API', facts.publicUrl],
    ['Documentação da API', `${facts.publicUrl}/docs`],
    ['Demonstração', `npm run demo${facts.profile.name ? ` -- --profile ${facts.profile.name}` : ''} (em outro terminal)`],
    ['Métricas', facts.metricsUrl],
    ...(facts.sandboxUrl ? [['Sandbox de pagamentos', facts.sandboxUrl] as [string, string]] : []),
    ['Banco de dados', facts.database],
    ['Logs', facts.logs],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  const logins = facts.logins.map(({ name, login, password }) => `  ${name.padEnd(width)}  ${login}  senha ${password}`);
  return [
    '',
    `Lastro está no ar (pronto em ${facts.readySeconds} s)`,
    '',
    ...lines,
    ...(logins.length > 0 ? ['', 'Contas de demonstração', ...logins] : []),
    '',
    'Cliente da API (veja README, passo 6)',
    `  ${'identificador'.padEnd(width)}  ${DEMO_CLIENT_ID}`,
    `  ${'segredo'.padEnd(width)}  ${DEMO_CLIENT_SECRET}`,
    `  ${'para a CLI e o cliente'.padEnd(width)}  export LASTRO_URL=${facts.publicUrl}`,
    ...(facts.movedFrom
      ? ['', `A porta ${facts.movedFrom} está ocupada: este sandbox atende em ${facts.sandboxUrl} (para escolher: SANDBOX_PORT=…).`]
      : []),
    '',
    'Ctrl-C encerra com segurança.',
    '',
  ].join('\n');
}
