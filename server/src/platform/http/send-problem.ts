import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../errors.ts';
import { LANGUAGE_TAGS, languageOf } from './language.ts';
import { toProblem } from './problem.ts';

/**
 * The refusal in the language the request asked for. Between our own processes it goes in both, since only the one that answers the caller
 * knows which is wanted.
 */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, refusal: AppError): FastifyReply {
  const language = languageOf(request.headers['accept-language']);
  const problem = request.span ? request.span.within(() => toProblem(refusal.data, language)) : toProblem(refusal.data, language);
  const isInternal = request.routeOptions?.url?.startsWith('/_face/') ?? false;
  reply.header('content-language', LANGUAGE_TAGS[language]).header('vary', 'accept-language');
  return reply
    .status(refusal.status)
    .type('application/problem+json')
    .send(isInternal ? { ...problem, both: refusal.data } : problem);
}
