import type { Words } from '#platform/errors.ts';

/** Something a person may consent to, or not: nothing of the house asks for it to work. */
export type Purpose = 'news' | 'fraud-sharing';
/** Words that somebody consented to. They are never changed: other words are another version, to which consent is asked anew. */
export type ConsentText = { version: number; title: Words; text: Words };

export const CONSENT_TEXTS: Readonly<Record<Purpose, readonly ConsentText[]>> = {
  news: [
    {
      version: 1,
      title: { pt: 'Novidades por e-mail', en: 'News by e-mail' },
      text: {
        pt: 'Quero receber por e-mail novidades e ofertas desta instituição. Posso parar quando quiser, aqui mesmo.',
        en: 'I want to receive news and offers of this institution by e-mail. I can stop it here whenever I want.',
      },
    },
  ],
  'fraud-sharing': [
    {
      version: 1,
      title: { pt: 'Troca de indícios de fraude', en: 'Sharing signs of fraud' },
      text: {
        pt: 'Autorizo o registro e a troca, entre instituições, de dados sobre indícios de fraude que me envolvam, como prevê a Resolução Conjunta nº 6/2023.',
        en: 'I agree that data about signs of fraud that involve me are recorded and shared among institutions, as Joint Resolution 6/2023 provides.',
      },
    },
  ],
};

export const PURPOSES = Object.keys(CONSENT_TEXTS) as Purpose[];
export const currentText = (purpose: Purpose): ConsentText => CONSENT_TEXTS[purpose].at(-1)!;
export const textOf = (purpose: Purpose, version: number): ConsentText | undefined =>
  CONSENT_TEXTS[purpose].find((text) => text.version === version);

/** What was said last. */
export type ConsentSaid = { purpose: Purpose; version: number; given: boolean; at: Date };
/** How it stands. Consent to words that have changed since stands for those words, and for no others. */
export function standingOf(purpose: Purpose, said: readonly ConsentSaid[]): { given: boolean; version: number; at: Date | null } {
  const last = said.filter((one) => one.purpose === purpose).toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  const { version } = currentText(purpose);
  if (!last?.given) return { given: false, version, at: last?.at ?? null };
  return { given: last.version === version, version, at: last.at };
}
