import { type Person, until } from '../../../../scripts/lib/person.ts';
import type { Request } from '../../../test/conformance/good-requests.ts';
import type { Conformance } from '../../../test/conformance/of-modules.ts';
import { type Operation, pathOf } from '../../../test/conformance/operations.ts';
import { ownHeaders, PASSWORD } from '../../../test/support/whole-platform.ts';

const proof = { password: PASSWORD };
type Copies = { exports: { id: string; readyAt: string | null }[] };

async function readyCopy(person: Person): Promise<string> {
  const { id } = await person.post<{ id: string }>(202, '/bff/v1/privacy/exports', { proof });
  const look = () => person.get<Copies>('/bff/v1/privacy');
  await until('the copy', look, ({ exports }) => exports.some((one) => one.id === id && one.readyAt !== null));
  return id;
}

const conformance: Conformance = {
  requests({ platform, nextNumber }) {
    const asOwn = (
      operation: Operation,
      person: Person,
      body: Record<string, unknown>,
      status: number,
      path?: Record<string, string>,
    ): Request => ({
      target: pathOf(operation, path),
      headers: ownHeaders(person),
      body,
      status,
    });
    /** Somebody with an open account and no money, of whom no other test knows. */
    const somebody = () => platform.signUp(nextNumber());
    return {
      'POST /bff/v1/privacy/exports': async (operation) => asOwn(operation, await somebody(), { proof }, 202),
      'POST /bff/v1/privacy/exports/{id}/file': async (operation) => {
        const person = await somebody();
        return asOwn(operation, person, { proof, format: 'json' }, 200, { id: await readyCopy(person) });
      },
      'POST /bff/v1/privacy/erasure': async (operation) => asOwn(operation, await somebody(), { proof, sure: true }, 202),
      'POST /bff/v1/privacy/erasure/withdraw': async (operation) => {
        const person = await somebody();
        await person.post(202, '/bff/v1/privacy/erasure', { proof, sure: true });
        return asOwn(operation, person, { sure: true }, 200);
      },
      'PUT /bff/v1/privacy/consents': async (operation) =>
        asOwn(operation, await somebody(), { purpose: 'news', version: 1, given: true }, 200),
    };
  },
  exempt: {
    'POST /bff/v1/privacy/exports': 'exempt: one copy is made at a time; asked again, it is that one',
    'POST /bff/v1/privacy/exports/{id}/file': 'exempt: it is only read',
    'POST /bff/v1/privacy/erasure': 'exempt: there is one at a time; asked again, it is that one',
    'POST /bff/v1/privacy/erasure/withdraw': 'exempt: what was taken back stays so',
    'PUT /bff/v1/privacy/consents': 'exempt: repeated, it finds what it wants to be so',
  },
  async belongings({ a }) {
    const asked = await a.browser('POST', '/bff/v1/privacy/exports', { proof });
    if (asked.status !== 202) throw new Error(`no copy: ${asked.status} ${asked.text}`);
    const { id } = asked.body as { id: string };
    const look = () => a.browser('GET', '/bff/v1/privacy');
    const isReady = ({ body }: { body?: unknown }) => (body as Copies).exports.some((one) => one.id === id && one.readyAt !== null);
    await until('the copy', look, isReady);
    return { copy: id };
  },
  paths: { 'POST /bff/v1/privacy/exports/{id}/file': { by: 'browser', id: 'copy', body: { proof, format: 'json' } } },
  lists: { '/bff/v1/privacy': 'browser' },
  busy: `exists (select from privacy.exports where ready_at is null)
    or exists (select from privacy.erasures where due_at is not null and state <> 'waiting')`,
};
export default conformance;
