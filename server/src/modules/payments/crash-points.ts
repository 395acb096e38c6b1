/**
 * Names of the points at which the kill test takes the process down: right before and right after each call to another party and
 * each commit of a payment that goes well. A point costs a function call and does nothing unless the composition root hands one in.
 */
export const CRASH_POINTS = [
  'commit:created:before',
  'commit:created:after',
  'assess:before',
  'assess:after',
  'commit:assessed:before',
  'commit:assessed:after',
  'hold:before',
  'hold:after',
  'commit:held:before',
  'commit:held:after',
  'send:before',
  'send:after',
  'commit:sent:before',
  'commit:sent:after',
  'commit:confirmed:before',
  'commit:confirmed:after',
  'post:before',
  'post:after',
  'commit:settled:before',
  'commit:settled:after',
] as const;

/** Points off that path: a payee of ours, a question to the provider, a rejection, what people end. Arrivals and openings have theirs from their tables. */
export const SIDE_CRASH_POINTS = [
  'transfer:before',
  'transfer:after',
  'query:before',
  'query:after',
  'commit:unknown:before',
  'commit:unknown:after',
  'commit:disputed:before',
  'commit:disputed:after',
  'commit:stuck:before',
  'commit:stuck:after',
  'commit:resolved:before',
  'commit:resolved:after',
  'commit:rejected:before',
  'commit:rejected:after',
  'release:before',
  'release:after',
  'commit:failed:before',
  'commit:failed:after',
] as const;

/** Called with a point's name as it is passed. */
export type CrashPoint = (name: string) => void;
