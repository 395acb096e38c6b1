import type { Words } from '#platform/errors.ts';
import type { Language } from '#platform/http/language.ts';
import type { Mail } from '#platform/mail/mail.ts';
import type { NoteKind } from '../store/security-notes.ts';

export type Letter =
  | { kind: 'reset-code' | 'email-code' | 'device-code'; code: string; minutes: number }
  | { kind: 'sign-up-taken' }
  | { kind: 'key-expiring'; clientId: string; at: Date }
  | { kind: 'note'; note: NoteKind; at: Date };

type Reader = { firstName: string; language: Language; to: string };
type Told = { subject: Words; says: Words };

const NOTES: Record<NoteKind, Told> = {
  'password-changed': told(
    'A sua senha foi trocada',
    'Your password was changed',
    'Os outros aparelhos saíram da conta.',
    'Every other device was logged out.',
  ),
  'password-reset': told(
    'A sua senha foi redefinida',
    'Your password was reset',
    'Isso foi feito com um código enviado a este e-mail. Todos os aparelhos saíram da conta.',
    'It was done with a code sent to this address. Every device was logged out.',
  ),
  'email-verified': told(
    'E-mail confirmado',
    'E-mail confirmed',
    'Este endereço agora pode redefinir a sua senha.',
    'This address can now reset your password.',
  ),
  'totp-added': told(
    'Aplicativo de códigos cadastrado',
    'Code app added',
    'Ele é pedido depois da senha.',
    'It is asked for after the password.',
  ),
  'totp-removed': told(
    'Aplicativo de códigos removido',
    'Code app removed',
    'Ele não é mais pedido ao entrar.',
    'It is no longer asked for at the log-in.',
  ),
  'passkey-added': told('Chave de acesso cadastrada', 'Passkey added', 'Ela pode entrar na sua conta.', 'It can log in to your account.'),
  'passkey-removed': told(
    'Chave de acesso removida',
    'Passkey removed',
    'Ela não entra mais na sua conta.',
    'It no longer logs in to your account.',
  ),
  'recovery-codes-made': told(
    'Novos códigos de recuperação',
    'New recovery codes',
    'Os anteriores não valem mais.',
    'The ones before count no more.',
  ),
  'recovery-code-used': told(
    'Alguém entrou com um código de recuperação',
    'Somebody logged in with a recovery code',
    'Os outros aparelhos saíram da conta.',
    'Every other device was logged out.',
  ),
  'sessions-ended': told(
    'Os outros aparelhos saíram da conta',
    'Every other device was logged out',
    'Só este continua dentro.',
    'Only this one is still in.',
  ),
  'device-new': told(
    'Entraram na sua conta em um aparelho novo',
    'Somebody logged in on a new device',
    'Até ser reconhecido, dele só saem valores pequenos.',
    'Until it is recognised, only small amounts leave by it.',
  ),
  'device-known': told(
    'Um aparelho novo foi reconhecido',
    'A new device was recognised',
    'Ele agora paga até os limites da sua conta.',
    'It now pays up to the limits of your account.',
  ),
  'device-forgotten': told(
    'Um aparelho foi esquecido',
    'A device was forgotten',
    'Ele saiu da conta, e ao entrar de novo conta como novo.',
    'It was logged out, and counts as new when it logs in again.',
  ),
  'account-locked': told(
    'A sua conta foi travada',
    'Your account was locked',
    'Todos os aparelhos saíram da conta, e nenhum dinheiro sai por eles. Para destravar, entre e peça na página de segurança.',
    'Every device was logged out, and no money leaves by them. To unlock it, log in and ask on the security page.',
  ),
  'unlock-asked': told(
    'Pediram para destravar a sua conta',
    'Somebody asked to unlock your account',
    'Ela destrava em 24 horas. Se não foi você, entre e trave de novo: o pedido deixa de valer.',
    'It unlocks in 24 hours. If it was not you, log in and lock it again: the request counts no more.',
  ),
};

const CODES: Record<'reset-code' | 'email-code' | 'device-code', Told> = {
  'reset-code': told(
    'Código para uma senha nova',
    'Code for a new password',
    'Digite este código na página em que você o pediu.',
    'Type this code on the page where you asked for it.',
  ),
  'email-code': told(
    'Código para confirmar o seu e-mail',
    'Code to confirm your e-mail',
    'Digite este código na página de segurança.',
    'Type this code on the security page.',
  ),
  'device-code': told(
    'Código para reconhecer um aparelho',
    'Code to recognise a device',
    'Digite este código na página de segurança do aparelho novo. Depois disso ele paga até os limites da sua conta.',
    'Type this code on the security page of the new device. From then on it pays up to the limits of your account.',
  ),
};

