import { kindOfFault } from './faults.ts';

/**
 * Whether the database refused what it was given, and would again. One such item in a batch is worth writing the others without it; a
 * database that is away, slow or short of something is not.
 */
export const isUnstorable = (error: unknown): boolean => kindOfFault(error) === 'data';
