import { defineModule } from '#platform/manifest.ts';

export default defineModule({
  name: 'banks',
  floor: 6,
  about: 'statements of banks: what they say, what of it is new, and what agrees with the books',
  folder: import.meta.dirname,
  create: async () => ({ name: 'banks' }),
});
