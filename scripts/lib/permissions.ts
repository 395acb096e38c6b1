import { OPERATOR_ROLES, type OperatorRole } from '../../server/src/platform/operator-roles.ts';
import type { DescribedRoute } from './routes.ts';

/** A route of the desk and the roles that have all its scopes. */
export type DeskPermission = { route: string; scopes: string[]; roles: OperatorRole[] };

/** Role × route: what the routes ask for, against what the manifests give. */
export function deskPermissions(
  routes: readonly DescribedRoute[],
  granted: Readonly<Record<OperatorRole, readonly string[]>>,
): DeskPermission[] {
  return routes
    .filter(({ who }) => who === 'desk' || who.startsWith('desk '))
    .map(({ methods, url, who }) => {
      const scopes = who.split(' ').slice(1);
      const roles = OPERATOR_ROLES.filter((role) => scopes.every((scope) => granted[role].includes(scope)));
      return { route: `${methods.join()} ${url}`, scopes, roles };
    })
    .toSorted((a, b) => (a.route < b.route ? -1 : 1));
}

/** docs/reference/permissions.md */
export function permissionsPage(permissions: readonly DeskPermission[]): string {
  const rows = permissions.map(({ route, scopes, roles }) => {
    const cells = OPERATOR_ROLES.map((role) => (roles.includes(role) ? '✓' : ''));
    return `| \`${route}\` | ${scopes.join(' ')} | ${cells.join(' | ')} |`;
  });
  const head = `| route | scopes | ${OPERATOR_ROLES.join(' | ')} |\n|---|---|${OPERATOR_ROLES.map(() => '---').join('|')}|`;
  return `# Permissions of operators\n\nGenerated: what each route of the desk asks for, and the roles whose scopes (\`operators\` in the modules' manifests) hold all of it. A route without scopes wants a session with a second factor.\n\n${head}\n${rows.join('\n')}\n`;
}
