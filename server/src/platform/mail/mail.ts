/** One message to one person. `html` says what `text` says. */
export type Mail = { to: string; subject: string; text: string; html: string };

/**
 * Carries mail out of the installation. Always called from a queue and never while somebody waits: it may take long, and be away. Addresses
 * and texts go to no log.
 */
export type Mailer = {
  /** Resolves when the next server has taken it. `id` names the message, so that one sent again can be seen to be the same. @throws MailRefused */
  send(mail: Mail, id: string): Promise<void>;
  close(): Promise<void>;
};

/** The next server will never take this message: trying again changes nothing. Carries its code, and no address. */
export class MailRefused extends Error {
  constructor(code: number) {
    super(`the mail server refused a message for good (${code})`);
  }
}
