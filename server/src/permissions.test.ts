/** Who may do what at the desk, as the routes and the manifests say it: docs/reference/permissions.md is made of the same. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { describeHouse } from '../../scripts/lib/openapi.ts';
import { type DeskPermission, deskPermissions } from '../../scripts/lib/permissions.ts';
import { MODULES, scopesOf } from './module-list.ts';
import { OPERATOR_ROLES } from './platform/operator-roles.ts';

let permissions: DeskPermission[];
before(async () => {
  permissions = deskPermissions((await describeHouse(MODULES)).routes, scopesOf(MODULES).roles);
});
const may = (role: (typeof OPERATOR_ROLES)[number], route: string): boolean =>
  permissions.find((one) => one.route === route)?.roles.includes(role) ?? false;

test('every route of the desk is somebody’s, and none of those that change something is everybody’s', () => {
  assert.ok(permissions.length >= 15, String(permissions.length));
  for (const { route, roles } of permissions) {
    assert.ok(roles.length > 0, `${route} is reachable by nobody`);
    if (!route.startsWith('GET')) assert.ok(roles.length < OPERATOR_ROLES.length, `${route} is everybody's`);
  }
});

test('who approves money is not who adds operators, and who only looks changes nothing', () => {
  const changes = permissions.filter(({ route }) => !route.startsWith('GET')).map(({ route }) => route);
  for (const role of ['auditor', 'support'] as const)
    assert.deepEqual(
      changes.filter((route) => may(role, route)),
      [],
      `${role} only looks`,
    );
  const approves = 'POST /bff/v1/desk/payments/approvals/:id/decide';
  assert.deepEqual(
    OPERATOR_ROLES.filter((role) => may(role, approves)),
    ['approver'],
  );
  assert.deepEqual(
    OPERATOR_ROLES.filter((role) => may(role, 'POST /bff/v1/desk/identity/operators')),
    ['admin'],
  );
  assert.ok(!may('admin', 'GET /bff/v1/desk/payments/waiting'), 'an admin of people sees no money');
});

test('operators have scopes that there are, and none that moves money by itself', () => {
  const { all, roles } = scopesOf(MODULES);
  for (const [role, scopes] of Object.entries(roles)) {
    assert.ok(scopes.length > 0, role);
    for (const scope of scopes) {
      assert.ok(all.includes(scope), `${role} has "${scope}", which is none`);
      assert.ok(!['payments:write', 'ledger:write', 'accounts:write', 'people:write'].includes(scope), `${role} has ${scope}`);
    }
  }
});
