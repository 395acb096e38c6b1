import { Type } from 'typebox';
import { Approval, ApprovalReason } from '#platform/approvals/contract.ts';
import type { Clock } from '#platform/clock.ts';
import { approvalDesk, deskChange, deskRoute, keyedCtx } from '#platform/desk.ts';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import type { Screens, SessionGuard } from '#platform/screens.ts';
import { AskedKind, FileFormat, type Privacy, privacyContract } from './contract.ts';
import { sendFile } from './file-answer.ts';

const tags = ['desk'];
const closed = { additionalProperties: false } as const;
const { operations } = privacyContract;
const PERSON = '0192f000-0000-7000-8000-00000000000a';

type Parts = { privacy: Privacy; guard: SessionGuard; clock: Clock };

/** Operators about people's data: what was asked, what they ask for somebody, and what they read of what is kept by law. */
export function privacyDesk(parts: Parts): Screens {
  return {
    routes(app) {
      const { privacy: face, guard } = parts;
      requestRoutes(app, parts);
      approvalDesk(app, { module: 'privacy', face, guard, ask: 'privacy:ask', decide: 'privacy:decide' });
    },
  };
}

function requestRoutes(app: App, { privacy, guard, clock }: Parts): void {
  app.post(
    '/bff/v1/desk/privacy/erasures/find',
    {
      // A CPF stands in no address: what is asked for is in the body.
      ...deskChange(guard, 'exempt: it is only asked', 'privacy:ask'),
      schema: {
        tags,
        summary: 'Pedidos de apagar, por pessoa ou pelo CPF de quem tem dados mantidos por lei',
        body: Type.Object(
          { subjectId: Type.Optional(Uuid), cpf: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })) },
          { ...closed, examples: [{ subjectId: PERSON }] },
        ),
        response: { 200: operations.listErasures.output },
      },
    },
    (request) => privacy.listErasures(guard.visitOf(request).ctx, request.body),
  );
  app.post(
    '/bff/v1/desk/privacy/requests',
    {
      ...deskChange(guard, 'required', 'privacy:ask'),
      schema: {
        tags,
        summary: 'Pede para apagar uma pessoa, ou para ler o que a lei mantém; outra pessoa decide',
        body: Type.Object(
          { kind: AskedKind, subjectId: Uuid, reason: ApprovalReason },
          { ...closed, examples: [{ kind: 'privacy.erasure', subjectId: PERSON, reason: 'Carta recebida em 30/11' }] },
        ),
        response: { 202: Approval },
      },
    },
    async (request, reply) => reply.status(202).send(await privacy.askApproval(keyedCtx(guard, request), request.body)),
  );
  app.get(
    '/bff/v1/desk/privacy/disclosures',
    {
      ...deskRoute(guard, 'privacy:ask'),
      schema: { tags, summary: 'Leituras decididas do que a lei mantém', response: { 200: operations.listDisclosures.output } },
    },
    (request) => privacy.listDisclosures(guard.visitOf(request).ctx, {}),
  );
  app.post(
    '/bff/v1/desk/privacy/disclosures/:id/file',
    {
      ...deskChange(guard, 'exempt: it is only read', 'privacy:ask'),
      schema: {
        tags,
        summary: 'O arquivo de uma leitura decidida',
        params: Type.Object({ id: Uuid }),
        body: Type.Object({ format: FileFormat }, { ...closed, examples: [{ format: 'pdf' }] }),
        produces: ['application/json', 'application/pdf'],
      },
    },
    (request, reply) => {
      const { ctx } = guard.visitOf(request);
      const { format } = request.body;
      const at = new Date(clock.now()).toISOString();
      return sendFile(reply, format, at, (from) => privacy.readDisclosure(ctx, { exportId: request.params.id, format, from }));
    },
  );
}
