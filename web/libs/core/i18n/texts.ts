/** One text in Portuguese and in English. `{name}` marks what is filled in. */
export type Pair = readonly [pt: string, en: string];
/** A text that depends on how many: what `n` counts. Languages with more forms than ours have two more here. */
export type Plural = { readonly one: Pair; readonly other: Pair };
/** Texts by name, in groups as deep as one likes. */
export type Tree = { readonly [name: string]: Pair | Plural | Tree };
export type ProblemTexts = Readonly<Record<string, { title: Pair; text: Pair }>>;

/** All texts there are, by group: each file of texts adds its own (`declare module … interface Texts`), so that a key that is none does not compile. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by those who define texts
export interface Texts {}

type Leaves<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends Pair | Plural ? `${P}${K}` : Leaves<T[K], `${P}${K}.`>;
}[keyof T & string];
export type Key = Leaves<Texts>;

const texts = new Map<string, Pair | Plural>();
const problems = new Map<string, ProblemTexts[string]>();

/** Makes the texts known, by their path (`home.kpi.in7`). Done where a feature's code is loaded, so that nobody fetches texts of pages not seen. */
export function defineTexts<const T extends Tree>(tree: T): T {
  const add = (part: Tree, path: string): void => {
    for (const [name, value] of Object.entries(part)) {
      if (Array.isArray(value) || isPlural(value)) texts.set(path + name, value as Pair | Plural);
      else add(value as Tree, `${path}${name}.`);
    }
  };
  add(tree, '');
  return tree;
}
/** What happened, and what to do, by the code of a refusal. */
export function defineProblems(of: ProblemTexts): void {
  for (const [code, words] of Object.entries(of)) problems.set(code, words);
}
/** Both forms are there in both languages. */
export const plural = <const T extends Plural>(forms: T): T => forms;

export const isPlural = (value: unknown): value is Plural =>
  typeof value === 'object' && value !== null && 'one' in value && 'other' in value;
export const findText = (key: string): Pair | Plural | undefined => texts.get(key);
export const findProblem = (code: string): ProblemTexts[string] | undefined => problems.get(code);
/** For the test that looks for what is missing or unused. */
export const everyKey = (): string[] => [...texts.keys()];
