import { type AdminCommand, needed } from '#platform/admin.ts';
import { createClientAdmin } from './client-admin.ts';

/** Says whether a client may go on, or throws when there is none of that name. */
const turn = (verb: 'disable' | 'enable'): AdminCommand['run'] => {
  return async ([given], parts) => {
    const id = needed(given, 'the client');
    if (!(await createClientAdmin(parts)[verb](id))) throw new Error(`there is no client "${id}"; "clients" lists them`);
    console.log(`${id} ${verb === 'disable' ? 'is disabled; its tokens no longer count' : 'may ask for tokens again'}`);
  };
};

export const commands: Record<string, AdminCommand> = {
  clients: {
    about: 'applications that may ask for tokens',
    run: async (_args, parts) => console.table(await createClientAdmin(parts).list()),
  },
  'client-disable': { takes: '<id>', about: 'it gets no token any more, and those it has stop counting', run: turn('disable') },
  'client-enable': { takes: '<id>', about: 'it may ask for tokens again', run: turn('enable') },
};