const TAKEN = told(
  'Você já tem uma conta',
  'You have an account already',
  'Alguém tentou abrir uma conta com os seus dados. Se foi você, entre com a sua senha, ou peça uma nova na página de entrar. Nada mudou na sua conta.',
  'Somebody tried to open an account with your data. If it was you, log in with your password, or ask for a new one on the log-in page. Nothing changed in your account.',
);
const KEY_EXPIRING = told(
  'Uma chave de API vence em breve',
  'An API key ends soon',
  'Uma chave de um sistema vence em breve, e nenhuma está no lugar dela. Troque-a antes: a de agora ainda vale um dia depois da troca.',
  'A key of a client ends soon, and none is in its place. Rotate it before: the one of now counts for a day after that.',
);
const NOT_ME: Words = {
  pt: 'Não foi você? Entre na conta, troque a senha e encerre as sessões que não conhece.',
  en: 'Not you? Log in, change the password and end the sessions you do not know.',
};
const NEVER: Words = {
  pt: 'Ninguém do Lastro pede este código. Não passe a ninguém. Se não foi você que pediu, ignore esta mensagem.',
  en: 'Nobody at Lastro asks for this code. Give it to nobody. If you did not ask for it, ignore this message.',
};

function told(pt: string, en: string, saysPt: string, saysEn: string): Told {
  return { subject: { pt, en }, says: { pt: saysPt, en: saysEn } };
}

/** A name of letters alone: whoever signs somebody else up may call them by the address of a page, of which mail programs make a link. */
const PLAIN_NAME = /^[\p{L}\p{M}'’-]{1,40}$/u;

/** A message as it is sent. There is no link in any: whoever gets one that has is not written to by us. */
export function writeLetter(letter: Letter, { firstName, language, to }: Reader): Mail {
  const { subject, says } = wordsOf(letter);
  const hello = `${language === 'pt' ? 'Olá' : 'Hello'}${PLAIN_NAME.test(firstName) ? `, ${firstName}` : ''}.`;
  const body = bodyOf(letter, language);
  const end = 'code' in letter ? [NEVER[language]] : letter.kind === 'note' ? [NOT_ME[language]] : [];
  const code = 'code' in letter ? spaced(letter.code) : undefined;
  const lines = [hello, ...(letter.kind === 'note' ? [`${subject[language]}.`] : []), says[language], ...body, ...end];
  return { to, subject: `Lastro: ${subject[language]}`, text: `${lines.join('\n\n')}\n`, html: pageOf(lines, code, language) };
}

function wordsOf(letter: Letter): Told {
  if (letter.kind === 'note') return NOTES[letter.note];
  if (letter.kind === 'sign-up-taken') return TAKEN;
  return letter.kind === 'key-expiring' ? KEY_EXPIRING : CODES[letter.kind];
}

function bodyOf(letter: Letter, language: Language): string[] {
  if ('code' in letter) return codeLines(letter, language);
  if (letter.kind === 'key-expiring')
    return [`${language === 'pt' ? 'Sistema' : 'Client'}: ${letter.clientId}`, whenOf(letter.at, language)];
  return letter.kind === 'note' ? [whenOf(letter.at, language)] : [];
}

/** In halves, as people read them aloud. */
const spaced = (code: string): string => `${code.slice(0, code.length / 2)}-${code.slice(code.length / 2)}`;

function codeLines({ code, minutes }: { code: string; minutes: number }, language: Language): string[] {
  return [spaced(code), language === 'pt' ? `Vale por ${minutes} minutos, uma vez.` : `It is good for ${minutes} minutes, once.`];
}

function whenOf(at: Date, language: Language): string {
  const tag = language === 'pt' ? 'pt-BR' : 'en-GB';
  const when = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeStyle: 'short', timeZone: 'America/Sao_Paulo' }).format(at);
  return language === 'pt' ? `Quando: ${when} (horário de Brasília).` : `When: ${when} (Brasília time).`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!);

/** Words and nothing else: no picture, no link, nothing that is fetched. */
function pageOf(lines: readonly string[], code: string | undefined, language: Language): string {
  const large = 'font:600 28px ui-monospace,monospace;letter-spacing:.08em';
  const paragraphs = lines.map((line) => `<p${line === code ? ` style="${large}"` : ''}>${escaped(line)}</p>`).join('');
  const style = 'font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:24px auto;padding:0 16px';
  const tag = language === 'pt' ? 'pt-BR' : 'en';
  return `<!doctype html><html lang="${tag}"><meta charset="utf-8"><body style="${style}"><p><b>Lastro</b></p>${paragraphs}</body></html>`;
}
