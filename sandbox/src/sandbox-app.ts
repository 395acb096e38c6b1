import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { turnAway } from './answer.ts';
import type { Directory } from './directory.ts';
import { SandboxError } from './errors.ts';
import type { AnswerGroup } from './fault-schema.ts';
import type { FaultSet, FaultSwitches } from './faults.ts';
import type { Institution } from './institution.ts';

/** The HTTP server, with schemas as types. */
export type SandboxApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the routes work with. */
export interface Services {
  readonly institution: Institution;
  readonly directory: Directory;
  readonly faults: FaultSwitches;
  /** Waits so long, or until the sandbox stops. */
  readonly pause: (ms: number | undefined) => Promise<void>;
  /** Leaves a request without an answer until the caller gives up or the sandbox stops. */
  readonly hang: (reply: FastifyReply) => void;
}

/** What a group of calls meets before it is looked at: the latency, then 400, 401, 403, 429 and 500. @throws SandboxError. */
export async function applyFaults(
  { pause }: Services,
  faults: FaultSet,
  group: Exclude<AnswerGroup, 'answer'>,
  reply: FastifyReply,
): Promise<void> {
  await pause(faults.config[group]?.latencyMs);
  turnAway(faults, group, reply);
  if (faults.strikes(`${group}.error500`)) throw injectedError();
}

export const injectedError = (): SandboxError => new SandboxError(500, 'INJECTED_ERROR', 'a fault switch asked for this error');
export const notFound = (what: string): SandboxError => new SandboxError(404, 'NOT_FOUND', `no such ${what}`);
