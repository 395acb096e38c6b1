import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTENING = '0A';

/**
 * Whether this very process listens on the TCP port; undefined where the system does not tell (no /proc). An answer from a port
 * alone proves nothing: another program may have taken it a moment before.
 */
export function listensOn(pid: number, port: number): boolean | undefined {
  if (!existsSync('/proc/net/tcp')) return undefined;
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(socketInode(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false; // it has ended
  }
}

function listeningInodes(table: string, port: number): string[] {
  if (!existsSync(table)) return [];
  const rows = readFileSync(table, 'utf8').trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    // local address, remote address, state, queues, timer, retransmits, uid, timeout, inode
    const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
    return state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port ? [inode] : [];
  });
}

function socketInode(link: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? '';
  } catch {
    return ''; // closed meanwhile
  }
}
