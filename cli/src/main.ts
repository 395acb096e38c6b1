import { Command, CommanderError } from 'commander';
import { cashflowCommand } from './cashflow-command.ts';
import { exportCommand } from './export-command.ts';
import { importCommand } from './import-command.ts';
import { readCommands } from './read-commands.ts';
import { rebuildCommand } from './rebuild-command.ts';
import { createShell, EXIT, type GlobalOptions, judge, type Shell } from './shell.ts';
import { verifyCommand } from './verify-command.ts';
import { wordsFor } from './words.ts';

/** Runs one command. Ends the process with 0 (done), 1 (failed), 2 (used wrongly) or 3 (something does not agree). */
export async function main(args: readonly string[]): Promise<void> {
  const words = wordsFor(process.env);
  const program = new Command('lastro')
    .description(words.about)
    .option('--url <url>', words.url)
    .option('--client-id <id>', words.clientId)
    .option('--client-secret <secret>', words.clientSecret)
    .option('--json', words.json)
    .showHelpAfterError(words.usage)
    .exitOverride();
  const shell = (): Shell => createShell(words, program.opts<GlobalOptions>(), process.env);
  for (const add of [readCommands, verifyCommand, rebuildCommand, exportCommand, importCommand, cashflowCommand])
    add(program, words, shell);
  // A reader that has seen enough, such as `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed));
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    const { message, exit } = judge(error, words);
    process.stderr.write(`${message}\n`);
    process.exitCode = exit;
  }
}
