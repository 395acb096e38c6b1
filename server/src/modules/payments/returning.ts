import type { Clock } from '#platform/clock.ts';
import type { Rails } from './connections/rails.ts';
import { formatDecimalAmount } from './domain/amount.ts';
import { DAY_MS, PIX_BEGAN_MS } from './incoming/ask.ts';
import type { ProviderFact, ReturnReason } from './rails/port.ts';

/** What is learned of a return (pacs.004) at the provider, whoever sends it: us for what nobody here can have, or a person who gives back. */
export type SentReturnFact =
  /** The return was sent, or may have been, and no answer tells what became of it. */
  | { type: 'return-unanswered' }
  /** The provider never received the return: its own word, so that sending again (under the same id) is right. */
  | { type: 'return-not-received' }
  | { type: 'return-executed'; atMs: number }
  /** The provider's own word that it will not give the money back. */
  | { type: 'return-refused'; code: string };

/** A return as it is sent. The same id always goes with the same content. */
export type ReturnToSend = { returnId: string; endToEndId: string; amountMinor: bigint; reason: ReturnReason };

/** Rounds of sending and asking, each longer than the one before up to half a minute, until a refusal of a second send is believed. */
export const ROUNDS_OF_DOUBT = 10;

/** Sends returns over the connection that the money came by, and asks about them: each is one call, harmless to repeat, that answers a fact. */
export function createReturnSender(rails: Pick<Rails, 'of'>, clock: Clock) {
  type Named = Omit<ReturnToSend, 'reason'>;

  return {
    /**
     * `mayBeThere`: an earlier send may have arrived. `doubtsLeft`: rounds until a refusal is believed all the same, where it is not to be
     * found. Certainly not sent: null.
     */
    async send(
      connection: string,
      order: ReturnToSend,
      { mayBeThere, doubtsLeft }: { mayBeThere: boolean; doubtsLeft: number },
    ): Promise<SentReturnFact | null> {
      const { returnId, endToEndId, reason, amountMinor } = order;
      const rail = await rails.of(connection);
      const said = await rail.submitReturn({ returnId, endToEndId, amount: formatDecimalAmount(amountMinor), reason }, amountMinor);
      if (said.fact === 'not-sent') return null;
      if (said.fact === 'refused' && mayBeThere) return confirmRefusal(connection, order, doubtsLeft, said.code);
      return endOf(said) ?? { type: 'return-unanswered' };
    },
    /** Null: nothing was learned. */
    async ask(connection: string, order: Named): Promise<SentReturnFact | null> {
      const said = await query(connection, order);
      return said.fact === 'not-found' ? { type: 'return-not-received' } : endOf(said);
    },
  };

  async function query(connection: string, { returnId, endToEndId, amountMinor }: Named): Promise<ProviderFact> {
    return (await rails.of(connection)).queryReturn({ returnId, endToEndId }, amountMinor);
  }

  /**
   * A refusal of a second send may be about the first: it was executed, and there is nothing left to give back. So the return itself is
   * asked about; while it is not to be found it may only not show yet, for some rounds.
   */
  async function confirmRefusal(connection: string, order: Named, doubtsLeft: number, code: string): Promise<SentReturnFact> {
    const said = await query(connection, order);
    if (said.fact === 'not-found' && doubtsLeft <= 0) return { type: 'return-refused', code };
    return endOf(said) ?? { type: 'return-unanswered' };
  }

  /** What the provider's word on a return means; null while it is still on its way, or is no word to act upon. */
  function endOf(said: ProviderFact): SentReturnFact | null {
    if (said.fact === 'refused' || said.fact === 'cancelled') return { type: 'return-refused', code: said.code };
    if (said.fact !== 'settled' || said.amountMinor === null) return null;
    const { atMs } = said;
    // A time that cannot be is not the provider's word on when; it executed all the same.
    const isPlausible = atMs !== null && atMs >= PIX_BEGAN_MS && atMs <= clock.now() + DAY_MS;
    return { type: 'return-executed', atMs: isPlausible ? atMs : clock.now() };
  }
}
