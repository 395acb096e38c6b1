/** A request that works for every operation with a body: what a test then breaks in one place at a time. */
import { randomUUID } from 'node:crypto';
import type { Person } from '../../../scripts/lib/person.ts';
import { ownHeaders, type Sent, type WholePlatform } from '../support/whole-platform.ts';
import { PERSON } from './constants.ts';
import { TOLD } from './of-modules.ts';
import { type Operation, pathOf } from './operations.ts';

export type Request = { target: string; headers: Record<string, string>; token?: string; body: Record<string, unknown>; status: number };
export type Makers = Record<string, (operation: Operation) => Promise<Request>>;

export type Cast = { person: Person; personToken: string; serviceToken: string };

/** A person with money, and tokens for both kinds of callers. */
export async function castOf(platform: WholePlatform): Promise<Cast> {
  const person = await platform.signUp(PERSON);
  await platform.fund(person, 10_000_000n);
  return { person, personToken: await platform.personToken(PERSON), serviceToken: await platform.serviceToken() };
}

type Body = Record<string, unknown>;
type AsSomebody = (operation: Operation, body: Body, status: number, path?: Record<string, string>) => Request;

/** What modules make their requests with. */
export type Stage = {
  platform: WholePlatform;
  cast: Cast;
  /** A request of a service, of a person over the API, or of a person's browser; with a new Idempotency-Key where one is wanted. */
  service: AsSomebody;
  person: AsSomebody;
  browser: AsSomebody;
  /** Sends something on the way to the request that is wanted, and answers the body. Throws unless the status is this one. */
  must(status: number, method: string, target: string, sent: Sent): Promise<Body>;
  /** A number that no person of this run has had. */
  nextNumber(): number;
};

function stageOf(platform: WholePlatform, cast: Cast): Stage {
  let people = 320_000_000;
  const withToken =
    (token: string): AsSomebody =>
    (operation, body, status, path) => {
      const headers: Record<string, string> = operation.idempotency === 'required' ? { 'idempotency-key': randomUUID() } : {};
      return { target: pathOf(operation, path), headers, token, body, status };
    };
  return {
    platform,
    cast,
    service: withToken(cast.serviceToken),
    person: withToken(cast.personToken),
    browser: (operation, body, status, path) => ({ target: pathOf(operation, path), headers: ownHeaders(cast.person), body, status }),
    async must(status, method, target, sent) {
      const answer = await platform.send(method, target, sent);
      if (answer.status !== status) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
      return answer.body as Body;
    },
    nextNumber: () => {
      people += 1;
      return people;
    },
  };
}

/** Makes requests by the operation's name. Each one made is new: another id, another quote, another idempotency key. */
export function createGoodRequests(platform: WholePlatform, cast: Cast) {
  const stage = stageOf(platform, cast);
  const makers: Makers = Object.assign({}, ...TOLD.map(({ requests }) => requests?.(stage)));
  return {
    names: Object.keys(makers),
    make(operation: Operation): Promise<Request> {
      const maker = makers[operation.name];
      if (!maker) throw new Error(`${operation.name} takes a body: add a request that works to its module's conformance.fixture.ts`);
      return maker(operation);
    },
  };
}
