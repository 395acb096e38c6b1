/** What somebody may be on an account. */
export const ROLES = ['owner', 'operator', 'viewer', 'accountant'] as const;
export type Role = (typeof ROLES)[number];

/** What can be done with an account. The field's words: `pay` moves money out, `receive` makes codes and charges, `books` records and exports entries. */
export const ACTIONS = ['see', 'pay', 'receive', 'books', 'members:see', 'members:manage', 'account:manage'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Owner: the party itself, or whom it trusts with everything. Operator: the till, pays and receives up to its limits. Accountant: sees and keeps
 * the books, moves no money. Viewer: sees.
 */
const ALLOWED: Readonly<Record<Role, ReadonlySet<Action>>> = {
  owner: new Set(ACTIONS),
  operator: new Set(['see', 'pay', 'receive', 'books', 'members:see']),
  accountant: new Set(['see', 'books', 'members:see']),
  viewer: new Set(['see']),
};

/** What a role may do, for screens that leave out what would be refused. */
export const actionsOf = (role: Role): Action[] => ACTIONS.filter((action) => ALLOWED[role].has(action));

export const mayDo = (role: Role, action: Action): boolean => ALLOWED[role].has(action);
