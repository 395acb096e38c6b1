import { Type } from 'typebox';
import type { Clock } from '#platform/clock.ts';
import type { App } from '#platform/http/app.ts';
import { Proof } from '#platform/person-proof.ts';
import { Uuid } from '#platform/schemas.ts';
import type { Screens, SessionGuard } from '#platform/screens.ts';
import { ConsentView, ErasureView, ExportView, FileFormat, type Privacy, PrivacyView, PurposeName } from './contract.ts';
import { CONSENT_SAID, ERASURE_ENDED, EXPORT_READY } from './events.ts';
import { sendFile } from './file-answer.ts';

const tags = ['bff'];
const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 4 * 1024;
/** A proof may be what an authenticator signed. */
const PROOF_LIMIT = 24 * 1024;
/** Each proof is a slow hash or a count. */
const PROOFS_A_MINUTE = 10;
const PROOF = { password: 'nove cavalos azuis' };
const config = (idempotency: `exempt: ${string}`) =>
  ({ auth: 'session', account: 'none: the person’s own data', idempotency, ratePerPerson: PROOFS_A_MINUTE }) as const;

type Parts = { privacy: Privacy; guard: SessionGuard; clock: Clock };

/** What a person sees and does about their own data. */
export function privacyScreens(parts: Parts): Screens {
  return {
    routes(app) {
      copyRoutes(app, parts);
      erasureRoutes(app, parts);
      consentRoutes(app, parts);
    },
    live: {
      about: 'person',
      types: [EXPORT_READY, ERASURE_ENDED, CONSENT_SAID],
      show: ({ type }) => ({ event: 'privacy', data: { kind: type.replace(/^privacy\.|\.v1$/g, '') } }),
    },
  };
}

type Request = Parameters<SessionGuard['visitOf']>[0];
/** Whose session asks, as a proof names it. */
function selfOf(guard: SessionGuard, request: Request) {
  const { ctx, subjectId, proof } = guard.visitOf(request);
  return { ctx, self: { subjectId, grantId: proof.grantId, acr: proof.acr } };
}

function copyRoutes(app: App, { privacy, guard, clock }: Parts): void {
  app.get(
    '/bff/v1/privacy',
    {
      config: { auth: 'session', account: 'none: the person’s own data', ratePerPerson: 60 },
      onRequest: guard.require('privacy:read'),
      schema: { tags, summary: 'O que há sobre a pessoa, e o que ela pediu', response: { 200: PrivacyView } },
    },
    (request) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return privacy.getPrivacy(ctx, { subjectId });
    },
  );
  app.post(
    '/bff/v1/privacy/exports',
    {
      config: config('exempt: one copy is made at a time; asked again, it is that one'),
      bodyLimit: PROOF_LIMIT,
      onRequest: guard.require('privacy:write'),
      schema: {
        tags,
        summary: 'Pede uma cópia de tudo o que há sobre a pessoa',
        body: Type.Object({ proof: Proof }, { ...closed, examples: [{ proof: PROOF }] }),
        response: { 202: ExportView },
      },
    },
    async (request, reply) => {
      const { ctx, self } = selfOf(guard, request);
      return reply.status(202).send(await privacy.askExport(ctx, { ...self, ...request.body }));
    },
  );
  app.post(
    '/bff/v1/privacy/exports/:id/file',
    {
      config: config('exempt: it is only read'),
      bodyLimit: PROOF_LIMIT,
      onRequest: guard.require('privacy:read'),
      schema: {
        tags,
        summary: 'O arquivo da cópia, com nova prova de que é a pessoa',
        params: Type.Object({ id: Uuid }),
        body: Type.Object({ proof: Proof, format: FileFormat }, { ...closed, examples: [{ proof: PROOF, format: 'pdf' }] }),
        produces: ['application/json', 'application/pdf'],
      },
    },
    async (request, reply) => {
      const { ctx, self } = selfOf(guard, request);
      const { format, proof } = request.body;
      const of = { exportId: request.params.id, format };
      await privacy.openExport(ctx, { ...self, ...of, proof });
      const at = new Date(clock.now()).toISOString();
      return sendFile(reply, format, at, (from) => privacy.readExport(ctx, { subjectId: self.subjectId, ...of, from }));
    },
  );
}

function erasureRoutes(app: App, { privacy, guard }: Parts): void {
  app.post(
    '/bff/v1/privacy/erasure',
    {
      config: config('exempt: there is one at a time; asked again, it is that one'),
      bodyLimit: PROOF_LIMIT,
      onRequest: guard.require('privacy:write'),
      schema: {
        tags,
        summary: 'Pede para apagar tudo o que a lei deixa apagar',
        // Said on purpose: nothing that is sent by mistake erases anybody.
        body: Type.Object({ proof: Proof, sure: Type.Literal(true) }, { ...closed, examples: [{ proof: PROOF, sure: true }] }),
        response: { 202: ErasureView },
      },
    },
    async (request, reply) => {
      const { ctx, self } = selfOf(guard, request);
      return reply.status(202).send(await privacy.askErasure(ctx, { ...self, proof: request.body.proof }));
    },
  );
  app.post(
    '/bff/v1/privacy/erasure/withdraw',
    {
      config: config('exempt: what was taken back stays so'),
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('privacy:write'),
      schema: {
        tags,
        summary: 'Desiste de apagar',
        body: Type.Object({ sure: Type.Literal(true) }, { ...closed, examples: [{ sure: true }] }),
        response: { 200: ErasureView },
      },
    },
    (request) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return privacy.withdrawErasure(ctx, { subjectId });
    },
  );
}

function consentRoutes(app: App, { privacy, guard }: Parts): void {
  app.put(
    '/bff/v1/privacy/consents',
    {
      config: config('exempt: repeated, it finds what it wants to be so'),
      bodyLimit: BODY_LIMIT,
      onRequest: guard.require('privacy:write'),
      schema: {
        tags,
        summary: 'Consente, ou retira o consentimento',
        body: Type.Object(
          { purpose: PurposeName, version: Type.Integer({ minimum: 1, maximum: 10_000 }), given: Type.Boolean() },
          { ...closed, examples: [{ purpose: 'news', version: 1, given: true }] },
        ),
        response: { 200: ConsentView },
      },
    },
    (request) => {
      const { ctx, subjectId } = guard.visitOf(request);
      return privacy.setConsent(ctx, { subjectId, ...request.body, from: request.ip });
    },
  );
}
