/** The states and moves of a machine, as data: what the code may do, what the tests strike at, and what people are shown. */

export type StateRule<S extends string, K extends string, A extends string> = {
  /** `end`: over. `people`: nothing but a late fact or a person goes on from here. */
  is?: 'end' | 'people';
  /** What is due here; none: a fact has to come from elsewhere. */
  does?: A | readonly A[];
  /** What is due when something was heard. */
  hears?: A;
  /** Which facts lead on, and where to. Several: the definition chooses. */
  on?: { readonly [F in K]?: S | readonly S[] };
};

export type MachineTable<S extends string = string, K extends string = string, A extends string = string> = {
  readonly [State in S]: StateRule<S, K, A>;
};

export type Move = { from: string; to: string };

const listed = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const rulesOf = (table: MachineTable): [string, StateRule<string, string, string>][] => Object.entries(table);

/** Where a fact may lead from a state. */
export function targetsOf(table: MachineTable, from: string, fact: string): readonly string[] {
  return listed(table[from]?.on?.[fact]);
}

/** Every move of a table from one state to another, each once. */
export function movesOf(table: MachineTable): Move[] {
  return rulesOf(table).flatMap(([from, { on = {} }]) => {
    const to = new Set(Object.values(on).flatMap((target) => listed(target)));
    return [...to].filter((state) => state !== from).map((state) => ({ from, to: state }));
  });
}

/** Every action a table names, each once. */
export function actionsOf(table: MachineTable): string[] {
  return [...new Set(rulesOf(table).flatMap(([, { does, hears }]) => [...listed(does), ...listed(hears)]))];
}

export const statesThatAre = (table: MachineTable, what: 'end' | 'people'): string[] =>
  rulesOf(table).flatMap(([state, { is }]) => (is === what ? [state] : []));

/** Names of the points at which a kill test takes the process down. */
export const actionPoint = (machine: string, action: string, when: 'before' | 'after'): string => `${machine}/${action}:${when}`;
export const movePoint = (machine: string, { from, to }: Move, when: 'before' | 'after'): string => `${machine}/${from}>${to}:${when}`;

export const beginPoint = (machine: string, state: string, when: 'before' | 'after'): string => `${machine}/>${state}:${when}`;

/**
 * Right before and right after each action's outside effect, and the commit of a run's beginning and of each move. `inside`: actions
 * without an effect outside.
 */
export function crashPointsOf(
  machine: string,
  { table, begins }: { table: MachineTable; begins: string },
  inside: readonly string[] = [],
): string[] {
  const actions = actionsOf(table).filter((action) => !inside.includes(action));
  return [
    beginPoint(machine, begins, 'before'),
    beginPoint(machine, begins, 'after'),
    ...actions.flatMap((action) => [actionPoint(machine, action, 'before'), actionPoint(machine, action, 'after')]),
    ...movesOf(table).flatMap((move) => [movePoint(machine, move, 'before'), movePoint(machine, move, 'after')]),
  ];
}

/**
 * Refuses a table whose runs could get lost: a state that leads nowhere known, one that nothing leads to, and one in which a run could wait
 * for ever without anybody seeing it. @throws at the start of the process, never later.
 */
export function checkTable(table: MachineTable, begins: string): void {
  const states = new Set(Object.keys(table));
  const flaws: string[] = [];
  for (const { from, to } of movesOf(table)) if (!states.has(to)) flaws.push(`${from} leads to ${to}, which is no state`);
  const reached = new Set([begins]);
  for (const state of reached) for (const { from, to } of movesOf(table)) if (from === state) reached.add(to);
  for (const state of states) if (!reached.has(state)) flaws.push(`nothing leads to ${state}`);
  for (const [state, { is, does, on = {} }] of rulesOf(table)) {
    if (is === undefined && does === undefined && on['time-is-up'] === undefined)
      flaws.push(`${state} waits for others, and no time ends it: give it an action, a move on time-is-up, or people`);
    if (is !== 'end' && Object.keys(on).length === 0) flaws.push(`nothing leads on from ${state}, and it is no end`);
  }
  if (flaws.length > 0) throw new Error(`a table of moves in which runs can get lost: ${flaws.join('; ')}`);
}
