import { busContract } from './contract-test.ts';
import { createPostgresBus } from './postgres.ts';

busContract('postgres', createPostgresBus);
