import { BlockList, isIP, SocketAddress } from 'node:net';
import { refuse } from '../errors.ts';

/** An office, its providers and their spares; a longer list is a list of everybody. */
const MOST = 50;
const FAMILY = { 4: { name: 'ipv4', bits: 32 }, 6: { name: 'ipv6', bits: 128 } } as const;

type Network = { address: string; bits: number; family: 'ipv4' | 'ipv6' };

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`; null for anything else, and for a network that is the whole internet. */
function readNetwork(text: string): Network | null {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address) as 0 | 4 | 6;
  if (version === 0 || rest.length > 0 || address.includes('%') || !/^(\d{1,3})?$/.test(length ?? '') || length === '') return null;
  const { name: family, bits: all } = FAMILY[version];
  const bits = length === undefined ? all : Number(length);
  return bits >= 1 && bits <= all ? { address: new SocketAddress({ address, family }).address, bits, family } : null;
}

/**
 * Networks a key may be used from, each once, as they are kept. None means any.
 *
 * @throws IDENTITY_NETWORK_INVALID
 */
export function readNetworks(given: readonly string[]): string[] {
  const read = given.map((text) => {
    const network = readNetwork(text.trim());
    if (!network)
      throw refuse('IDENTITY_NETWORK_INVALID', {
        detail: {
          pt: `"${text.slice(0, 60)}" não é um endereço nem uma rede.`,
          en: `"${text.slice(0, 60)}" is neither an address nor a network.`,
        },
      });
    return `${network.address}/${network.bits}`;
  });
  if (read.length > MOST)
    throw refuse('IDENTITY_NETWORK_INVALID', { detail: { pt: `Há mais de ${MOST} redes.`, en: `There are more than ${MOST} networks.` } });
  return [...new Set(read)];
}

/** Tells whether an address is in one of these networks; an address nobody knows is in none, and no network at all means any. */
export function insideOf(networks: readonly string[]): (address: string | undefined) => boolean {
  if (networks.length === 0) return () => true;
  const list = new BlockList();
  for (const text of networks) {
    const network = readNetwork(text);
    if (network) list.addSubnet(network.address, network.bits, network.family);
  }
  return (address) => {
    const bare = address?.split('%')[0] ?? '';
    const version = isIP(bare) as 0 | 4 | 6;
    return version !== 0 && list.check(bare, FAMILY[version].name);
  };
}
