import type { Command } from 'commander';
import { EXIT, type Shell } from './shell.ts';
import type { Words } from './words.ts';

export function rebuildCommand(program: Command, words: Words, shell: () => Shell): void {
  program
    .command('rebuild')
    .description(words.rebuild)
    .option('--apply', words.apply)
    .action(async ({ apply = false }: { apply?: boolean }) => {
      const out = shell();
      // Brings the ledger along, which no other command needs.
      const { rebuildLedger } = await import('@lastro/server/operate');
      const report = await rebuildLedger({
        adminUrl: process.env.DATABASE_ADMIN_URL,
        apply,
        onProgress: ({ projection, done, total }) => out.progress(`${projection}: ${done}/${total}`),
      });
      if (out.json) out.print(JSON.stringify(report));
      else await out.rows(report.projections, ['projection', 'rows', 'missing', 'extra', 'different', 'examples']);
      out.say(report.identical ? words.identical : report.applied ? words.applied : words.differs);
      if (!report.identical) process.exitCode = EXIT.differs;
    });
}
