import PDFDocument from 'pdfkit';
import type { Keeper } from '#platform/privacy/keeper.ts';
import type { About, Part } from './export-document.ts';

const GREEN = '#0a4f44';
const MUTED = '#51625f';
const INK = '#10201d';
/** Rows of one part that are printed; the other file has all. */
const MOST_ROWS = 1_000;
/** Longer texts are cut: what is printed is to be read. */
const LONGEST = 400;

const WHEN = new Intl.DateTimeFormat('pt-BR', { timeZone: 'America/Sao_Paulo', dateStyle: 'long', timeStyle: 'short' });

/** The standard fonts of PDF have the letters of Western Europe; what is outside loses its accents or becomes a question mark. */
const toLatin = (text: string): string =>
  [...text.normalize('NFC')].map((char) => (char <= '\u00ff' ? char : char.normalize('NFKD').replace(/[^\x20-\x7e]/g, '') || '?')).join('');

/** `payee.name: Ana`, a line each; what is nothing is left out. */
function linesOf(value: unknown, at = ''): string[] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value !== 'object') return [`${at}: ${String(value)}`.slice(0, LONGEST)];
  return Object.entries(value).flatMap(([name, inner]) => linesOf(inner, at ? `${at}.${name}` : name));
}

/** The copy for reading: the same parts in the same order, with their titles in Portuguese. */
export async function renderPdf(
  about: About,
  keepers: readonly Pick<Keeper, 'module' | 'parts'>[],
  parts: AsyncIterable<Part>,
): Promise<Buffer> {
  const titles = new Map(
    keepers.flatMap(({ module, parts: all }) => Object.entries(all).map(([part, { pt }]) => [`${module}/${part}`, pt])),
  );
  const info = { Title: 'Seus dados pessoais', Producer: 'Lastro', Creator: 'Lastro' };
  const doc = new PDFDocument({ size: 'A4', margin: 48, lang: 'pt-BR', info });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });

  doc.fillColor(GREEN).font('Helvetica-Bold').fontSize(20).text('Seus dados pessoais');
  const made = `Cópia feita em ${WHEN.format(new Date(about.madeAt))} (Brasília), como prevê o art. 18 da LGPD.`;
  const kept = 'Dados mantidos por lei de alguém cujos dados foram apagados. Leitura decidida por duas pessoas e registrada.';
  doc
    .moveDown(0.4)
    .fillColor(MUTED)
    .font('Helvetica')
    .fontSize(10)
    .text(toLatin(about.retained ? kept : made));
  doc.moveDown(0.4).text(`Pessoa: ${about.subjectId}`);

  const shown = new Map<string, number>();
  const total = new Map<string, number>();
  let open: string | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const [all, printed] = [total.get(open) ?? 0, shown.get(open) ?? 0];
    const note = all === 0 ? 'Nada guardado.' : all > printed ? `E mais ${all - printed}, no arquivo JSON.` : '';
    if (note) doc.moveDown(0.3).fillColor(MUTED).font('Helvetica').fontSize(9).text(note);
  };
  for await (const { module, part, rows } of parts) {
    const name = `${module}/${part}`;
    if (name !== open) {
      close();
      open = name;
      doc
        .moveDown(1.1)
        .fillColor(GREEN)
        .font('Helvetica-Bold')
        .fontSize(13)
        .text(toLatin(titles.get(name) ?? name));
    }
    total.set(name, (total.get(name) ?? 0) + rows.length);
    const left = MOST_ROWS - (shown.get(name) ?? 0);
    for (const row of rows.slice(0, Math.max(left, 0))) {
      doc
        .moveDown(0.35)
        .fillColor(INK)
        .font('Helvetica')
        .fontSize(9)
        .text(toLatin(linesOf(row).join('\n')) || '-');
      shown.set(name, (shown.get(name) ?? 0) + 1);
    }
    // What lays out pages does not let others have their turn by itself.
    await new Promise((resolve) => setImmediate(resolve));
  }
  close();
  doc.end();
  return done;
}
