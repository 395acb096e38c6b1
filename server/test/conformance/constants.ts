/** Asks of one module alone when named, as the test of `npm run new:module` does; of all of them otherwise. */
export const ONLY = process.env.CONFORMANCE_MODULE;

/** The number of the person on whose behalf requests are made; `signUp(PERSON)` comes first. */
export const PERSON = 310_000_001;
