import { defineErrors } from '../errors.ts';

/** What the store of files refuses. */
export const refuseBlob = defineErrors({
  PLATFORM_BLOB_KEY: {
    status: 400,
    title: 'Nome de arquivo não aceito',
    action: 'Use partes de letras minúsculas, dígitos, ponto, hífen e sublinhado, separadas por uma barra.',
    en: {
      title: 'File name not accepted',
      action: 'Use parts of lower-case letters, digits, dot, hyphen and underscore, with one slash between them.',
    },
  },
  PLATFORM_BLOB_TOO_LARGE: {
    status: 413,
    title: 'Arquivo grande demais',
    action: 'Envie um arquivo menor.',
    en: { title: 'File too large', action: 'Send a smaller file.' },
  },
  PLATFORM_BLOB_CHECKSUM: {
    status: 422,
    title: 'O arquivo chegou diferente do anunciado',
    action: 'Confira o SHA-256 e envie de novo.',
    en: { title: 'The file that arrived is not the one announced', action: 'Check the SHA-256 and send it again.' },
  },
  PLATFORM_BLOB_RANGE: {
    status: 416,
    title: 'Trecho fora do arquivo',
    action: 'Peça um trecho que comece dentro do arquivo.',
    en: { title: 'Range outside the file', action: 'Ask for a range that begins within the file.' },
  },
});
