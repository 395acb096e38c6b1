import PDFDocument from 'pdfkit';
import { formatReais, formatWhen } from './brl.ts';
import type { Comprovante } from './contract.ts';

type Row = [label: string, value: string];

/** One page of a phone's width, as high as its rows: banking apps send such pages, and a printer takes them, too. */
const WIDTH = 420;
const MARGIN = 34;
const INNER = WIDTH - 2 * MARGIN;
const GREEN = '#0a4f44';
const MUTED = '#51625f';
const LINE = '#dfe5e1';
const LABEL_SIZE = 9;
const VALUE_SIZE = 10.5;
/** What a row, a section and everything else take beside the text of the values. */
const ROW_HEIGHT = 16.5;
const SECTION_HEIGHT = 40;
const HEAD_HEIGHT = 190;

/** The standard fonts of PDF have the letters of Western Europe; what is outside loses its accents or becomes a question mark. */
const toLatin = (text: string): string =>
  [...text.normalize('NFC')].map((char) => (char <= '\u00ff' ? char : char.normalize('NFKD').replace(/[^\x20-\x7e]/g, '') || '?')).join('');

function partyRows(party: Comprovante['payer']): Row[] {
  const institution = [party.bankName, party.ispb ? `ISPB ${party.ispb}` : ''].filter(Boolean).join(' · ');
  const account = party.branch && party.account ? `Agência ${party.branch} · Conta ${party.account}` : '';
  return (
    [
      ['Nome', party.name || 'Dados apagados'],
      ['CPF ou CNPJ', party.taxIdMasked],
      ['Instituição', institution],
      ['Conta', account],
    ] satisfies Row[]
  ).filter(([, value]) => value !== '');
}

/** The comprovante as a PDF of one page: payer first, as Brazilian banks write it. */
export function renderComprovante(comprovante: Comprovante, madeAt: string): Promise<Buffer> {
  const { date, time } = formatWhen(comprovante.at);
  const made = formatWhen(madeAt);
  const { returnOf } = comprovante;
  const sections: [title: string, rows: Row[]][] = [
    [returnOf === null ? 'Quem pagou' : 'Quem devolveu', partyRows(comprovante.payer)],
    ['Quem recebeu', partyRows(comprovante.payee)],
    [
      'Sobre o Pix',
      (
        [
          ['Data e hora', `${date} às ${time} (Brasília)`],
          ['Mensagem', comprovante.description ?? ''],
          [returnOf === null ? 'ID da transação (endToEndId)' : 'ID da devolução', comprovante.endToEndId],
          ['ID do Pix devolvido (endToEndId)', returnOf ?? ''],
          ['Identificador da cobrança (txid)', comprovante.txid ?? ''],
        ] satisfies Row[]
      ).filter(([, value]) => value !== ''),
    ],
  ];
  const doc = new PDFDocument({
    autoFirstPage: false,
    lang: 'pt-BR',
    info: {
      Title: returnOf === null ? 'Comprovante de Pix' : 'Comprovante de devolução de Pix',
      Subject: comprovante.endToEndId,
      Producer: 'Lastro',
      Creator: 'Lastro',
    },
  });
  doc.font('Helvetica').fontSize(VALUE_SIZE);
  const heightOf = ([, value]: Row): number => ROW_HEIGHT + doc.heightOfString(toLatin(value), { width: INNER });
  const height = sections
    .flatMap(([, rows]) => rows)
    .reduce((sum, row) => sum + heightOf(row), HEAD_HEIGHT + sections.length * SECTION_HEIGHT);
  doc.addPage({ size: [WIDTH, Math.ceil(height)], margin: MARGIN });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });

  doc.rect(0, 0, WIDTH, 10).fill(GREEN);
  doc.fillColor(GREEN).font('Helvetica-Bold').fontSize(15).text('Lastro', MARGIN, 34);
  const what = returnOf === null ? 'Pix' : 'devolução de Pix';
  const isSent = comprovante.direction === 'out';
  const title = `Comprovante de ${what} ${returnOf === null ? (isSent ? 'enviado' : 'recebido') : isSent ? 'enviada' : 'recebida'}`;
  doc.moveDown(0.8).fillColor(MUTED).font('Helvetica').fontSize(11).text(title);
  doc
    .fillColor('#10201d')
    .font('Helvetica-Bold')
    .fontSize(26)
    .text(`R$ ${formatReais(comprovante.amountMinor)}`);
  for (const [heading, rows] of sections) {
    doc.moveDown(0.9);
    const top = doc.y;
    doc
      .moveTo(MARGIN, top)
      .lineTo(WIDTH - MARGIN, top)
      .lineWidth(1)
      .strokeColor(LINE)
      .stroke();
    doc
      .fillColor(GREEN)
      .font('Helvetica-Bold')
      .fontSize(11)
      .text(heading, MARGIN, top + 12);
    for (const [label, value] of rows) {
      doc.moveDown(0.45).fillColor(MUTED).font('Helvetica').fontSize(LABEL_SIZE).text(label, { width: INNER });
      doc.fillColor('#10201d').fontSize(VALUE_SIZE).text(toLatin(value), { width: INNER });
    }
  }
  doc.moveDown(1.4).fillColor(MUTED).fontSize(8).text(`Emitido em ${made.date} às ${made.time}. Confira pelo ID da transação.`);
  doc.end();
  return done;
}
