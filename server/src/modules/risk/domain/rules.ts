/**
 * The rule language: conditions over named inputs as plain JSON, compiled once to closures. Three-valued: a condition over an input that
 * is missing is neither true nor false, and says which input was missing, so that nothing unknown ever reads as safe.
 */
export const INPUTS = {
  amountMinor: 'money',
  attemptsLast10Minutes: 'count',
  failedLastHour: 'count',
  paymentsLast10Minutes: 'count',
  paymentsLastHour: 'count',
  sumLastDayMinor: 'money',
  largestSettledMinor: 'money',
  settledCount: 'count',
  isNewPayee: 'flag',
  isBlockListed: 'flag',
  isNight: 'flag',
} as const;
export type InputName = keyof typeof INPUTS;
type ValueOf<K> = K extends 'money' ? bigint : K extends 'count' ? number : boolean;
/** What the rules see; null where nobody answered in time. Money in minor units. */
export type Inputs = { readonly [N in InputName]: ValueOf<(typeof INPUTS)[N]> | null };

/** An input, optionally times a whole number, or a constant in digits. */
export type Operand = { input: InputName; times?: number } | { value: string };
export type Condition =
  | { is: InputName }
  | { not: Condition }
  | { all: readonly Condition[] }
  | { any: readonly Condition[] }
  | { atLeast: readonly [Operand, Operand] }
  | { above: readonly [Operand, Operand] };

/** A finding, `true` or `false`, or the inputs without which it cannot be told. */
export type Finding = boolean | { missing: readonly InputName[] };
export type Compiled = (inputs: Inputs) => Finding;

const isMissing = (finding: Finding): finding is { missing: readonly InputName[] } => typeof finding === 'object';

/** Compiles a condition. Throws when it names an input that does not exist or compares what cannot be compared. */
export function compile(condition: Condition): Compiled {
  if ('is' in condition) return flag(condition.is);
  if ('not' in condition) {
    const inner = compile(condition.not);
    return (inputs) => {
      const found = inner(inputs);
      return isMissing(found) ? found : !found;
    };
  }
  if ('all' in condition) return combine(condition.all.map(compile), false);
  if ('any' in condition) return combine(condition.any.map(compile), true);
  const [left, right] = 'atLeast' in condition ? condition.atLeast : condition.above;
  return comparison(left, right, 'atLeast' in condition ? (a, b) => a >= b : (a, b) => a > b);
}

function flag(name: InputName): Compiled {
  if (INPUTS[name] !== 'flag') throw new Error(`"${name}" is not a flag of the rule language`);
  const unknown = { missing: [name] };
  return (inputs) => (inputs[name] as boolean | null) ?? unknown;
}

/** `decisive` ends it: one true of any, one false of all. What is missing matters only when nothing decides. */
function combine(parts: readonly Compiled[], decisive: boolean): Compiled {
  return (inputs) => {
    let missing: InputName[] | undefined;
    for (const part of parts) {
      const found = part(inputs);
      if (isMissing(found)) missing = [...(missing ?? []), ...found.missing];
      else if (found === decisive) return decisive;
    }
    return missing ? { missing } : !decisive;
  };
}

function comparison(left: Operand, right: Operand, test: (a: bigint, b: bigint) => boolean): Compiled {
  const [a, b] = [operand(left), operand(right)];
  return (inputs) => {
    const x = a(inputs);
    const y = b(inputs);
    if (typeof x === 'bigint' && typeof y === 'bigint') return test(x, y);
    return { missing: [x, y].filter((one) => typeof one !== 'bigint') };
  };
}

function operand(one: Operand): (inputs: Inputs) => bigint | InputName {
  if ('value' in one) {
    if (!/^\d{1,38}$/.test(one.value)) throw new Error(`"${one.value}" is not a whole number in digits`);
    const value = BigInt(one.value);
    return () => value;
  }
  const { input } = one;
  if (INPUTS[input] !== 'money' && INPUTS[input] !== 'count') throw new Error(`"${input}" is not a number of the rule language`);
  const times = BigInt(one.times ?? 1);
  return (inputs) => {
    const value = inputs[input];
    return value === null ? input : BigInt(value as bigint | number) * times;
  };
}
