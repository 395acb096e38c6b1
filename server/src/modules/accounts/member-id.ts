import type { Actor } from '#platform/context.ts';
import { derivedId } from '#platform/id.ts';

/** As which member somebody acts: a person under their own id, a client under one derived from its name. Anybody else is nobody's member. */
export const memberIdOf = ({ kind, id }: Actor): string =>
  kind === 'person' ? id : derivedId('accounts', kind === 'service' ? 'client' : kind, id);
export const clientMemberId = (clientId: string): string => memberIdOf({ kind: 'service', id: clientId });
