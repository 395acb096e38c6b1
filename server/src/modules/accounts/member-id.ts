import type { Actor } from '#platform/context.ts';
import { derivedId } from '#platform/id.ts';

/** As which member somebody acts: a person under their own id, a client under one derived from its name. */
export const memberIdOf = ({ kind, id }: Actor): string => (kind === 'person' ? id : clientMemberId(id));
export const clientMemberId = (clientId: string): string => derivedId('accounts', 'client', clientId);
