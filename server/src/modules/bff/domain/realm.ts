/** Whose browsers: customers', or operators', who come by a host of their own. A session of one is none in the other. */
export type Realm = 'customer' | 'operator';

/** What somebody with a session of this realm is to the rest of the house. */
export const actorKindOf = (realm: Realm): 'person' | 'operator' => (realm === 'operator' ? 'operator' : 'person');
