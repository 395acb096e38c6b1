import { takeDice } from '../../../test/support/dice.ts';
import { FakeBroker } from '../../../test/support/fake-broker.ts';
import { bridgeContract } from './contract-test.ts';

const dice = takeDice();
const broker = new FakeBroker(4, dice);

bridgeContract(`a broker in memory (LASTRO_SEED=${dice.seed})`, async () => ({
  connect: () => broker.connect(),
  faults: broker.faults,
  close: async () => undefined,
}));
