import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Errand, type ErrandAction, type ErrandFact, errandDefinition, errandMachine } from '../../../test/support/errands.ts';
import { type Definition, define, definitionOf } from './definition.ts';
import { pointsOf } from './machine.ts';
import { freshRun } from './run.ts';
import { checkTable, crashPointsOf, type MachineTable, movesOf } from './table.ts';

const fresh = (status: Errand['status'], more: Partial<Errand> = {}): Errand => ({
  ...freshRun({ tenantId: 't', id: 'i', status, definition: 1 }),
  note: '',
  ...more,
});

describe('a table of moves', () => {
  const fine: MachineTable = {
    begun: { does: 'ask', on: { told: 'heard' } },
    heard: { on: { answered: 'over', 'time-is-up': 'seen-to' } },
    'seen-to': { is: 'people', on: { ended: 'over' } },
    over: { is: 'end' },
  };
  for (const [what, table, complaint] of [
    ['leads nowhere known', { ...fine, begun: { does: 'ask', on: { told: 'haerd' } } }, /begun leads to haerd/],
    ['has a state nothing leads to', { ...fine, lonely: { does: 'ask', on: { told: 'over' } } }, /nothing leads to lonely/],
    [
      'lets a run wait for ever',
      { ...fine, heard: { hears: 'ask', on: { answered: 'seen-to' } } },
      /heard waits for others, and no time ends it/,
    ],
    [
      'stops without an end',
      { ...fine, begun: { does: 'ask', on: { told: 'heard', lost: 'hole' } }, hole: { does: 'ask' } },
      /nothing leads on from hole/,
    ],
  ] as [string, MachineTable, RegExp][])
    it(`that ${what} does not start`, () => assert.throws(() => checkTable(table, 'begun'), complaint));

  it('that is whole passes', () => checkTable(fine, 'begun'));

  it('gives the beginning, each move and each action two points to strike at', () => {
    assert.deepEqual(crashPointsOf('m', { table: fine, begins: 'begun' }, []), [
      ...['m/>begun:before', 'm/>begun:after', 'm/ask:before', 'm/ask:after'],
      ...['begun>heard', 'heard>over', 'heard>seen-to', 'seen-to>over'].flatMap((move) => [`m/${move}:before`, `m/${move}:after`]),
    ]);
    const points = pointsOf(errandMachine, { listen: { inside: true } });
    assert.ok(points.includes('errands.errand/waiting>stuck:after'));
    assert.ok(!points.includes('errands.errand/listen:before'), 'nothing outside happens there');
    assert.equal(points.length, 2 * (1 + 3 + movesOf(errandMachine.definitions[0]!.table).length));
  });
});

describe('a definition', () => {
  const definition = errandDefinition();

  it('moves by its table, counts tries, and begins to count anew when it gets further', () => {
    const tried = definition.evolve(fresh('asked'), { type: 'nothing-learned' });
    assert.deepEqual([tried.verdict, tried.run.attempt, tried.run.status], ['waits', 1, 'asked']);
    const moved = definition.evolve(tried.run, { type: 'reserved', note: 'x' });
    assert.deepEqual([moved.verdict, moved.run.attempt, moved.run.status, moved.run.note], ['moved', 0, 'reserved', 'x']);
  });

  it('counts a circle as tries, so that rounds grow apart', () => {
    const unknown = definition.evolve(fresh('reserved'), { type: 'answer-missing' }).run;
    const again = definition.evolve(unknown, { type: 'not-found' }).run;
    assert.deepEqual([unknown.attempt, again.status, again.attempt], [1, 'reserved', 2]);
    assert.ok(definition.next(again, 0)!.afterMs >= 20);
  });

  it('ignores what does not fit', () => {
    assert.equal(definition.evolve(fresh('done'), { type: 'refused' }).verdict, 'ignored');
    assert.equal(definition.next(fresh('done'), 0), null);
  });

  it('lets its time end what only waits, and gives what was heard a hearing', () => {
    assert.equal(definition.next(fresh('waiting'), 0), null);
    assert.deepEqual(definition.next(fresh('waiting', { news: 1 }), 0), { action: 'listen', afterMs: 0 });
    assert.deepEqual(definition.next(fresh('waiting', { isOver: true }), 0), { action: 'give-up', afterMs: 0 });
    const { run } = definition.evolve(fresh('waiting', { isOver: true }), { type: 'time-is-up' });
    assert.deepEqual([run.status, run.trouble], ['stuck', 'TIME_IS_UP']);
  });

  it('may make no move that the table does not have', () => {
    const inventive = define<Errand, ErrandFact, ErrandAction>({
      version: 1,
      begins: 'asked',
      table: definition.table,
      judge: (run) => ({ run: { ...run, status: 'cancelled' }, verdict: 'moved' }),
    });
    assert.throws(
      () => inventive.evolve(fresh('asked'), { type: 'reserved' }),
      /from asked to cancelled, which the table of moves does not say/,
    );
  });

  it('of another version is refused, not misread', () => {
    assert.throws(
      () => definitionOf([definition] as Definition<Errand, never, never>[], fresh('asked', { definition: 2 })),
      /definition 2 .* not known/,
    );
    assert.equal(definitionOf([definition, errandDefinition(2, 'done')], fresh('asked', { definition: 2 })).version, 2);
  });
});
