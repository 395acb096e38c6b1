/** Longer than any copy of the server's database that answers may lag. */
const REMEMBER_MS = 60_000;

type Send = (request: Request) => Promise<Response>;

/**
 * What was written is in whatever is read next, whichever process and copy of the database answers: the `Lastro-Seen` of an answer goes into the
 * requests that follow.
 */
export function rememberWritten(): (send: Send) => Send {
  let seen = { position: '', until: 0 };
  return (send) => async (request) => {
    if (seen.until > performance.now()) request.headers.set('lastro-seen', seen.position);
    const answer = await send(request);
    const position = answer.headers.get('lastro-seen');
    if (position && isBeyond(position, seen.position)) seen = { position, until: performance.now() + REMEMBER_MS };
    return answer;
  };
}

/** Both are hexadecimal digits without zeros in front. */
function isBeyond(one: string, other: string): boolean {
  return one.length > other.length || (one.length === other.length && one > other);
}
