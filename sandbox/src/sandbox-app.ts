import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Directory } from './directory.ts';
import { SandboxError } from './errors.ts';
import type { FaultName, FaultSwitches } from './faults.ts';
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

/** The latency switch of a group of endpoints, then its 500 switch. @throws SandboxError INJECTED_ERROR. */
export async function applyFaults({ faults, pause }: Services, latencyMs: number | undefined, error: FaultName): Promise<void> {
  await pause(latencyMs);
  if (faults.strikes(error)) throw injectedError();
}

export const injectedError = (): SandboxError => new SandboxError(500, 'INJECTED_ERROR', 'a fault switch asked for this error');
export const notFound = (what: string): SandboxError => new SandboxError(404, 'NOT_FOUND', `no such ${what}`);
