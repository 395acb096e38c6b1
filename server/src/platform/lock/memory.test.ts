import { lockContract } from './contract-test.ts';
import { memoryDriver } from './memory.ts';

lockContract('memory', async () => {
  const driver = memoryDriver();
  return { openProcess: () => driver, close: async () => undefined };
});
