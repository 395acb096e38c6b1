import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import type { Words } from '#platform/errors.ts';
import { foldPassword, formalWeakness, guessableWords, type Owner } from './domain/password.ts';
import { refuse } from './errors.ts';

/**
 * Guesses, as a power of ten, that a password must be good for. A hundred million (score 3 of zxcvbn) is where a word of the lists with a year,
 * a sequence or a few signs behind it ends; this is three times as many, so that those are out and two unusual words with a third are in.
 */
const ENOUGH_GUESSES_LOG10 = 8.5;
/** Characters that are judged: the time grows with the square, and what is strong in these does not get weaker by more. */
const JUDGED = 32;

/** What Brazilians put together, and no list of single words knows: clubs, saints, sayings, and the names of this kind of program. */
const PHRASES = (
  'vascodagama saopaulofc saopaulo atleticomineiro atleticoparanaense galodoido timaoeo coringao mengao flamengoate verdao palmeirasminhavida ' +
  'gremista colorado cruzeirocabuloso botafogofr fluminensefc santosfc sportrecife bahiaminhavida copadomundo selecaobrasileira hexacampeao ' +
  'jesuscristo jesuseterno deusefiel deusemais deusnocomando deusefielsempre nossasenhora aparecida espiritosanto saojorge santoantonio ' +
  'teamo teamomuito euteamo amordaminhavida meuamor minhavida minhafamilia vidaloka parasempre saudade felicidade obrigadosenhor ' +
  'minhasenha senhanova novasenha senhaforte senhasegura senhadobanco senhadopix mudarsenha trocarsenha acessoliberado primeiroacesso ' +
  'bancodobrasil caixaeconomica meubanco minhaconta contacorrente chavepix internetbanking riodejaneiro belohorizonte portoalegre ordemeprogresso'
).split(' ');

let factory: Promise<ZxcvbnFactory> | undefined;

/** 49,000 passwords that were leaked, and 70,000 Brazilian words and names; taken in when the first password is judged (half a second). */
export function loadPasswordLists(): Promise<ZxcvbnFactory> {
  factory ??= Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common'), import('@zxcvbn-ts/language-pt-br')]).then(
    ([{ ZxcvbnFactory: Factory }, common, brazilian]) =>
      new Factory({
        dictionary: { ...common.dictionary, ...brazilian.dictionary, phrases: PHRASES },
        graphs: common.adjacencyGraphs,
        maxLength: JUDGED,
        l33tMaxSubstitutions: 8,
      }),
  );
  return factory;
}

/** Why a password is too easy to guess for this person, as a sentence; null when it is not. */
export async function weaknessOf(password: string, owner: Owner): Promise<Words | null> {
  const formal = formalWeakness(password, owner);
  if (formal) return formal;
  const judged = [...foldPassword(password)].slice(0, JUDGED).join('').slice(0, JUDGED);
  const { guessesLog10, sequence } = (await loadPasswordLists()).check(judged, guessableWords(owner));
  if (guessesLog10 >= ENOUGH_GUESSES_LOG10) return null;
  const isOwn = sequence.some((part) => 'dictionaryName' in part && part.dictionaryName === 'userInputs');
  return isOwn
    ? {
        pt: 'A senha usa o seu nome, o seu e-mail ou o nome do serviço, que são os primeiros a ser tentados.',
        en: 'The password uses your name, your e-mail or the name of the service, which are tried first.',
      }
    : {
        pt: 'Esta senha está entre as fáceis de adivinhar: palavras comuns, datas, sequências ou repetições.',
        en: 'This password is among the easy ones to guess: common words, dates, sequences or repetitions.',
      };
}

/** @throws IDENTITY_WEAK_PASSWORD with the reason */
export async function checkPassword(password: string, owner: Owner): Promise<void> {
  const reason = await weaknessOf(password, owner);
  if (reason) throw refuse('IDENTITY_WEAK_PASSWORD', { detail: reason, errors: [{ pointer: '/body/password', detail: reason }] });
}
