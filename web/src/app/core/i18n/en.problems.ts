import type { Dict } from './pt';

export const enProblems: Dict['problem'] = {
  PIX_BR_CODE_EMPTY: { title: 'Paste a code or type a key', text: 'The field is empty.' },
  PIX_BR_CODE_TOO_LONG: {
    title: 'The text is too long for a Pix code',
    text: 'Some extra text may have come along. Copy only the code and paste it again.',
  },
  PIX_BR_CODE_BAD_CRC: {
    title: 'The code is incomplete or was changed',
    text: 'The check at its end does not match. Copy the whole code again, changing nothing.',
  },
  PIX_BR_CODE_MALFORMED: {
    title: 'We could not read this code',
    text: 'It does not have the form of a Pix code. Ask the payee for the code again.',
  },
  PIX_BR_CODE_NOT_PIX: {
    title: 'This is not a Pix code',
    text: 'It may be a boleto or another kind of QR code. Ask for the “Pix copia e cola”.',
  },
  PIX_BR_CODE_FIELD_INVALID: {
    title: 'A field of the code is wrong',
    text: 'Whoever made the code filled something against the rules of Pix. Ask for a new one.',
  },
  PIX_BR_CODE_CURRENCY: { title: 'The code is not in reais', text: 'Pix moves only reais. Ask the payee for a code in reais.' },
  PIX_BR_CODE_RECURRENCE_UNSUPPORTED: {
    title: 'This is a Pix Automático code',
    text: 'Authorising recurring charges is not available yet. Ask for a code for a single payment.',
  },
  PIX_KEY_NOT_FOUND: { title: 'Pix key not found', text: 'Check each character with the payee. The key may have changed.' },
  PIX_CHARGE_EXPIRED: { title: 'This charge has expired', text: 'The code can no longer be paid. Ask the payee for a new one.' },
  PIX_DIRECTORY_UNAVAILABLE: { title: 'The key directory is down', text: 'No money was moved. Try again in a moment.' },
  IDENTITY_BAD_CREDENTIALS: { title: 'We could not sign you in', text: 'CPF, e-mail or password do not match. Check them and try again.' },
  IDENTITY_CPF_TAKEN: { title: 'There is an account with this CPF', text: 'An account with this CPF exists already. Sign in with it.' },
  IDENTITY_EMAIL_TAKEN: { title: 'This e-mail has an account', text: 'This e-mail is in use. Sign in, or use another one.' },
  IDENTITY_INVALID_CPF: { title: 'Invalid CPF', text: 'This CPF is not valid. Check the numbers.' },
  IDENTITY_WEAK_PASSWORD: { title: 'Weak password', text: 'Choose a stronger password: longer, and not a common one.' },
  WEB_LOGIN_ENDED: { title: 'This sign-in has ended', text: 'For your safety it lasts only a short time. Start again.' },
  WEB_UNAUTHENTICATED: { title: 'Your session has ended', text: 'Sign in again to go on.' },
  WEB_FORBIDDEN: { title: 'This is not allowed for this account', text: 'If it seems wrong, reload the page and try again.' },
  WEB_NOT_FOUND: { title: 'We did not find what you asked for', text: 'It may have been removed, or the address is wrong.' },
  WEB_TOO_MANY: { title: 'Too many tries in a row', text: 'Wait a little before you try again.' },
  WEB_TOO_MANY_S: { title: 'Too many tries in a row', text: 'Wait {n} s before you try again.' },
  WEB_OFFLINE: { title: 'No connection', text: 'We could not reach Lastro. Check your internet and try again.' },
  WEB_TIMEOUT: { title: 'The answer took too long', text: 'Try again in a moment.' },
  WEB_UNAVAILABLE: { title: 'The service is having trouble', text: 'The problem is ours, not yours. Try again in a moment.' },
  WEB_UNEXPECTED: { title: 'Something went wrong', text: 'Try again. If it goes on, reload the page.' },
};
