import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type TSchema, Type } from 'typebox';
import { explain } from './explain.ts';

const closed = { additionalProperties: false };
const Shape = Type.Union([
  Type.Object({ kind: Type.Literal('circle'), radius: Type.Integer({ minimum: 1 }) }, closed),
  Type.Object(
    { kind: Type.Literal('box'), width: Type.Integer(), height: Type.Optional(Type.Union([Type.Integer(), Type.Null()])) },
    closed,
  ),
]);
const said = (schema: TSchema, value: unknown) => explain(schema, value).map(({ pointer, detail }) => `${pointer} ${detail.en}`);

describe('what is wrong with a value', () => {
  test('of a union is said of the form that was meant, never of another', () => {
    const cases: [unknown, string[]][] = [
      [{ kind: 'box' }, ['/width is required']],
      [{ kind: 'box', width: 'x' }, ['/width must be a whole number']],
      [{ kind: 'box', width: 1, height: 'x' }, ['/height must be a whole number']],
      [{ kind: 'box', width: 1, radius: 2 }, ['/radius is no field of this; the fields are kind, width, height']],
      [{ kind: 'bocks', width: 1 }, ['/kind choose one of circle, box']],
      [{ width: 1 }, ['/kind is required; choose one of circle, box']],
      [{ kind: 'circle', radius: 0 }, ['/radius must be ≥ 1']],
    ];
    for (const [value, expected] of cases) assert.deepEqual(said(Shape, value), expected, JSON.stringify(value));
  });

  test('is found inside lists and objects, every field with its own place', () => {
    const list = Type.Object({ shapes: Type.Array(Shape, { minItems: 1, maxItems: 3 }) }, closed);
    const wrong = { shapes: [{ kind: 'circle', radius: 1 }, { kind: 'circle' }, { kind: 'box', width: 1.5 }] };
    assert.deepEqual(said(list, wrong), ['/shapes/1/radius is required', '/shapes/2/width must be a whole number']);
    assert.deepEqual(said(list, { shapes: [] }), ['/shapes has fewer than 1 items']);
    assert.deepEqual(said(list, { shapes: Array(4).fill({ kind: 'circle', radius: 1 }) }), ['/shapes has more than 3 items']);
    assert.deepEqual(said(list, null), [' must be an object']);
  });

  test('of fixed words lists them; of a union of other forms the nearest is meant', () => {
    assert.deepEqual(said(Type.Union([Type.Literal('in'), Type.Literal('out')]), 'up'), [' choose one of in, out']);
    const either = Type.Union([Type.Object({ ids: Type.Array(Type.String()) }, closed), Type.Object({ accountId: Type.String() }, closed)]);
    assert.deepEqual(said(either, { accountId: 5 }), ['/accountId must be text']);
  });

  test('a schema may say in words what a pattern says to machines', () => {
    const words = { pt: 'precisa ser de 1 a 200', en: 'must be 1 to 200' };
    assert.deepEqual(said(Type.Object({ limit: Type.Optional(Type.String({ pattern: '^\\d$', 'x-words': words })) }), { limit: 'x' }), [
      '/limit must be 1 to 200',
    ]);
  });

  test('comes in both languages, and however much is wrong not without end', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field${i}`, i]));
    const flaws = explain(Type.Object({}, closed), many);
    assert.equal(flaws.length, 20);
    for (const value of [{}, { kind: 'x' }, { kind: 'circle', radius: 'x', more: 1 }, 5, null, []])
      for (const { detail } of explain(Shape, value)) assert.ok(detail.pt && detail.en && detail.pt !== detail.en, JSON.stringify(value));
  });
});
