import { userInfo } from 'node:os';
import type { Actor } from '#platform/context.ts';

/** Whoever has the database has it all: what the command line does is on record under the name of the system's user. */
export const systemUser = (): Actor => ({ kind: 'service', id: `admin:${userInfo().username}` });
