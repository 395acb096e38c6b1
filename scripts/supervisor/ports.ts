/** The internal port, for faces and metrics, lies so far above the public one, if it is free. */
export const INTERNAL_OFFSET = 1_100;
