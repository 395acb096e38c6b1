import { createReadStream, readFileSync, statSync } from 'node:fs';
import { readLines } from '@lastro/client';
import {
  createTokenChecker,
  type DayStatement,
  type InclusionProof,
  readAnchorFolder,
  verifyExport,
} from '@lastro/server/ledger/verify-export';
import type { Command } from 'commander';
import { EXIT, Refusal, type Shell } from './shell.ts';
import type { Words } from './words.ts';

type Options = { proof?: string[]; head?: string; days?: string; tsaCa?: string };

export function verifyCommand(program: Command, words: Words, shell: () => Shell): void {
  program
    .command('verify')
    .description(words.verify)
    .argument('<file>')
    .option('--proof <file...>', words.proofs)
    .option('--days <path>', words.days)
    .option('--tsa-ca <file>', words.tsaCa)
    .option('--head <batch:hash>', words.head)
    .action(async (file: string, options: Options) => {
      const out = shell();
      const report = await verifyExport(readLines(createReadStream(file)), {
        ...(options.head ? { head: headOf(options.head, words) } : {}),
        ...(options.days ? { days: await daysOf(options.days) } : {}),
        ...(options.tsaCa ? { checkToken: createTokenChecker(readFileSync(options.tsaCa, 'utf8')) } : {}),
        proofs: (options.proof ?? []).map((one) => JSON.parse(readFileSync(one, 'utf8')) as InclusionProof),
        onProgress: ({ records, toSeq }) => out.progress(`${words.records}: ${records}/${toSeq}`),
      });
      if (out.json) out.print(JSON.stringify(report));
      else {
        const { records, batches, lastSeq, lastBatch, head, rootsVerified, proofsVerified, anchorsVerified } = report;
        for (const [name, value] of Object.entries({
          records,
          batches,
          lastSeq,
          lastBatch,
          head,
          rootsVerified,
          proofsVerified,
          anchorsVerified,
        }))
          out.print(`${name}\t${value}`);
        for (const { line, code, detail } of report.problems) out.print(`${file}:${line}\t${code}\t${detail}`);
        for (const note of report.notes) out.say(note);
      }
      out.say(report.ok ? words.ok : `${words.notOk} (${report.problemCount})`);
      if (!report.ok) process.exitCode = EXIT.differs;
    });
}

function headOf(text: string, words: Words): { batch: number; hash: string } {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (!match) throw new Refusal(`--head: ${text}. ${words.usage}`, EXIT.usage);
  return { batch: Number(match[1]), hash: match[2]! };
}

/** A folder of anchored statements, a list of them in a file, or a page of them as the server answers it. */
async function daysOf(file: string): Promise<DayStatement[]> {
  if (statSync(file).isDirectory()) return readAnchorFolder(file);
  const value = JSON.parse(readFileSync(file, 'utf8')) as DayStatement[] | { days: DayStatement[] };
  return Array.isArray(value) ? value : value.days;
}
