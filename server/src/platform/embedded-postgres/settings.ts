import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EmbeddedPostgresError } from './failure.ts';
import { type Instance, socketFolder } from './instance.ts';

/** Postgres settings by name, as in postgresql.conf. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** What keeps committed money on disk is not for tuning. */
const FIXED = { fsync: true, full_page_writes: true, synchronous_commit: 'on' } as const;

const LAPTOP: Settings = {
  max_connections: 100,
  shared_buffers: '128MB',
  wal_level: 'replica',
  wal_compression: true,
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  // A young cluster's tables grow from nothing: without statistics the planner takes whole indexes for seeks.
  autovacuum_naptime: '10s',
  jit: false,
  timezone: 'UTC',
  log_timezone: 'UTC',
  password_encryption: 'scram-sha-256',
  log_line_prefix: '%m [%p] %q%u@%d ',
  // Failing statements and the details of a violated constraint carry values, that is, personal data: they stay out of the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** Throws when the settings would weaken durability or are none. */
export function checkSettings(wanted: Settings = {}): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (name in FIXED) throw new EmbeddedPostgresError(`The setting ${name} is not for changing: it keeps committed money on disk.`);
    if (!/^[a-z_.]+$/.test(name) || /[\n\r]/.test(String(value))) throw new EmbeddedPostgresError(`Not a Postgres setting: ${name}`);
  }
}

/** The text of the cluster's settings file. */
export function renderSettings(instance: Instance, port: number, wanted: Settings = {}): string {
  const sockets = { listen_addresses: '127.0.0.1', port, unix_socket_directories: socketFolder(instance) ?? '' };
  const all: Settings = { ...LAPTOP, ...wanted, ...FIXED, ...sockets };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${quote(value)}`);
  return `# Written anew at each start; changes made here are lost.\n${lines.join('\n')}\n`;
}

export function currentSettings(instance: Instance): string {
  const file = path.join(instance.data, 'lastro.conf');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

export function writeSettings(instance: Instance, text: string): void {
  const file = path.join(instance.data, 'lastro.conf');
  // Readable for Postgres' user, who may be another than we; the folder around it is closed to all others.
  writeFileSync(`${file}.new`, text, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

/** Makes a fresh cluster read our file after its own. */
export function includeSettings(data: string): void {
  appendFileSync(path.join(data, 'postgresql.conf'), "\ninclude_if_exists = 'lastro.conf'\n");
}

function quote(value: string | number | boolean): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `'${value.replaceAll("'", "''")}'`;
}
