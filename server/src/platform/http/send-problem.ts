import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError, ErrorData } from '../errors.ts';
import { LANGUAGE_TAGS, languageOf } from './language.ts';
import { toProblem } from './problem.ts';

/**
 * The refusal in the language the request asked for. Between our own processes it goes in both, since only the one that answers the caller
 * knows which is wanted.
 */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, refusal: AppError): FastifyReply {
  const language = languageOf(request.headers['accept-language']);
  const data = asAsked(request, reply, refusal.data);
  const problem = request.span ? request.span.within(() => toProblem(data, language)) : toProblem(data, language);
  const isInternal = request.routeOptions?.url?.startsWith('/_face/') ?? false;
  reply.header('content-language', LANGUAGE_TAGS[language]).header('vary', 'accept-language');
  return reply
    .status(data.status)
    .type('application/problem+json')
    .send(isInternal ? { ...problem, both: refusal.data } : problem);
}

/**
 * To whoever came with a token, a proof that is wanted once more is said as RFC 9470 has it: 401, and how a log-in for it is asked for. The session
 * of a browser is as good as before: there it stays what the module said.
 */
function asAsked(request: FastifyRequest, reply: FastifyReply, data: ErrorData): ErrorData {
  const { stepUp } = data;
  if (!stepUp || !request.caller) return data;
  const wanted = `acr_values="${stepUp.acr}", max_age="${stepUp.maxAgeS}"`;
  reply.header('www-authenticate', `Bearer error="insufficient_user_authentication", error_description="${data.en.title}", ${wanted}`);
  return { ...data, status: 401 };
}
