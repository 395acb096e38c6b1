/** Where payments are struck at: every point of their table, each in one of three files. */
import { pointsOf } from '#platform/machine/machine.ts';
import { definePaying } from '../../src/modules/payments/domain/paying.ts';
import { INSIDE, PAYMENT_MACHINE } from '../../src/modules/payments/drive/machine.ts';

const POINTS = pointsOf({ name: PAYMENT_MACHINE, definitions: [definePaying()] }, INSIDE);
const isStraight = (point: string): boolean =>
  /\/(>created|assess|hold|send|post|created>assessed|assessed>held|held>sent|sent>confirmed|confirmed>settled):/.test(point);
const isForPeople = (point: string): boolean => /\/(look:|.*(review|disputed|stuck))/.test(point);

/** Of a payment that goes well. */
export const STRAIGHT_POINTS = POINTS.filter(isStraight);
/** Of what people decide, and of the ways there. */
export const PEOPLE_POINTS = POINTS.filter((point) => !isStraight(point) && isForPeople(point));
/** Of what ends otherwise, by itself. */
export const SIDE_POINTS = POINTS.filter((point) => !isStraight(point) && !isForPeople(point));

/** Names both points of some moves or actions: right before and right after. */
export const both = (...what: string[]): string[] =>
  what.flatMap((one) => [`${PAYMENT_MACHINE}/${one}:before`, `${PAYMENT_MACHINE}/${one}:after`]);
export const unreachedFor = (why: string, ...what: string[]): Record<string, string> =>
  Object.fromEntries(both(...what).map((point) => [point, why]));
